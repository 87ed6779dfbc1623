import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import { refuseStaff, type StaffRefusal } from '../domain/staff/refusals';
import type { StaffRole } from '../domain/staff/roles';
import type { Audit, AuditActor } from './audit';
import type { Database } from './connection';
import type { KeyRing } from './keys';
import { hashPassword, makeCredentials, recoveryHash, totpStep, type NewCredentials } from './staff-credentials';

export interface StaffView {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly role: StaffRole;
  readonly disabled: boolean;
  /** Has a one-time password that was not exchanged for an own one yet. */
  readonly isNew: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

/** What the log-in needs to know of an account. Never leaves the log-in. */
export interface StaffAccount {
  readonly id: string;
  readonly login: string;
  readonly passwordHash: string;
  /** Set: a one-time password, good until then. */
  readonly passwordExpiresAt: Date | null;
  readonly hasTotp: boolean;
}

interface StaffRow {
  id: string;
  login: string;
  display_name: string;
  role: StaffRole;
  password_hash: string;
  password_expires_at: Date | null;
  sealed_totp: Buffer | null;
  totp_last_step: number | null;
  disabled_at: Date | null;
  version: number;
  created_at: Date;
}

/** A one-time password that nobody used within this many days is of no use any more. */
const oneTimeDays = 7;

interface PlannedChange {
  readonly values: Partial<StaffRow>;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  readonly endsSessions?: { readonly butThis?: Buffer };
  readonly recoveryHashes?: readonly Buffer[];
}

export type StaffChange = { readonly ok: true; readonly staff: StaffView } | StaffRefusal;
export type StaffWithCredentials = { readonly ok: true; readonly staff: StaffView; readonly credentials: NewCredentials } | StaffRefusal;
export type StaffRepository = ReturnType<typeof createStaffRepository>;

/** Accounts of staff. Every change is recorded in the audit in the same transaction. */
export function createStaffRepository({ database, keys, audit }: { database: Database; keys: KeyRing; audit: Audit }) {
  const oneTimeUntil = (): Date => new Date(Date.now() + oneTimeDays * 24 * 3_600_000);

  async function replaceRecoveryCodes(trx: Knex.Transaction, staffId: string, hashes: readonly Buffer[]): Promise<void> {
    await trx('staff_recovery_code').where({ staff_id: staffId }).delete();
    await trx('staff_recovery_code').insert(hashes.map((code_hash) => ({ staff_id: staffId, code_hash })));
  }

  /** Changes one account that somebody has looked at in `version` (undefined: whatever it is now), and records it. */
  async function change(actor: AuditActor, action: string, id: string, version: number | undefined, plan: (row: StaffRow) => PlannedChange): Promise<StaffChange> {
    return database.transaction(async (trx) => {
      // Everybody takes these rows first, in the same order: two cannot take away each other's last admin.
      const admins = await trx('staff').where({ role: 'city_admin', disabled_at: null }).orderBy('id').forUpdate().select<{ id: string }[]>('id');
      const row = await trx('staff').where({ id }).forUpdate().first<StaffRow | undefined>('*');
      if (!row) return refuseStaff('staff_unknown');
      if (version !== undefined && row.version !== version) return refuseStaff('changed_meanwhile', { version: row.version });
      const { values, detail, endsSessions, recoveryHashes } = plan(row);
      const after = { ...row, ...values };
      if (admins.length === 1 && admins[0]?.id === id && (after.role !== 'city_admin' || after.disabled_at !== null)) return refuseStaff('last_admin');
      if (recoveryHashes) await replaceRecoveryCodes(trx, id, recoveryHashes);
      const sessions = endsSessions === undefined ? 0 : await trx('staff_session').where({ staff_id: id }).whereNot({ token_hash: endsSessions.butThis ?? Buffer.alloc(0) }).delete();
      const [changed] = await trx('staff').where({ id }).update({ ...values, version: row.version + 1, updated_at: trx.fn.now() }).returning<StaffRow[]>('*');
      await audit.append(trx, actor, { action, subject: { kind: 'staff', id }, result: 'done', detail: { ...detail, ...(endsSessions ? { sessions } : {}) } });
      return { ok: true, staff: viewOf(changed ?? row) };
    });
  }

  return {
    /** A new account with a one-time password, a secret for codes and recovery codes, told here and never again. */
    async add(actor: AuditActor, input: { readonly login: string; readonly displayName: string; readonly role: StaffRole }): Promise<StaffWithCredentials> {
      const credentials = await makeCredentials(input.login);
      return database.transaction(async (trx) => {
        const [row] = await trx('staff')
          .insert({
            id: uuidv7(), login: input.login, display_name: input.displayName, role: input.role, password_hash: credentials.kept.passwordHash,
            password_expires_at: oneTimeUntil(), sealed_totp: keys.seal(credentials.totpSecret),
          })
          .onConflict('login').ignore().returning<StaffRow[]>('*');
        if (!row) return refuseStaff('login_taken');
        await replaceRecoveryCodes(trx, row.id, credentials.kept.recoveryHashes);
        await audit.append(trx, actor, { action: 'staff.add', subject: { kind: 'staff', id: row.id }, result: 'done', detail: { role: row.role } });
        return { ok: true, staff: viewOf(row), credentials };
      });
    },

    /** An account without one-time codes: for the demo, where its password is printed on the screen. Does nothing where the login is taken. */
    async addForDemo(actor: AuditActor, input: { readonly login: string; readonly displayName: string; readonly role: StaffRole; readonly password: string }): Promise<void> {
      if (await database('staff').where({ login: input.login }).first<{ id: string } | undefined>('id')) return;
      const passwordHash = await hashPassword(input.password);
      await database.transaction(async (trx) => {
        const [row] = await trx('staff')
          .insert({ id: uuidv7(), login: input.login, display_name: input.displayName, role: input.role, password_hash: passwordHash })
          .onConflict('login').ignore().returning<{ id: string }[]>('id');
        if (row) await audit.append(trx, actor, { action: 'staff.add', subject: { kind: 'staff', id: row.id }, result: 'done', detail: { role: input.role, demo: true } });
      });
    },

    async list(): Promise<StaffView[]> {
      const rows = await database('staff').orderBy('login').select<StaffRow[]>('*');
      return rows.map(viewOf);
    },

    async find(id: string): Promise<StaffView | undefined> {
      const row = await database('staff').where({ id }).first<StaffRow | undefined>('*');
      return row && viewOf(row);
    },

    update(actor: AuditActor, id: string, version: number, input: { readonly displayName?: string | undefined; readonly role?: StaffRole | undefined }): Promise<StaffChange> {
      return change(actor, 'staff.update', id, version, (row) => ({
        values: { display_name: input.displayName ?? row.display_name, role: input.role ?? row.role },
        detail: { renamed: input.displayName !== undefined && input.displayName !== row.display_name, from: row.role, to: input.role ?? row.role },
      }));
    },

    /** The kill switch: the account is shut and its sessions end at once. */
    disable(actor: AuditActor, id: string): Promise<StaffChange> {
      return change(actor, 'staff.disable', id, undefined, (row) => ({ values: { disabled_at: row.disabled_at ?? new Date() }, endsSessions: {} }));
    },

    enable(actor: AuditActor, id: string): Promise<StaffChange> {
      return change(actor, 'staff.enable', id, undefined, () => ({ values: { disabled_at: null } }));
    },

    /** Everything new for somebody who lost password or telephone. Sessions end. */
    async resetCredentials(actor: AuditActor, id: string): Promise<StaffWithCredentials> {
      const known = await database('staff').where({ id }).first<{ login: string } | undefined>('login');
      if (!known) return refuseStaff('staff_unknown');
      const credentials = await makeCredentials(known.login);
      const result = await change(actor, 'staff.reset', id, undefined, () => ({
        values: { password_hash: credentials.kept.passwordHash, password_expires_at: oneTimeUntil(), sealed_totp: keys.seal(credentials.totpSecret), totp_last_step: null },
        recoveryHashes: credentials.kept.recoveryHashes,
        endsSessions: {},
      }));
      return result.ok ? { ...result, credentials } : result;
    },

    /** An own password. Every session of the person ends but the one that it was changed in. */
    async changePassword(actor: AuditActor, id: string, password: string, keepSession: Buffer): Promise<StaffChange> {
      const passwordHash = await hashPassword(password);
      return change(actor, 'staff.password', id, undefined, () => ({ values: { password_hash: passwordHash, password_expires_at: null }, endsSessions: { butThis: keepSession } }));
    },

    /** The account that may log in under this name: there, and not disabled. */
    async forLogIn(login: string): Promise<StaffAccount | undefined> {
      const row = await database('staff').where({ login, disabled_at: null }).first<StaffRow | undefined>('*');
      return row && { id: row.id, login: row.login, passwordHash: row.password_hash, passwordExpiresAt: row.password_expires_at, hasTotp: row.sealed_totp !== null };
    },

    /** Uses up a one-time code (or a recovery code) of the account: `true` once for each. */
    async useCode(staffId: string, code: string, now: Date): Promise<boolean> {
      const digits = code.normalize('NFKC').replace(/\s/g, '');
      if (!/^\d{6}$/.test(digits)) {
        return (await database('staff_recovery_code').where({ staff_id: staffId, code_hash: recoveryHash(code), used_at: null }).update({ used_at: now })) === 1;
      }
      const row = await database('staff').where({ id: staffId }).first<{ sealed_totp: Buffer | null } | undefined>('sealed_totp');
      const step = row?.sealed_totp ? totpStep(keys.open(row.sealed_totp).toString('utf8'), digits, now) : undefined;
      if (step === undefined) return false;
      const used = await database('staff')
        .where({ id: staffId })
        .where((query) => { void query.whereNull('totp_last_step').orWhere('totp_last_step', '<', step); })
        .update({ totp_last_step: step });
      return used === 1;
    },
  };
}

function viewOf(row: StaffRow): StaffView {
  return {
    id: row.id, login: row.login, displayName: row.display_name, role: row.role, disabled: row.disabled_at !== null, isNew: row.password_expires_at !== null,
    version: row.version, createdAt: row.created_at,
  };
}
