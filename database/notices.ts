import { v7 as uuidv7 } from 'uuid';
import type { NoticeRequest } from '../domain/contracts/booking-workflow';
import type { Database } from './connection';

export const noticeStatuses = ['queued', 'sending', 'sent', 'failed', 'unclear', 'skipped'] as const;
export type NoticeStatus = (typeof noticeStatuses)[number];

/** A notice to one citizen. Its row is the idempotency key: unique by booking, step and occurrence. */
export interface Notice extends NoticeRequest {
  readonly id: string;
  readonly status: NoticeStatus;
  readonly skipReason: string | null;
  readonly attempts: number;
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
  queued_at: Date;
  sent_at: Date | null;
}

/**
 * The rows of `notice`: queued → sending → sent | failed | unclear, or queued → skipped. Every step is a conditional
 * update that answers whether it was made, so of two attempts at the same notice one sends. Error texts are short codes:
 * what mail servers say may repeat the address.
 */
export function createNoticeRepository(database: Database) {
  function read(row: NoticeRow): Notice {
    return {
      id: row.id, bookingId: row.booking_id, step: row.step, occurrence: row.occurrence, status: row.status, skipReason: row.skip_reason,
      attempts: row.attempts, queuedAt: row.queued_at, sentAt: row.sent_at,
    };
  }

  async function step(id: string, from: readonly NoticeStatus[], change: Record<string, unknown>): Promise<boolean> {
    const rows = await database('notice')
      .where({ id })
      .whereIn('status', from)
      .update({ ...change, updated_at: database.fn.now() });
    return rows > 0;
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
      const row = await database('notice').where({ booking_id: bookingId, step }).whereIn('status', ['sending', 'sent', 'unclear']).first<{ id: string } | undefined>('id');
      return row !== undefined;
    },

    /** From here on the message may have left. False: another attempt has it. */
    startSending: (id: string, channel: string) => step(id, ['queued'], { status: 'sending', channel, attempts: database.raw('attempts + 1') }),

    /** The mail server did not take it, and said so: it will be tried again. */
    putBack: (id: string, error: string) => step(id, ['queued', 'sending'], { status: 'queued', last_error: error }),

    /** Also from `unclear`: the attempt that was given up for lost came to its end after all. */
    markSent: (id: string) => step(id, ['sending', 'unclear'], { status: 'sent', sent_at: database.fn.now(), last_error: null }),

    markFailed: (id: string, error: string) => step(id, ['queued', 'sending'], { status: 'failed', last_error: error }),

    markUnclear: (id: string, error: string) => step(id, ['sending'], { status: 'unclear', last_error: error }),

    skip: (id: string, reason: string) => step(id, ['queued'], { status: 'skipped', skip_reason: reason }),

    /** Puts the message into the inbox and marks the notice sent, both or neither. False: another attempt did. */
    async deliverToInbox(id: string, message: { channel: string; recipient: string; subject: string; text: string; html: string }): Promise<boolean> {
      return database.transaction(async (trx) => {
        const changed = await trx('notice')
          .where({ id, status: 'queued' })
          .update({ status: 'sent', channel: message.channel, attempts: trx.raw('attempts + 1'), sent_at: trx.fn.now(), updated_at: trx.fn.now(), last_error: null });
        if (changed === 0) return false;
        await trx('inbox_message').insert({
          notice_id: id, channel: message.channel, recipient: message.recipient, subject: message.subject, body_text: message.text, body_html: message.html,
        });
        return true;
      });
    },

    /** The notices of a booking, in order. */
    async ofBooking(bookingId: string): Promise<Notice[]> {
      const rows = await database('notice').where({ booking_id: bookingId }).orderBy('id').select<NoticeRow[]>('*');
      return rows.map(read);
    },

    /** The newest messages of the inbox, the newest first. */
    async inbox(limit: number): Promise<InboxMessage[]> {
      const rows = await database('inbox_message')
        .orderBy([{ column: 'sent_at', order: 'desc' }, { column: 'notice_id', order: 'desc' }])
        .limit(limit)
        .select<{ notice_id: string; channel: string; recipient: string; subject: string; body_text: string; body_html: string; sent_at: Date }[]>('*');
      return rows.map((row) => ({
        noticeId: row.notice_id, channel: row.channel, recipient: row.recipient, subject: row.subject, text: row.body_text, html: row.body_html, sentAt: row.sent_at,
      }));
    },

    /** Notices that a person should look at. */
    async needingAttention(): Promise<number> {
      const row = await database('notice').whereIn('status', ['failed', 'unclear']).count<{ count: number }[]>('* as count').first();
      return row?.count ?? 0;
    },
  };
}
