import type { Knex } from 'knex';

import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { StaffRole } from '../../domain/staff/roles';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';

export interface StaffView {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly role: StaffRole;
  readonly disabled: boolean;
  /** Has a one-time password that was not exchanged for an own one yet. */
  readonly isNew: boolean;
  /** Has an authenticator app. */
  readonly hasTotp: boolean;
  /** Is known to the identity provider. */
  readonly linked: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

export interface StaffRow {
  id: string;
  login: string;
  display_name: string;
  role: StaffRole;
  password_hash: string | null;
  password_expires_at: Date | null;
  sealed_totp: Buffer | null;
  sealed_totp_new: Buffer | null;
  totp_last_step: number | null;
  oidc_issuer: string | null;
  oidc_subject: string | null;
  disabled_at: Date | null;
  version: number;
  created_at: Date;
}

export interface PlannedChange {
  readonly values: Partial<StaffRow>;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  readonly endsSessions?: { readonly butThis?: Buffer };
  readonly recoveryHashes?: readonly Buffer[];
}

export type StaffChange = { readonly ok: true; readonly staff: StaffView } | StaffRefusal;
export type ChangeStaff = ReturnType<typeof createStaffChange>;

/** The one way in which an account changes. */
export function createStaffChange({ database, audit }: { database: Database; audit: Audit }) {
  /** Changes one account that a person has looked at in `version` (undefined: whatever it is now), and records it in the same transaction. */
  return (
    actor: AuditActor,
    action: string,
    id: string,
    version: number | undefined,
    plan: (row: StaffRow) => PlannedChange | StaffRefusal,
  ): Promise<StaffChange> =>
    database.transaction(async (trx) => {
      // Everybody takes these rows first, in the same order: two cannot take away each other's last admin.
      const admins = await trx('staff')
        .where({ role: 'city_admin', disabled_at: null })
        .orderBy('id')
        .forUpdate()
        .select<{ id: string }[]>('id');
      const row = await trx('staff').where({ id }).forUpdate().first<StaffRow | undefined>('*');
      if (!row) return refuseStaff('staff_unknown');
      if (version !== undefined && row.version !== version)
        return refuseStaff('changed_meanwhile', { version: row.version });
      const planned = plan(row);
      if ('staffCode' in planned) return planned;
      const { values, detail, endsSessions, recoveryHashes } = planned;
      const after = { ...row, ...values };
      if (admins.length === 1 && admins[0]?.id === id && (after.role !== 'city_admin' || after.disabled_at !== null))
        return refuseStaff('last_admin');
      if (recoveryHashes) await replaceRecoveryCodes(trx, id, recoveryHashes);
      const sessions =
        endsSessions === undefined
          ? 0
          : await trx('staff_session')
              .where({ staff_id: id })
              .whereNot({ token_hash: endsSessions.butThis ?? Buffer.alloc(0) })
              .delete();
      const [changed] = await trx('staff')
        .where({ id })
        .update({ ...values, version: row.version + 1, updated_at: trx.fn.now() })
        .returning<StaffRow[]>('*');
      await audit.append(trx, actor, {
        action,
        subject: { kind: 'staff', id },
        result: 'done',
        detail: { ...detail, ...(endsSessions ? { sessions } : {}) },
      });
      return { ok: true, staff: viewOf(changed ?? row) };
    });
}

async function replaceRecoveryCodes(trx: Knex.Transaction, staffId: string, hashes: readonly Buffer[]): Promise<void> {
  await trx('staff_recovery_code').where({ staff_id: staffId }).delete();
  if (hashes.length > 0)
    await trx('staff_recovery_code').insert(hashes.map((code_hash) => ({ staff_id: staffId, code_hash })));
}

export function viewOf(row: StaffRow): StaffView {
  return {
    id: row.id,
    login: row.login,
    displayName: row.display_name,
    role: row.role,
    disabled: row.disabled_at !== null,
    isNew: row.password_expires_at !== null,
    hasTotp: row.sealed_totp !== null,
    linked: row.oidc_subject !== null,
    version: row.version,
    createdAt: row.created_at,
  };
}
