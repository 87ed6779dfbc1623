import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';
import { createStaffChange, type StaffRow } from './account-changes';
import { enrolmentUriOf, makeRecoveryCodes, makeTotpSecret, totpStep } from './credentials';

/** A secret to be put into an authenticator app; not in force yet. */
export interface Enrolment {
  readonly secret: string;
  /** `otpauth://…`, for the QR code. */
  readonly uri: string;
}

/** Told once and kept nowhere. */
export type NewRecoveryCodes = { readonly ok: true; readonly recoveryCodes: readonly string[] } | StaffRefusal;
export type StaffEnrolment = ReturnType<typeof createStaffEnrolment>;

/** How people set up their authenticator app and get recovery codes. */
export function createStaffEnrolment({ database, keys, audit }: { database: Database; keys: KeyRing; audit: Audit }) {
  const change = createStaffChange({ database, audit });

  return {
    /** How many recovery codes are left, and what else the person's own page says. */
    async stateOf(staffId: string): Promise<
      | {
          readonly hasTotp: boolean;
          readonly hasPassword: boolean;
          readonly linked: boolean;
          readonly recoveryCodesLeft: number;
        }
      | undefined
    > {
      const row = await database('staff').where({ id: staffId }).first<StaffRow | undefined>('*');
      const { count } = (await database('staff_recovery_code')
        .where({ staff_id: staffId, used_at: null })
        .count('*')
        .first<{ count: string | number } | undefined>()) ?? { count: 0 };
      return (
        row && {
          hasTotp: row.sealed_totp !== null,
          hasPassword: row.password_hash !== null,
          linked: row.oidc_subject !== null,
          recoveryCodesLeft: Number(count),
        }
      );
    },

    /** A new secret. The one before stays in force until a code of the new one is sent: a page closed halfway locks nobody out. */
    async begin(staffId: string, login: string): Promise<Enrolment> {
      const secret = makeTotpSecret();
      await database('staff')
        .where({ id: staffId })
        .update({ sealed_totp_new: keys.seal(secret) });
      return { secret, uri: enrolmentUriOf(secret, login) };
    },

    /** Puts the new secret in force with the first code of it, and makes new recovery codes. */
    async confirm(actor: AuditActor, staffId: string, code: string, now: Date): Promise<NewRecoveryCodes> {
      const { codes, hashes } = makeRecoveryCodes();
      const digits = code.normalize('NFKC').replace(/\s/g, '');
      const result = await change(actor, 'staff.enrol', staffId, undefined, (row) => {
        if (!row.sealed_totp_new) return refuseStaff('enrolment_over');
        const step = totpStep(openText(keys, row.sealed_totp_new), digits, now);
        if (step === undefined) return refuseStaff('wrong_code');
        return {
          values: { sealed_totp: row.sealed_totp_new, sealed_totp_new: null, totp_last_step: step },
          recoveryHashes: hashes,
        };
      });
      return result.ok ? { ok: true, recoveryCodes: codes } : result;
    },

    /** New recovery codes; the old ones are worth nothing. */
    async renewRecoveryCodes(actor: AuditActor, staffId: string): Promise<NewRecoveryCodes> {
      const { codes, hashes } = makeRecoveryCodes();
      const result = await change(actor, 'staff.recovery_codes', staffId, undefined, (row) =>
        row.sealed_totp === null ? refuseStaff('enrolment_required') : { values: {}, recoveryHashes: hashes },
      );
      return result.ok ? { ok: true, recoveryCodes: codes } : result;
    },
  };
}
