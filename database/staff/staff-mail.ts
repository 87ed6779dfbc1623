import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

export type StaffMail = ReturnType<typeof createStaffMail>;

/** Mails per hour and member of staff. */
const mostPerHour = { check: 3, test: 10 } as const;
/** Codes that an address is sent per day, by all requests together: nobody is pestered by way of us. */
const codesPerAddressAndDay = 5;
const triesPerCode = 5;
const codeGoodForMinutes = 30;

interface CheckRow {
  sealed_email: Buffer;
  code_hash: Buffer;
  tries: number;
  is_over: boolean;
}

/**
 * The staff's own addresses. One counts when a code that was sent to it came back, and nothing is ever sent to another: the
 * sending of tests takes no address at all.
 */
export function createStaffMail({ database, keys, audit }: { database: Database; keys: KeyRing; audit: Audit }) {
  const hashOf = (staffId: string, code: string): Buffer[] =>
    keys
      .derived('toki/staff-email-code')
      .map(({ key }) => createHmac('sha256', key).update(`${staffId} ${code}`).digest());

  async function emailIn(connection: Knex, staffId: string): Promise<string | undefined> {
    const row = await connection('staff')
      .where({ id: staffId })
      .first<{ sealed_email: Buffer | null } | undefined>('sealed_email');
    return row?.sealed_email ? openText(keys, row.sealed_email) : undefined;
  }

  /** Counts a mail before it is sent. The member's row is locked: a hundred clicks at once are a hundred mails counted. */
  async function count(
    trx: Knex.Transaction,
    staffId: string,
    kind: keyof typeof mostPerHour,
    email: string,
  ): Promise<StaffRefusal | undefined> {
    await trx('staff').where({ id: staffId }).forUpdate().first('id');
    const mails = async (where: (query: Knex.QueryBuilder) => void) =>
      Number(
        (await trx('staff_mail').where({ kind }).modify(where).count<{ count: string }[]>('* as count'))[0]?.count ?? 0,
      );
    const own = await mails(
      (query) => void query.where({ staff_id: staffId }).whereRaw(`at > now() - interval '1 hour'`),
    );
    if (own >= mostPerHour[kind]) return refuseStaff('mail_limit_reached');
    if (kind === 'check') {
      const address = keys.blindIndexes(`staff-mail ${email.toLowerCase()}`);
      // Of two colleagues who ask for the same address at once, one waits for the other.
      await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `staff-mail ${address[0]?.toString('hex') ?? ''}`,
      ]);
      const sent = await mails(
        (query) => void query.whereIn('address_key', address).whereRaw(`at > now() - interval '1 day'`),
      );
      if (sent >= codesPerAddressAndDay) return refuseStaff('mail_limit_reached');
    }
    await trx('staff_mail').insert({
      id: uuidv7(),
      staff_id: staffId,
      kind,
      address_key: keys.blindIndex(`staff-mail ${email.toLowerCase()}`),
    });
    return undefined;
  }

  const changed = (
    trx: Knex.Transaction,
    actor: AuditActor,
    staffId: string,
    action: string,
    detail: Record<string, string> = {},
  ) => audit.append(trx, actor, { action, subject: { kind: 'staff', id: staffId }, result: 'done', detail });

  return {
    /** The confirmed address. */
    emailOf: (staffId: string): Promise<string | undefined> => emailIn(database, staffId),

    /** A code to be sent to `email`; the address before stays until it comes back. */
    ask(
      actor: AuditActor,
      staffId: string,
      email: string,
    ): Promise<{ readonly ok: true; readonly code: string } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const refusal = await count(trx, staffId, 'check', email);
        if (refusal) return refusal;
        const code = String(randomInt(1_000_000)).padStart(6, '0');
        const [hash] = hashOf(staffId, code);
        await trx('staff_email_check')
          .insert({
            staff_id: staffId,
            sealed_email: keys.seal(email),
            code_hash: hash,
            tries: 0,
            asked_at: trx.fn.now(),
          })
          .onConflict('staff_id')
          .merge();
        await changed(trx, actor, staffId, 'staff.email_ask');
        return { ok: true, code };
      });
    },

    /** The code came back: the address is theirs. */
    confirm(
      actor: AuditActor,
      staffId: string,
      code: string,
    ): Promise<{ readonly ok: true; readonly email: string } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const row = await trx('staff_email_check')
          .where({ staff_id: staffId })
          .forUpdate()
          .first<CheckRow | undefined>(
            'sealed_email',
            'code_hash',
            'tries',
            trx.raw(`asked_at < now() - interval '${String(codeGoodForMinutes)} minutes' AS is_over`),
          );
        if (!row || row.is_over || row.tries >= triesPerCode) return refuseStaff('email_code_over');
        const digits = code.normalize('NFKC').replace(/\s/g, '');
        if (!hashOf(staffId, digits).some((hash) => timingSafeEqual(hash, row.code_hash))) {
          await trx('staff_email_check')
            .where({ staff_id: staffId })
            .update({ tries: row.tries + 1 });
          return refuseStaff('email_code_wrong');
        }
        const email = openText(keys, row.sealed_email);
        await trx('staff')
          .where({ id: staffId })
          .update({ sealed_email: keys.seal(email) });
        await trx('staff_email_check').where({ staff_id: staffId }).delete();
        await changed(trx, actor, staffId, 'staff.email_confirm');
        return { ok: true, email };
      });
    },

    /** Without a mail server: for the demo's inbox. */
    async toInbox({
      to,
      subject,
      text,
      html,
    }: {
      readonly to: string;
      readonly subject: string;
      readonly text: string;
      readonly html: string;
    }): Promise<void> {
      await database('inbox_message').insert({
        notice_id: uuidv7(),
        channel: 'email',
        recipient: to,
        subject,
        body_text: text,
        body_html: html,
      });
    },

    forget(actor: AuditActor, staffId: string): Promise<void> {
      return database.transaction(async (trx) => {
        await trx('staff').where({ id: staffId }).update({ sealed_email: null });
        await trx('staff_email_check').where({ staff_id: staffId }).delete();
        await changed(trx, actor, staffId, 'staff.email_forget');
      });
    },

    /** Whether a test may be sent now, and to where: counted and recorded, as of this moment. `detail` says which text. */
    begin(
      actor: AuditActor,
      staffId: string,
      detail: Record<string, string>,
    ): Promise<{ readonly ok: true; readonly email: string } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const email = await emailIn(trx, staffId);
        if (email === undefined) return refuseStaff('email_unconfirmed');
        const refusal = await count(trx, staffId, 'test', email);
        if (refusal) return refusal;
        await changed(trx, actor, staffId, 'notice.test', detail);
        return { ok: true, email };
      });
    },
  };
}
