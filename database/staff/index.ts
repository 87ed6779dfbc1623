import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { createStaffEnrolment, type StaffEnrolment } from './enrolment';
import { createStaffLinks, type StaffLinks } from './provider-links';
import { createStaffMail, type StaffMail } from './staff-mail';
import { createStaffRepository, type StaffRepository } from './staff-repository';
import { createStaffSessionRepository, type StaffSessionRepository } from './staff-sessions';

export type { StaffView } from './account-changes';
export { hashPassword, verifyPassword } from './credentials';
export type { NewRecoveryCodes, StaffEnrolment } from './enrolment';
export type { ProvidedPerson, StaffLinks } from './provider-links';
export type { StaffMail } from './staff-mail';
export type { StaffRepository, StaffWithPassword } from './staff-repository';
export type { StaffSession, StaffSessionRepository } from './staff-sessions';

/** Who works with Toki, and how they get in. */
export interface AccountServices {
  readonly staff: StaffRepository;
  readonly sessions: StaffSessionRepository;
  readonly enrolment: StaffEnrolment;
  readonly links: StaffLinks;
  readonly staffMail: StaffMail;
}

export function createAccountServices({
  database,
  firstLook,
  keys,
  audit,
}: {
  readonly database: Database;
  readonly firstLook: Database;
  readonly keys: KeyRing;
  readonly audit: Audit;
}): AccountServices {
  return {
    staff: createStaffRepository({ database, keys, audit }),
    sessions: createStaffSessionRepository(database, firstLook),
    enrolment: createStaffEnrolment({ database, keys, audit }),
    links: createStaffLinks({ database, audit }),
    staffMail: createStaffMail({ database, keys, audit }),
  };
}
