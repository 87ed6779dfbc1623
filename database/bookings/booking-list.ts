import { instantOf } from '../../domain/calendar/city-time';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';

/** One line of the staff's list of bookings, as it is read: what of it is told is decided by `domain/staff/visibility.ts`. */
export interface BookingLine {
  readonly id: string;
  readonly residentId: string;
  readonly isProtected: boolean;
  readonly reference: string | null;
  /** A hold whose time is over is shown as expired, also before its row says so. */
  readonly state: BookingState;
  readonly dose: number;
  readonly channel: Channel;
  readonly slotId: string;
  readonly startsAt: Date;
  readonly venueId: string;
  readonly venueName: string;
  readonly createdAt: Date;
  /** A notice failed or is unclear, or a person is to be called. */
  readonly attention: boolean;
}

export interface BookingListFilter {
  readonly programmeId: string;
  readonly state?: BookingState | undefined;
  readonly venueId?: string | undefined;
  /** City dates of the appointment; `until` is not included. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly dose?: number | undefined;
  readonly channel?: Channel | undefined;
  /** Nine digits, as parsed. */
  readonly reference?: string | undefined;
  readonly attention?: boolean | undefined;
  /** The earliest appointment first, or the latest. */
  readonly order: 'soonest' | 'latest';
  /** The last line of the page before. */
  readonly after?: { readonly startsAt: Date; readonly slotId: string; readonly id: string } | undefined;
  readonly limit: number;
}

export type BookingList = ReturnType<typeof createBookingList>;

interface LineRow {
  id: string;
  resident_id: string;
  protected: boolean;
  reference: string | null;
  state: BookingState;
  dose: number;
  channel: Channel;
  slot_id: string;
  starts_at: Date;
  venue_id: string;
  venue_name: string;
  created_at: Date;
  attention: boolean;
}

const isStale = `b.state = 'held' AND b.hold_expires_at <= now()`;
/** Looked up first and as a whole, then one by one (`OFFSET 0`): there are few, and the planner takes them for many and would read all bookings. */
const bookingsToDo = `needed AS MATERIALIZED (SELECT booking_id FROM notice WHERE urgency > 0 UNION SELECT booking_id FROM callback WHERE done_at IS NULL AND booking_id IS NOT NULL), `;

/** What lists of bookings show. Pages are walked along the slots in the order of their time, so that the last page costs what the first does. */
export function createBookingList(database: Database) {
  return {
    async list(filter: BookingListFilter): Promise<BookingLine[]> {
      await catchUp(database);
      const conditions = ['s.programme_id = ?'];
      const bindings: (string | number | Date)[] = [filter.programmeId];
      const add = (condition: string, ...values: (string | number | Date)[]) => {
        conditions.push(condition);
        bindings.push(...values);
      };
      if (filter.from !== undefined) add('s.starts_at >= ?', instantOf(filter.from, '00:00'));
      if (filter.until !== undefined) add('s.starts_at < ?', instantOf(filter.until, '00:00'));
      if (filter.venueId !== undefined) add('s.venue_id = ?', filter.venueId);
      if (filter.dose !== undefined) add('s.dose = ?', filter.dose);
      if (filter.channel !== undefined) add('b.channel = ?', filter.channel);
      if (filter.reference !== undefined)
        add(
          'b.id = (SELECT id FROM booking WHERE programme_id = ? AND reference = ?)',
          filter.programmeId,
          filter.reference,
        );
      if (filter.state === 'held') add(`b.state = 'held' AND b.hold_expires_at > now()`);
      else if (filter.state === 'expired')
        add(`b.state IN ('expired', 'held') AND (b.state = 'expired' OR (${isStale}))`);
      else if (filter.state !== undefined) add('b.state = ?', filter.state);
      const isSoonest = filter.order === 'soonest';
      if (filter.after) {
        const { startsAt, slotId, id } = filter.after;
        // The first comparison alone can be walked along an index; the second cuts off what the last page showed.
        add(
          `s.starts_at ${isSoonest ? '>=' : '<='} ? AND (s.starts_at, s.id, b.id) ${isSoonest ? '>' : '<'} (?, ?, ?)`,
          startsAt,
          startsAt,
          slotId,
          id,
        );
      }
      const direction = isSoonest ? 'ASC' : 'DESC';
      const { rows } = await database.raw<{ rows: LineRow[] }>(
        `WITH ${filter.attention === true ? bookingsToDo : ''}page AS (
           SELECT b.id, b.resident_id, b.reference, CASE WHEN ${isStale} THEN 'expired' ELSE b.state END AS state, b.dose, b.channel, b.created_at, s.id AS slot_id, s.starts_at, s.venue_id
             FROM ${filter.attention === true ? 'needed CROSS JOIN LATERAL (SELECT * FROM listed_booking WHERE id = needed.booking_id OFFSET 0) b JOIN slot s ON s.id = b.slot_id' : 'slot s JOIN listed_booking b ON b.slot_id = s.id'}
            WHERE ${conditions.join(' AND ')}
            ORDER BY s.starts_at ${direction}, s.id ${direction}, b.id ${direction} LIMIT ?
         )
         SELECT p.*, r.protected, v.name AS venue_name,
                EXISTS (SELECT 1 FROM notice n WHERE n.booking_id = p.id AND n.urgency > 0) OR EXISTS (SELECT 1 FROM callback c WHERE c.booking_id = p.id AND c.done_at IS NULL) AS attention
           FROM page p JOIN venue v ON v.id = p.venue_id JOIN resident r ON r.id = p.resident_id
          ORDER BY p.starts_at ${direction}, p.slot_id ${direction}, p.id ${direction}`,
        [...bindings, filter.limit],
      );
      return rows.map((row) => ({
        id: row.id,
        residentId: row.resident_id,
        isProtected: row.protected,
        reference: row.reference,
        state: row.state,
        dose: row.dose,
        channel: row.channel,
        slotId: row.slot_id,
        startsAt: row.starts_at,
        venueId: row.venue_id,
        venueName: row.venue_name,
        createdAt: row.created_at,
        attention: row.attention,
      }));
    },

    /**
     * Which member of staff took a step, by the version of its event. The record of a step is written right after it, under the
     * booking that was changed, or the one that took its place.
     */
    async staffOfSteps(bookingId: string): Promise<ReadonlyMap<number, string>> {
      const { rows } = await database.raw<{ rows: { version: number; name: string | null }[] }>(
        `SELECT e.version, (
            SELECT st.display_name FROM audit_event a JOIN staff st ON st.id = a.actor_id
             WHERE a.subject_id IN (b.id, b.replaced_by) AND a.subject_kind = 'booking' AND a.result = 'done' AND a.action NOT LIKE '%.read'
               AND a.at >= e.at AND a.at < e.at + interval '30 seconds' ORDER BY a.seq LIMIT 1) AS name
           FROM booking_event e JOIN booking b ON b.id = e.booking_id
          WHERE e.booking_id = ? AND e.actor IN ('operator', 'venue', 'city')`,
        [bookingId],
      );
      return new Map(rows.flatMap((row) => (row.name === null ? [] : [[row.version, row.name] as const])));
    },
  };
}
