import { createHash } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import { loginPattern, type StaffRole } from '../../domain/staff/roles';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { createStaffChange, type StaffChange, type StaffRow, viewOf } from './account-changes';

/** A person as the identity provider tells it. `issuer` and `subject` say who it is; everything else may change. */
export interface ProvidedPerson {
  readonly issuer: string;
  readonly subject: string;
  /** What may be the login of an account that is not linked yet; undefined when the installation does not go by it. */
  readonly login: string | undefined;
  readonly name: string | undefined;
  /** From the role claim; undefined when roles are kept here, null when the person has none of ours. */
  readonly role: StaffRole | null | undefined;
}

export type StaffLinks = ReturnType<typeof createStaffLinks>;

/** Whom of the identity provider's people Toki knows. */
export function createStaffLinks({ database, audit }: { database: Database; audit: Audit }) {
  const change = createStaffChange({ database, audit });

  const linked = ({ issuer, subject }: ProvidedPerson) =>
    database('staff').where({ oidc_issuer: issuer, oidc_subject: subject }).first<StaffRow | undefined>('*');

  /** The account waiting under this login. Once linked, only the subject counts: a login that moves to another person opens nothing. */
  async function linkByLogin(actor: AuditActor, person: ProvidedPerson): Promise<StaffRow | undefined> {
    if (person.login === undefined) return undefined;
    const waiting = await database('staff')
      .where({ login: person.login, oidc_subject: null })
      .first<StaffRow | undefined>('*');
    if (!waiting) return undefined;
    const result = await change(actor, 'staff.link', waiting.id, undefined, (row) =>
      row.oidc_subject === null
        ? { values: { oidc_issuer: person.issuer, oidc_subject: person.subject }, detail: { by: 'login' } }
        : refuseStaff('oidc_unknown'),
    );
    return result.ok ? linked(person) : undefined;
  }

  /** With a role claim the provider says who works here: an account comes into being with the first log-in. */
  async function addFromClaim(
    actor: AuditActor,
    person: ProvidedPerson,
    role: StaffRole,
  ): Promise<StaffRow | undefined> {
    const own = `sso-${createHash('sha256').update(`${person.issuer} ${person.subject}`).digest('hex').slice(0, 12)}`;
    const taken =
      person.login !== undefined &&
      (await database('staff').where({ login: person.login }).first<{ id: string } | undefined>('id'));
    const login = person.login !== undefined && loginPattern.test(person.login) && !taken ? person.login : own;
    return database.transaction(async (trx) => {
      const [row] = await trx('staff')
        .insert({
          id: uuidv7(),
          login,
          display_name: person.name ?? login,
          role,
          password_hash: null,
          oidc_issuer: person.issuer,
          oidc_subject: person.subject,
        })
        .onConflict()
        .ignore()
        .returning<StaffRow[]>('*');
      if (row)
        await audit.append(trx, actor, {
          action: 'staff.add',
          subject: { kind: 'staff', id: row.id },
          result: 'done',
          detail: { role, by: 'role claim' },
        });
      return row;
    });
  }

  return {
    /** The account of a person whom the provider has let in, with the role that the claim gives; or why not. */
    async admit(actor: AuditActor, person: ProvidedPerson): Promise<StaffChange> {
      if (person.role === null) return refuseStaff('oidc_no_role');
      const row =
        (await linked(person)) ??
        (await linkByLogin(actor, person)) ??
        (person.role === undefined
          ? undefined
          : ((await addFromClaim(actor, person, person.role)) ?? (await linked(person))));
      if (!row) return refuseStaff('oidc_unknown');
      if (row.disabled_at !== null) return refuseStaff('oidc_disabled');
      const { role } = person;
      if (role === undefined || role === row.role) return { ok: true, staff: viewOf(row) };
      return change(actor, 'staff.update', row.id, undefined, ({ role: from }) => ({
        values: { role },
        detail: { from, to: role, by: 'role claim' },
      }));
    },

    /** Links one's own account. */
    async link(
      actor: AuditActor,
      staffId: string,
      { issuer, subject }: Pick<ProvidedPerson, 'issuer' | 'subject'>,
    ): Promise<StaffChange> {
      const other = await database('staff')
        .where({ oidc_issuer: issuer, oidc_subject: subject })
        .whereNot({ id: staffId })
        .first<{ id: string } | undefined>('id');
      if (other) return refuseStaff('oidc_taken');
      return change(actor, 'staff.link', staffId, undefined, () => ({
        values: { oidc_issuer: issuer, oidc_subject: subject },
        detail: { by: 'owner' },
      }));
    },

    /** Takes the link away. Sessions end: they may have come by it. */
    async unlink(actor: AuditActor, staffId: string): Promise<StaffChange | StaffRefusal> {
      return change(actor, 'staff.unlink', staffId, undefined, (row) =>
        row.password_hash === null
          ? refuseStaff('no_local_password')
          : { values: { oidc_issuer: null, oidc_subject: null }, endsSessions: {} },
      );
    },
  };
}
