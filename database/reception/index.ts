import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import type { Programmes } from '../programmes';
import { createDayFiles, type DayFiles } from './day-files';
import { createDayLists, type DayLists } from './day-lists';

export type { DayFile, DayFiles } from './day-files';
export type { DayListEntry, DayLists } from './day-lists';

/** Who comes today, on screen and as a file for days without a network. */
export interface ReceptionServices {
  readonly dayLists: DayLists;
  readonly dayFiles: DayFiles;
}

export function createReceptionServices({
  database,
  keys,
  programmes,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly programmes: Programmes;
}): ReceptionServices {
  return {
    dayLists: createDayLists({ database, keys, programmes }),
    dayFiles: createDayFiles({ database, keys }),
  };
}
