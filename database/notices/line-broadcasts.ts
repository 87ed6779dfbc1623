import { v7 as uuidv7 } from 'uuid';

import type { Database } from '../foundation/connection';
import type { NoticeStatus } from './notices';

/** One message to all followers. Its row is the idempotency key: one a day for each broadcast of a programme. */
export interface LineBroadcast {
  readonly id: string;
  readonly programmeId: string;
  readonly programmeVersionId: string;
  /** Its id in the document. */
  readonly broadcast: string;
  /** City date, `YYYY-MM-DD`. */
  readonly day: string;
  readonly status: NoticeStatus;
  readonly reason: string | null;
  /** As it left; null before. */
  readonly body: string | null;
  readonly venues: number;
  readonly seats: number;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

export type LineBroadcasts = ReturnType<typeof createLineBroadcasts>;

interface Row {
  id: string;
  programme_id: string;
  programme_version_id: string;
  broadcast: string;
  day: string;
  status: NoticeStatus;
  reason: string | null;
  body: string | null;
  venues: number;
  seats: number;
  attempts: number;
  created_at: Date;
  sent_at: Date | null;
}

/** LINE knows a message again by its key for 24 hours; less what clocks may differ. */
const retryKeyHours = 23;

/** The rows of `line_broadcast`: queued → sending → sent | failed | unclear, or queued → skipped; as those of `notice`. */
export function createLineBroadcasts(database: Database) {
  function read(row: Row): LineBroadcast {
    return {
      id: row.id,
      programmeId: row.programme_id,
      programmeVersionId: row.programme_version_id,
      broadcast: row.broadcast,
      day: row.day,
      status: row.status,
      reason: row.reason,
      body: row.body,
      venues: row.venues,
      seats: row.seats,
      attempts: row.attempts,
      createdAt: row.created_at,
      sentAt: row.sent_at,
    };
  }

  async function step(
    id: string,
    from: readonly NoticeStatus[],
    change: Record<string, unknown>,
    connection: Database = database,
  ): Promise<boolean> {
    return (
      (await connection('line_broadcast')
        .where({ id })
        .whereIn('status', from)
        .update({ ...change, updated_at: database.fn.now() })) === 1
    );
  }

  return {
    /** Notes that a broadcast is due on a day. Once is enough: the second time nothing changes. */
    async open(input: {
      readonly programmeId: string;
      readonly programmeVersionId: string;
      readonly broadcast: string;
      readonly day: string;
    }): Promise<void> {
      await database('line_broadcast')
        .insert({
          id: uuidv7(),
          programme_id: input.programmeId,
          programme_version_id: input.programmeVersionId,
          broadcast: input.broadcast,
          day: input.day,
        })
        .onConflict(['programme_id', 'broadcast', 'day'])
        .ignore();
    },

    /** Ids of those that have not come to an end. */
    async underWay(): Promise<string[]> {
      return database('line_broadcast').whereIn('status', ['queued', 'sending']).orderBy('id').pluck<string[]>('id');
    },

    async find(id: string): Promise<LineBroadcast | undefined> {
      const row = await database('line_broadcast').where({ id }).first<Row | undefined>('*');
      return row && read(row);
    },

    /** From here on the message may have left, with these words. The number of the attempt; undefined: another one has it. */
    async startSending(
      id: string,
      message: { readonly body: string; readonly venues: number; readonly seats: number },
    ): Promise<number | undefined> {
      const [row] = await database('line_broadcast')
        .where({ id, status: 'queued' })
        .update({
          status: 'sending',
          ...message,
          attempts: database.raw('attempts + 1'),
          updated_at: database.fn.now(),
        })
        .returning<{ attempts: number }[]>('attempts');
      return row?.attempts;
    },

    /** The next attempt after one whose answer was lost; undefined once LINE may have forgotten its key. */
    async resume(id: string): Promise<number | undefined> {
      const [row] = await database('line_broadcast')
        .where({ id, status: 'sending' })
        .whereRaw(`updated_at > now() - ? * interval '1 hour'`, [retryKeyHours])
        .update({ attempts: database.raw('attempts + 1') })
        .returning<{ attempts: number }[]>('attempts');
      return row?.attempts;
    },

    /** LINE has not taken it for certain, and attempt `attempt` is still the last: another time may be tried. */
    async giveWay(id: string, attempt: number, reason: string): Promise<boolean> {
      return (
        (await database('line_broadcast')
          .where({ id, status: 'sending', attempts: attempt })
          .update({ status: 'queued', reason, updated_at: database.fn.now() })) === 1
      );
    },

    markSent: (id: string) =>
      step(id, ['sending', 'unclear'], { status: 'sent', sent_at: database.fn.now(), reason: null }),
    skip: (
      id: string,
      reason: string,
      counts: { readonly venues: number; readonly seats: number } = { venues: 0, seats: 0 },
    ) => step(id, ['queued'], { status: 'skipped', reason, ...counts }),
    markFailed: (id: string, reason: string) => step(id, ['queued', 'sending'], { status: 'failed', reason }),
    markUnclear: (id: string, reason: string) => step(id, ['sending'], { status: 'unclear', reason }),

    /** The demo: the message lands in the inbox and the broadcast is sent, both or neither. */
    async deliverToInbox(
      id: string,
      message: {
        readonly body: string;
        readonly venues: number;
        readonly seats: number;
        readonly recipient: string;
        readonly subject: string;
      },
    ): Promise<boolean> {
      const { recipient, subject, ...shown } = message;
      return database.transaction(async (trx) => {
        const isOurs = await step(
          id,
          ['queued'],
          { status: 'sent', ...shown, attempts: trx.raw('attempts + 1'), sent_at: trx.fn.now(), reason: null },
          trx,
        );
        if (isOurs)
          await trx('inbox_message').insert({
            notice_id: id,
            channel: 'line',
            recipient,
            subject,
            body_text: shown.body,
            body_html: '',
          });
        return isOurs;
      });
    },

    /** The newest of a programme first. */
    async recent(programmeId: string, limit: number): Promise<LineBroadcast[]> {
      const rows = await database('line_broadcast')
        .where({ programme_id: programmeId })
        .orderBy([
          { column: 'day', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
        .select<Row[]>('*');
      return rows.map(read);
    },
  };
}
