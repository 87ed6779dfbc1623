import { v7 as uuidv7 } from 'uuid';

import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { StaffRole } from '../../domain/staff/roles';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';
import { createStaffChange, type StaffChange, type StaffRow, type StaffView, viewOf } from './account-changes';
import { hashPassword, makeOneTimePassword, recoveryHash, totpStep } from './credentials';

/** What the log-in needs to know of an account. Never leaves the log-in. */
export interface StaffAccount {
  readonly id: string;
  readonly login: string;
  /** None: logs in through the identity provider alone. */
  readonly passwordHash: string | null;
  /** Set: a one-time password, good until then. */
  readonly passwordExpiresAt: Date | null;
  readonly hasTotp: boolean;
}

/** A one-time password that nobody used within this many days is of no use any more. */
const oneTimeDays = 7;

/** The one-time password is told here and never again. */
export type StaffWithPassword =
  { readonly ok: true; readonly staff: StaffView; readonly oneTimePassword: string } | StaffRefusal;
export type StaffRepository = ReturnType<typeof createStaffRepository>;

/** Accounts of staff. Every change is recorded in the audit in the same transaction. */
export function createStaffRepository({ database, keys, audit }: { database: Database; keys: KeyRing; audit: Audit }) {
  const oneTimeUntil = (): Date => new Date(Date.now() + oneTimeDays * 24 * 3_600_000);

  const change = createStaffChange({ database, audit });

  return {
    /** A new account with a one-time password. At the first log-in its owner sets up an authenticator app and chooses an own password. */
    async add(
      actor: AuditActor,
      input: { readonly login: string; readonly displayName: string; readonly role: StaffRole },
    ): Promise<StaffWithPassword> {
      const oneTimePassword = makeOneTimePassword();
      const passwordHash = await hashPassword(oneTimePassword);
      return database.transaction(async (trx) => {
        const [row] = await trx('staff')
          .insert({
            id: uuidv7(),
            login: input.login,
            display_name: input.displayName,
            role: input.role,
            password_hash: passwordHash,
            password_expires_at: oneTimeUntil(),
          })
          .onConflict('login')
          .ignore()
          .returning<StaffRow[]>('*');
        if (!row) return refuseStaff('login_taken');
        await audit.append(trx, actor, {
          action: 'staff.add',
          subject: { kind: 'staff', id: row.id },
          result: 'done',
          detail: { role: row.role },
        });
        return { ok: true, staff: viewOf(row), oneTimePassword };
      });
    },

    /** An account without one-time codes: for the demo, where its password is printed on the screen. Does nothing where the login is taken. */
    async addForDemo(
      actor: AuditActor,
      input: {
        readonly login: string;
        readonly displayName: string;
        readonly role: StaffRole;
        readonly password: string;
      },
    ): Promise<void> {
      if (await database('staff').where({ login: input.login }).first<{ id: string } | undefined>('id')) return;
      const passwordHash = await hashPassword(input.password);
      await database.transaction(async (trx) => {
        const [row] = await trx('staff')
          .insert({
            id: uuidv7(),
            login: input.login,
            display_name: input.displayName,
            role: input.role,
            password_hash: passwordHash,
          })
          .onConflict('login')
          .ignore()
          .returning<{ id: string }[]>('id');
        if (row)
          await audit.append(trx, actor, {
            action: 'staff.add',
            subject: { kind: 'staff', id: row.id },
            result: 'done',
            detail: { role: input.role, demo: true },
          });
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

    update(
      actor: AuditActor,
      id: string,
      version: number,
      input: { readonly displayName?: string | undefined; readonly role?: StaffRole | undefined },
    ): Promise<StaffChange> {
      return change(actor, 'staff.update', id, version, (row) => ({
        values: { display_name: input.displayName ?? row.display_name, role: input.role ?? row.role },
        detail: {
          renamed: input.displayName !== undefined && input.displayName !== row.display_name,
          from: row.role,
          to: input.role ?? row.role,
        },
      }));
    },

    /** The kill switch: the account is shut and its sessions end at once. */
    disable(actor: AuditActor, id: string): Promise<StaffChange> {
      return change(actor, 'staff.disable', id, undefined, (row) => ({
        values: { disabled_at: row.disabled_at ?? new Date() },
        endsSessions: {},
      }));
    },

    enable(actor: AuditActor, id: string): Promise<StaffChange> {
      return change(actor, 'staff.enable', id, undefined, () => ({ values: { disabled_at: null } }));
    },

    /** For a person who lost password or telephone: begins again as at the first log-in. Sessions end. */
    async resetCredentials(actor: AuditActor, id: string): Promise<StaffWithPassword> {
      const oneTimePassword = makeOneTimePassword();
      const passwordHash = await hashPassword(oneTimePassword);
      const result = await change(actor, 'staff.reset', id, undefined, () => ({
        values: {
          password_hash: passwordHash,
          password_expires_at: oneTimeUntil(),
          sealed_totp: null,
          sealed_totp_new: null,
          totp_last_step: null,
        },
        recoveryHashes: [],
        endsSessions: {},
      }));
      return result.ok ? { ...result, oneTimePassword } : result;
    },

    /** An own password. Every session of the person ends but the one that it was changed in. */
    async changePassword(actor: AuditActor, id: string, password: string, keepSession: Buffer): Promise<StaffChange> {
      const passwordHash = await hashPassword(password);
      return change(actor, 'staff.password', id, undefined, (row) =>
        // Without codes an own password would be a way in with one factor, or none at all.
        row.password_expires_at !== null && row.sealed_totp === null
          ? refuseStaff('enrolment_required')
          : {
              values: { password_hash: passwordHash, password_expires_at: null },
              endsSessions: { butThis: keepSession },
            },
      );
    },

    /** The account that may log in under this name: there, and not disabled. */
    async forLogIn(login: string): Promise<StaffAccount | undefined> {
      const row = await database('staff').where({ login, disabled_at: null }).first<StaffRow | undefined>('*');
      return (
        row && {
          id: row.id,
          login: row.login,
          passwordHash: row.password_hash,
          passwordExpiresAt: row.password_expires_at,
          hasTotp: row.sealed_totp !== null,
        }
      );
    },

    /** Uses up a one-time code (or a recovery code) of the account: `true` once for each. */
    async useCode(staffId: string, code: string, now: Date): Promise<boolean> {
      const digits = code.normalize('NFKC').replace(/\s/g, '');
      if (!/^\d{6}$/.test(digits)) {
        return (
          (await database('staff_recovery_code')
            .where({ staff_id: staffId, code_hash: recoveryHash(code), used_at: null })
            .update({ used_at: now })) === 1
        );
      }
      const row = await database('staff')
        .where({ id: staffId })
        .first<{ sealed_totp: Buffer | null } | undefined>('sealed_totp');
      const step = row?.sealed_totp ? totpStep(openText(keys, row.sealed_totp), digits, now) : undefined;
      if (step === undefined) return false;
      const used = await database('staff')
        .where({ id: staffId })
        .where((query) => {
          void query.whereNull('totp_last_step').orWhere('totp_last_step', '<', step);
        })
        .update({ totp_last_step: step });
      return used === 1;
    },
  };
}
