import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { createIdentityChecks, type IdentityChecks } from './identity-checks';
import { createLoginThrottle, type LoginThrottle } from './log-in-throttle';
import { createOpenedResidents, type OpenedResidents } from './opened-residents';
import { createResidentNotes, type ResidentNotes } from './resident-notes';
import { createResidentSearch, type ResidentSearch } from './resident-search';
import { createSessionRepository, type SessionRepository } from './resident-sessions';
import { createResidentRepository, type ResidentRepository } from './residents';

export { type BirthDateKeys, createBirthDateKeys } from './birth-date-keys';
export type { IdentityChecks } from './identity-checks';
export { brakeRetryAfterS, createLoginBrake, type LoginBrake, readLoginBrake } from './log-in-brake';
export type { LoginThrottle } from './log-in-throttle';
export type { OpenedResident, OpenedResidents } from './opened-residents';
export type { ResidentNotes } from './resident-notes';
export type { FoundResident, ResidentSearch } from './resident-search';
export type { Draft, Session, SessionRepository } from './resident-sessions';
export { digestTextOf, openResident, type Resident, type ResidentRepository, type SealedResident } from './residents';
export { type SearchKey, searchKeysOf, telephoneKeyOfAnswers } from './search-keys';

/** The people whom the city listed, their log-ins, and what staff may open of them. */
export interface ResidentServices {
  readonly residents: ResidentRepository;
  readonly residentSessions: SessionRepository;
  readonly throttle: LoginThrottle;
  readonly search: ResidentSearch;
  readonly identityChecks: IdentityChecks;
  readonly reader: OpenedResidents;
  readonly notes: ResidentNotes;
}

export function createResidentServices({
  database,
  firstLook,
  keys,
}: {
  readonly database: Database;
  readonly firstLook: Database;
  readonly keys: KeyRing;
}): ResidentServices {
  return {
    residents: createResidentRepository({ database, keys }),
    residentSessions: createSessionRepository({ database, keys, lookUps: firstLook }),
    throttle: createLoginThrottle({ database, keys }),
    search: createResidentSearch({ database, keys }),
    identityChecks: createIdentityChecks(database),
    reader: createOpenedResidents({ database, keys }),
    notes: createResidentNotes({ database, keys }),
  };
}
