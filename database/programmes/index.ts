import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { createBirthDateKeys } from '../residents';
import { type Affected, createAffected } from './affected-bookings';
import { createProgrammeChanges, type ProgrammeChanges } from './programme-changes';
import { createProgrammeDrafts, type ProgrammeDrafts } from './programme-drafts';
import { createProgrammeRehearsals, type ProgrammeRehearsals } from './programme-rehearsals';
import type { Programmes } from './programmes';

export type { Affected, FaultyBooking } from './affected-bookings';
export { type ChangeOutcome, changeStates, type ChangeView, type ProgrammeChanges } from './programme-changes';
export type { DraftOutcome, DraftView, ProgrammeDrafts } from './programme-drafts';
export { createProgrammeFacts, type ProgrammeFacts } from './programme-facts';
export type { ProgrammeRehearsals, RehearsalView } from './programme-rehearsals';
export {
  createProgrammes,
  NoProgrammeError,
  type Programmes,
  ProgrammeTooNewError,
  type ProgrammeVersion,
} from './programmes';
export type { WaiverView } from './rehearsal-waivers';

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
