import { v7 as uuidv7 } from 'uuid';

import { instantOf } from '../../domain/calendar/city-time';
import { againOccurrence, type NoticeRequest } from '../../domain/contracts/booking-workflow';
import type { CallbackCause } from '../../domain/notices/callback';
import type { Database } from '../foundation/connection';
import { lockCallbacksOf, openCallback, settleByNotice } from './callbacks';

export const noticeStatuses = ['queued', 'sending', 'sent', 'failed', 'unclear', 'skipped'] as const;
export type NoticeStatus = (typeof noticeStatuses)[number];

/** A notice to one citizen. Its row is the idempotency key: unique by booking, step and occurrence. */
export interface Notice extends NoticeRequest {
  readonly id: string;
  readonly status: NoticeStatus;
  readonly skipReason: string | null;
  readonly attempts: number;
  /** By which way it is under way or was sent. */
  readonly channel: string | null;
  readonly queuedAt: Date;
  readonly sentAt: Date | null;
}

/** What would have left the machine. */
export interface InboxMessage {
  readonly noticeId: string;
  readonly channel: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly sentAt: Date;
}

export type NoticeRepository = ReturnType<typeof createNoticeRepository>;

interface NoticeRow {
  id: string;
  booking_id: string;
  step: string;
  occurrence: string;
  status: NoticeStatus;
  skip_reason: string | null;
  attempts: number;
  channel: string | null;
  queued_at: Date;
  sent_at: Date | null;
}

/** LINE knows a message again by its key for 24 hours; less what clocks may differ. */
const retryKeyHours = 23;

/**
 * The rows of `notice`: queued → sending → sent | failed | unclear, or queued → skipped. Every step is a conditional
 * update that answers whether it was made, so of two attempts at the same notice one sends. Error texts are short codes:
 * what mail servers say may repeat the address.
 */
export function createNoticeRepository(database: Database) {
  function read(row: NoticeRow): Notice {
    return {
      id: row.id,
      bookingId: row.booking_id,
      step: row.step,
      occurrence: row.occurrence,
      status: row.status,
      skipReason: row.skip_reason,
      attempts: row.attempts,
      channel: row.channel,
      queuedAt: row.queued_at,
      sentAt: row.sent_at,
    };
  }

  async function step(
    id: string,
    from: readonly NoticeStatus[],
    change: Record<string, unknown>,
    connection: Database = database,
  ): Promise<{ booking_id: string; step: string } | undefined> {
    const [row] = await connection('notice')
      .where({ id })
      .whereIn('status', from)
      .update({ ...change, updated_at: database.fn.now() })
      .returning<{ booking_id: string; step: string }[]>(['booking_id', 'step']);
    return row;
  }

  const isDone = (row: unknown): boolean => row !== undefined;

  /** The end of a notice that did not reach its person, and the call that takes its place: both or neither. */
  function endWithCall(
    id: string,
    from: readonly NoticeStatus[],
    change: Record<string, unknown>,
    cause: CallbackCause,
  ): Promise<boolean> {
    return database.transaction(async (trx) => {
      const row = await step(id, from, change, trx);
      if (row) await openCallback(trx, { bookingId: row.booking_id, noticeId: id, cause });
      return isDone(row);
    });
  }

  return {
    /** The row of a notice, made when it is not there. */
    async find({ bookingId, step, occurrence }: NoticeRequest): Promise<Notice> {
      const { rows } = await database.raw<{ rows: NoticeRow[] }>(
        `INSERT INTO notice (id, booking_id, step, occurrence, status) VALUES (?, ?, ?, ?, 'queued')
         ON CONFLICT (booking_id, step, occurrence) DO UPDATE SET step = excluded.step RETURNING *`,
        [uuidv7(), bookingId, step, occurrence],
      );
      const [row] = rows;
      if (!row) throw new Error('an insert or update gives its row');
      return read(row);
    },

    /** Whether a notice of this step has gone out, or may have. */
    async wasTold({ bookingId, step }: Pick<NoticeRequest, 'bookingId' | 'step'>): Promise<boolean> {
      const row = await database('notice')
        .where({ booking_id: bookingId, step })
        .whereIn('status', ['sending', 'sent', 'unclear'])
        .first<{ id: string } | undefined>('id');
      return row !== undefined;
    },

    /** From here on the message may have left. False: another attempt has it. */
    startSending: async (id: string, channel: string) =>
      isDone(await step(id, ['queued'], { status: 'sending', channel, attempts: database.raw('attempts + 1') })),

    /**
     * As `startSending`, towards LINE, where an attempt may follow one whose answer was lost: the number of this attempt. Undefined: another one has it.
     */
    async startPush(id: string): Promise<number | undefined> {
      const [row] = await database('notice')
        .where({ id, status: 'queued' })
        .update({
          status: 'sending',
          channel: 'line',
          attempts: database.raw('attempts + 1'),
          updated_at: database.fn.now(),
        })
        .returning<{ attempts: number }[]>('attempts');
      return row?.attempts;
    },

    /**
     * The next attempt at a push whose answer was lost; the one before can no longer give way. Undefined once LINE may have forgotten
     * the key by which it knows the message again. `updated_at` stays: it says when the first attempt began.
     */
    async resumePush(id: string): Promise<number | undefined> {
      const [row] = await database('notice')
        .where({ id, status: 'sending', channel: 'line' })
        .whereRaw(`updated_at > now() - ? * interval '1 hour'`, [retryKeyHours])
        .update({ attempts: database.raw('attempts + 1') })
        .returning<{ attempts: number }[]>('attempts');
      return row?.attempts;
    },

    /** LINE has not taken the message for certain, and attempt `attempt` is still the last: another way, or another time, may be tried. */
    async giveWay(id: string, attempt: number, error: string): Promise<boolean> {
      const rows = await database('notice')
        .where({ id, status: 'sending', channel: 'line', attempts: attempt })
        .update({ status: 'queued', channel: null, last_error: error, updated_at: database.fn.now() });
      return rows === 1;
    },

    /** The mail server did not take it, and said so: it will be tried again. */
    putBack: async (id: string, error: string) =>
      isDone(await step(id, ['queued', 'sending'], { status: 'queued', last_error: error })),

    /** Also from `unclear`: the attempt that was given up for lost came to its end after all. What failed before it is settled. */
    markSent: (id: string): Promise<boolean> =>
      database.transaction(async (trx) => {
        await lockCallbacksOf(trx, id);
        const row = await step(
          id,
          ['sending', 'unclear'],
          { status: 'sent', sent_at: trx.fn.now(), last_error: null },
          trx,
        );
        if (row) await settleByNotice(trx, row.booking_id, row.step);
        return isDone(row);
      }),

    /** For good. The person goes to the list of those to be called. */
    markFailed: (id: string, error: string) =>
      endWithCall(id, ['queued', 'sending'], { status: 'failed', last_error: error }, 'notice_failed'),

    markUnclear: async (id: string, error: string) =>
      isDone(await step(id, ['sending'], { status: 'unclear', last_error: error })),

    skip: async (id: string, reason: string) =>
      isDone(await step(id, ['queued'], { status: 'skipped', skip_reason: reason })),

    /** There is nowhere to write to, and the person does not know yet: staff call instead. */
    skipForCall: (id: string, reason: string) =>
      endWithCall(id, ['queued'], { status: 'skipped', skip_reason: reason }, 'no_address'),

    /** Puts the message into the inbox and marks the notice sent, both or neither. False: another attempt did. */
    async deliverToInbox(
      id: string,
      message: { channel: string; recipient: string; subject: string; text: string; html: string },
    ): Promise<boolean> {
      return database.transaction(async (trx) => {
        await lockCallbacksOf(trx, id);
        const change = {
          status: 'sent',
          channel: message.channel,
          attempts: trx.raw('attempts + 1'),
          sent_at: trx.fn.now(),
          last_error: null,
        };
        const row = await step(id, ['queued'], change, trx);
        if (!row) return false;
        await trx('inbox_message').insert({
          notice_id: id,
          channel: message.channel,
          recipient: message.recipient,
          subject: message.subject,
          body_text: message.text,
          body_html: message.html,
        });
        await settleByNotice(trx, row.booking_id, row.step);
        return true;
      });
    },

    /** How many notices left (or may have) for a booking, and for its resident on the city date `day`. */
    async toldTo(
      booking: { readonly id: string; readonly residentId: string },
      day: string,
    ): Promise<{ ofBooking: number; today: number }> {
      const { rows } = await database.raw<{ rows: { of_booking: number; today: number }[] }>(
        `SELECT count(*) FILTER (WHERE n.booking_id = :booking)::int AS of_booking, count(*) FILTER (WHERE coalesce(n.sent_at, n.updated_at) >= :from)::int AS today
           FROM booking b JOIN notice n ON n.booking_id = b.id AND n.status IN ('sending', 'sent', 'unclear') WHERE b.resident_id = :resident`,
        { booking: booking.id, resident: booking.residentId, from: instantOf(day, '00:00') },
      );
      return { ofBooking: rows[0]?.of_booking ?? 0, today: rows[0]?.today ?? 0 };
    },

    /** The notices of a booking, in order. */
    async ofBooking(bookingId: string): Promise<Notice[]> {
      const rows = await database('notice').where({ booking_id: bookingId }).orderBy('id').select<NoticeRow[]>('*');
      return rows.map(read);
    },

    /**
     * The row of a notice that a person wants sent once more, under an occurrence of its own, with the request's id. The booking is locked
     * while its repeats of the last day are counted, so that people who press at the same time do not get past the limit.
     */
    async reserveAgain(
      noticeId: string,
      requestId: string,
      mostPerDay: number,
    ): Promise<Notice | 'notice_unknown' | 'notice_under_way' | 'notice_not_resendable' | 'notice_cap_reached'> {
      return database.transaction(async (trx) => {
        const original = await trx('notice').where({ id: noticeId }).first<NoticeRow | undefined>('*');
        if (!original) return 'notice_unknown';
        await trx('booking').where({ id: original.booking_id }).forNoKeyUpdate().first('id');
        const { rows } = await trx.raw<{ rows: { under_way: boolean; again: number }[] }>(
          `SELECT coalesce(bool_or(status IN ('queued', 'sending') AND step = ?), false) AS under_way,
                  count(*) FILTER (WHERE occurrence LIKE 'again/%' AND status <> 'skipped' AND queued_at > now() - interval '1 day')::int AS again
             FROM notice WHERE booking_id = ?`,
          [original.step, original.booking_id],
        );
        const [found] = rows;
        if (found?.under_way) return 'notice_under_way';
        if (original.status === 'skipped') return 'notice_not_resendable';
        if ((found?.again ?? 0) >= mostPerDay) return 'notice_cap_reached';
        const [row] = await trx('notice')
          .insert({
            id: uuidv7(),
            booking_id: original.booking_id,
            step: original.step,
            occurrence: againOccurrence(requestId),
            status: 'queued',
          })
          .returning<NoticeRow[]>('*');
        if (!row) throw new Error('an insert gives its row');
        return read(row);
      });
    },

    /** The row as it is now. */
    async byId(id: string): Promise<Notice | undefined> {
      const row = await database('notice').where({ id }).first<NoticeRow | undefined>('*');
      return row && read(row);
    },

    /** The newest messages of the inbox, the newest first. */
    async inbox(limit: number): Promise<InboxMessage[]> {
      const rows = await database('inbox_message')
        .orderBy([
          { column: 'sent_at', order: 'desc' },
          { column: 'notice_id', order: 'desc' },
        ])
        .limit(limit)
        .select<
          {
            notice_id: string;
            channel: string;
            recipient: string;
            subject: string;
            body_text: string;
            body_html: string;
            sent_at: Date;
          }[]
        >('*');
      return rows.map((row) => ({
        noticeId: row.notice_id,
        channel: row.channel,
        recipient: row.recipient,
        subject: row.subject,
        text: row.body_text,
        html: row.body_html,
        sentAt: row.sent_at,
      }));
    },

    /** Notices that a person should look at. */
    async toDo(): Promise<number> {
      const row = await database('notice')
        .whereIn('status', ['failed', 'unclear'])
        .count<{ count: number }[]>('* as count')
        .first();
      return row?.count ?? 0;
    },
  };
}
