import type { Audit } from '../audit/audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { createBirthDateKeys } from '../residents/birth-date-keys';
import { type Affected, createAffected } from './affected-bookings';
import { createProgrammeChanges, type ProgrammeChanges } from './programme-changes';
import { createProgrammeDrafts, type ProgrammeDrafts } from './programme-drafts';
import { createProgrammeRehearsals, type ProgrammeRehearsals } from './programme-rehearsals';
import type { Programmes } from './programmes';

/** Programmes: drafts, versions, rehearsals, and whom an edit touches. */
export interface ProgrammeServices {
  readonly programmes: Programmes;
  readonly drafts: ProgrammeDrafts;
  readonly changes: ProgrammeChanges;
  readonly rehearsals: ProgrammeRehearsals;
  readonly affected: Affected;
}

export function createProgrammeServices({
  database,
  keys,
  audit,
  programmes,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly audit: Audit;
  readonly programmes: Programmes;
}): ProgrammeServices {
  const birthDates = createBirthDateKeys(keys);
  return {
    programmes,
    drafts: createProgrammeDrafts({ database, audit, programmes }),
    changes: createProgrammeChanges({ database, audit, programmes, birthDates }),
    rehearsals: createProgrammeRehearsals({ database, audit }),
    affected: createAffected({ database, birthDates }),
  };
}
