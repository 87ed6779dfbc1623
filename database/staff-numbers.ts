import { instantOf } from '../domain/calendar/city-time';
import type { Channel } from '../domain/contracts/booking-workflow';
import type { Database } from './connection';

/** Seats and bookings of one city date, venue, dose and channel. */
export interface DayNumbers {
  /** City date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly venueId: string;
  readonly dose: number;
  readonly channel: Channel;
  readonly capacity: number;
  /** Holds that run. */
  readonly held: number;
  readonly confirmed: number;
  readonly attended: number;
  readonly noShow: number;
  /** Confirmed once, then cancelled or moved away. */
  readonly cancelled: number;
}

export type StaffNumbers = ReturnType<typeof createStaffNumbers>;

/** The city's figures. One pass over slots and bookings of the days asked for; what a screen shows is summed from it. */
export function createStaffNumbers(database: Database) {
  return {
    /** @param from city date; @param until city date, not included */
    async byDay(programmeId: string, from: string, until: string): Promise<DayNumbers[]> {
      const { rows } = await database.raw<{ rows: DayNumbers[] }>(
        `WITH days AS (
           SELECT id, venue_id, dose, (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM slot WHERE programme_id = ? AND starts_at >= ? AND starts_at < ?
         ), seats AS (
           SELECT d.day, d.venue_id, d.dose, q.channel, sum(q.capacity)::int AS capacity FROM days d JOIN slot_quota q ON q.slot_id = d.id GROUP BY 1, 2, 3, 4
         ), counts AS (
           SELECT d.day, d.venue_id, d.dose, b.channel,
                  count(*) FILTER (WHERE b.state = 'held' AND b.hold_expires_at > now())::int AS held,
                  count(*) FILTER (WHERE b.state = 'confirmed')::int AS confirmed,
                  count(*) FILTER (WHERE b.state = 'attended')::int AS attended,
                  count(*) FILTER (WHERE b.state = 'no_show')::int AS no_show,
                  count(*) FILTER (WHERE b.state = 'cancelled')::int AS cancelled
             FROM days d JOIN booking b ON b.slot_id = d.id GROUP BY 1, 2, 3, 4
         )
         SELECT to_char(s.day, 'YYYY-MM-DD') AS date, s.venue_id AS "venueId", s.dose, s.channel, s.capacity, coalesce(c.held, 0) AS held,
                coalesce(c.confirmed, 0) AS confirmed, coalesce(c.attended, 0) AS attended, coalesce(c.no_show, 0) AS "noShow", coalesce(c.cancelled, 0) AS cancelled
           FROM seats s LEFT JOIN counts c USING (day, venue_id, dose, channel)
          ORDER BY s.day, s.venue_id, s.dose, s.channel`,
        [programmeId, instantOf(from, '00:00'), instantOf(until, '00:00')],
      );
      return rows;
    },
  };
}
