import { noticeWords } from '../../domain/bookings/booking-words';
import { instantOf } from '../../domain/calendar/city-time';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import { emailIn } from '../../domain/notices/addresses';
import { planJourney } from '../../domain/notices/journey-plan';
import { maskAddress } from '../../domain/notices/mask-address';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';
import { openAnswers } from '../foundation/sealed-answers';
import type { Programmes, ProgrammeVersion } from '../programmes';
import type { NoticeStatus } from './notices';

/** One line of the staff's list of notices. */
export interface NoticeLine {
  readonly id: string;
  readonly bookingId: string;
  readonly residentId: string;
  readonly isProtected: boolean;
  readonly reference: string | null;
  readonly bookingState: BookingState;
  readonly startsAt: Date;
  readonly venueName: string;
  readonly step: string;
  /** Japanese words for the step. */
  readonly label: string;
  /** A person asked for it once more. */
  readonly again: boolean;
  readonly status: NoticeStatus;
  /** 2 failed, 1 unclear, 0 nothing to do (any more). */
  readonly urgency: number;
  readonly reason: string | null;
  readonly attempts: number;
  readonly channel: string | null;
  /** `h•••@example.jp`; null where no address was given. */
  readonly maskedAddress: string | null;
  readonly queuedAt: Date;
  readonly sentAt: Date | null;
  readonly handledAt: Date | null;
}

export interface NoticeListFilter {
  readonly status?: NoticeStatus | undefined;
  readonly step?: string | undefined;
  /** City dates on which it was due; `until` is not included. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly bookingIds?: readonly string[] | undefined;
  /** The last line of the page before. */
  readonly after?: { readonly urgency: number; readonly id: string } | undefined;
  readonly limit: number;
}

export type NoticeList = ReturnType<typeof createNoticeList>;

interface LineRow {
  id: string;
  booking_id: string;
  resident_id: string;
  protected: boolean;
  confirmed_address: Buffer | null;
  reference: string | null;
  booking_state: BookingState;
  dose: number;
  programme_version_id: string;
  sealed_answers: Buffer | null;
  starts_at: Date;
  venue_name: string;
  step: string;
  occurrence: string;
  status: NoticeStatus;
  urgency: number;
  skip_reason: string | null;
  last_error: string | null;
  attempts: number;
  channel: string | null;
  queued_at: Date;
  sent_at: Date | null;
  handled_at: Date | null;
}

const lines = `SELECT n.*, b.resident_id, b.reference, b.state AS booking_state, b.dose, b.programme_version_id, b.sealed_answers, s.starts_at, v.name AS venue_name, r.protected, a.sealed_email AS confirmed_address
  FROM notice n JOIN booking b ON b.id = n.booking_id JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id
  JOIN resident r ON r.id = b.resident_id LEFT JOIN confirmed_address a ON a.resident_id = r.id`;
/** In the order of the list: failed, unclear, the others. */
const urgencies = [2, 1, 0] as const;

/** What lists of notices show. Addresses leave here masked; `addressOf` gives a whole one, and the caller records it. */
export function createNoticeList({
  database,
  keys,
  programmes,
}: {
  database: Database;
  keys: KeyRing;
  programmes: Pick<Programmes, 'version'>;
}) {
  function addressIn(row: LineRow, version: ProgrammeVersion): string | undefined {
    if (row.protected) return row.confirmed_address ? openText(keys, row.confirmed_address) : undefined;
    return row.sealed_answers ? emailIn(version.document, openAnswers(keys, row.sealed_answers)) : undefined;
  }

  async function lineOf(row: LineRow): Promise<NoticeLine> {
    const version = await programmes.version(row.programme_version_id);
    const address = addressIn(row, version);
    return {
      id: row.id,
      bookingId: row.booking_id,
      residentId: row.resident_id,
      isProtected: row.protected,
      reference: row.reference,
      bookingState: row.booking_state,
      startsAt: row.starts_at,
      venueName: row.venue_name,
      step: row.step,
      label: stepLabel(version, row.dose, row.step),
      again: row.occurrence.startsWith('again/'),
      status: row.status,
      urgency: row.urgency,
      reason: row.status === 'skipped' ? row.skip_reason : row.last_error,
      attempts: row.attempts,
      channel: row.channel,
      maskedAddress: address === undefined ? null : maskAddress(address),
      queuedAt: row.queued_at,
      sentAt: row.sent_at,
      handledAt: row.handled_at,
    };
  }

  return {
    /** Failed ones first, then unclear ones, then the others; the newest first in each. */
    async list(filter: NoticeListFilter): Promise<NoticeLine[]> {
      const rows: { id: string }[] = [];
      // One walk along an index for each part of the order: a day of last month is found as quickly as today.
      for (const urgency of urgencies) {
        if (rows.length >= filter.limit || (filter.after && urgency > filter.after.urgency)) continue;
        rows.push(
          ...(await database('notice')
            .where({ urgency })
            .modify((query) => {
              if (filter.status !== undefined) void query.where('status', filter.status);
              if (filter.step !== undefined) void query.where('step', filter.step);
              if (filter.bookingIds !== undefined) void query.whereIn('booking_id', filter.bookingIds);
              if (filter.from !== undefined) void query.where('id', '>=', firstIdAt(instantOf(filter.from, '00:00')));
              if (filter.until !== undefined) void query.where('id', '<', firstIdAt(instantOf(filter.until, '00:00')));
              if (filter.after?.urgency === urgency) void query.where('id', '<', filter.after.id);
            })
            .orderBy('id', 'desc')
            .limit(filter.limit - rows.length)
            .select<{ id: string }[]>('id')),
        );
      }
      if (rows.length === 0) return [];
      const found = await database.raw<{ rows: LineRow[] }>(
        `${lines} WHERE n.id = ANY (?) ORDER BY n.urgency DESC, n.id DESC`,
        [rows.map((row) => row.id)],
      );
      return Promise.all(found.rows.map(lineOf));
    },

    async find(id: string): Promise<NoticeLine | undefined> {
      const { rows } = await database.raw<{ rows: LineRow[] }>(`${lines} WHERE n.id = ?`, [id]);
      return rows[0] && lineOf(rows[0]);
    },

    /** Every notice of a booking, the oldest first. */
    async ofBooking(bookingId: string): Promise<NoticeLine[]> {
      const { rows } = await database.raw<{ rows: LineRow[] }>(`${lines} WHERE n.booking_id = ? ORDER BY n.id`, [
        bookingId,
      ]);
      return Promise.all(rows.map(lineOf));
    },

    /** The whole address that a notice goes to. */
    async addressOf(id: string): Promise<string | undefined> {
      const { rows } = await database.raw<{ rows: LineRow[] }>(`${lines} WHERE n.id = ?`, [id]);
      return rows[0] && addressIn(rows[0], await programmes.version(rows[0].programme_version_id));
    },

    /** Notices that a person has to look at. */
    async counts(): Promise<{ failed: number; unclear: number }> {
      const { rows } = await database.raw<{ rows: { failed: number; unclear: number }[] }>(
        `SELECT count(*) FILTER (WHERE urgency = 2)::int AS failed, count(*) FILTER (WHERE urgency = 1)::int AS unclear FROM notice WHERE urgency > 0`,
      );
      return rows[0] ?? { failed: 0, unclear: 0 };
    },
  };
}

/** What people call a step of the journey; a step that its version does not have keeps its name. */
export function stepLabel({ document }: Pick<ProgrammeVersion, 'document'>, dose: number, step: string): string {
  const planned = planJourney(document, dose).steps.find((item) => item.id === step);
  return planned ? noticeWords(planned) : step;
}

/** The lowest UUIDv7 of a moment: ids are made when the row is, so they are in its order. */
function firstIdAt(moment: Date): string {
  const time = moment.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
