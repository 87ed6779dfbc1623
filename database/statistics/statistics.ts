import { addDays, instantOf } from '../../domain/calendar/city-time';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';

/** What is counted. Seats and people. */
export interface Figures {
  readonly capacity: number;
  /** Holds that run. */
  readonly held: number;
  /** Confirmed and still to come, or under way. */
  readonly confirmed: number;
  readonly attended: number;
  readonly noShow: number;
  /** Confirmed once, then cancelled or moved away. */
  readonly cancelled: number;
  /** People who looked for a seat and found none, on the days themselves (not for them). */
  readonly unmet: number;
}

export const statisticsDimensions = ['day', 'venue', 'group', 'dose', 'channel', 'venueDay', 'total'] as const;
export type NumberDimension = (typeof statisticsDimensions)[number];

/** Figures of one day (`YYYY-MM-DD`), venue (id), group (code), dose, channel, or of a venue on a day; those of a group have no capacity. */
export interface StatisticsRow extends Figures {
  readonly by: NumberDimension;
  readonly day: string | null;
  readonly venueId: string | null;
  readonly groupCode: string | null;
  readonly dose: number | null;
  readonly channel: Channel | null;
}

export interface StatisticsQuery {
  readonly programmeId: string;
  /** City dates, both included. */
  readonly from: string;
  readonly to: string;
  readonly venueId?: string | undefined;
  readonly dose?: number | undefined;
  readonly channel?: Channel | undefined;
  readonly groupCode?: string | undefined;
}

export type Statistics = ReturnType<typeof createStatistics>;

const dimensionOf: Readonly<Record<number, NumberDimension>> = {
  0b01111: 'day',
  0b10111: 'venue',
  0b11011: 'group',
  0b11101: 'dose',
  0b11110: 'channel',
  0b00111: 'venueDay',
  0b11111: 'total',
};

/** The city's figures: where no new bookings are taken, the seats are those that people have. One statement, one pass over the days asked for, from indexes alone. */
export function createStatistics(database: Database) {
  return {
    async read({
      programmeId,
      from,
      to,
      venueId,
      dose,
      channel,
      groupCode,
    }: StatisticsQuery): Promise<StatisticsRow[]> {
      await catchUp(database);
      const [start, end] = [instantOf(from, '00:00'), instantOf(addDays(to, 1), '00:00')];
      const { rows } = await database.raw<{ rows: (Omit<StatisticsRow, 'by'> & { shape: number })[] }>(
        `WITH asked AS (SELECT ?::uuid AS programme_id, ?::timestamptz AS start, ?::timestamptz AS end, ?::uuid AS venue_id, ?::int AS dose, ?::text AS channel, ?::text AS group_code),
         days AS MATERIALIZED (
           SELECT s.id, s.venue_id, s.dose, (s.starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day,
                  s.stopped OR (NOT v.active AND s.starts_at > now()) AS is_closed FROM slot s JOIN venue v ON v.id = s.venue_id, asked a
            WHERE s.programme_id = a.programme_id AND s.starts_at >= a.start AND s.starts_at < a.end
              AND (a.venue_id IS NULL OR s.venue_id = a.venue_id) AND (a.dose IS NULL OR s.dose = a.dose)
         ), counted AS (
           SELECT d.day, d.venue_id, d.dose, b.channel, coalesce(b.group_code, '') AS group_code, b.state, d.is_closed, count(*)::int AS n FROM listed_booking b JOIN days d ON d.id = b.slot_id
            WHERE b.state IN ('confirmed', 'attended', 'no_show', 'cancelled') GROUP BY 1, 2, 3, 4, 5, 6, 7
           UNION ALL
           SELECT d.day, d.venue_id, d.dose, b.channel, coalesce(b.group_code, ''), 'held', d.is_closed, count(*)::int FROM listed_booking b JOIN days d ON d.id = b.slot_id
            WHERE b.state = 'held' AND b.hold_expires_at > now() GROUP BY 1, 2, 3, 4, 5, 7
         ), every AS (
           SELECT d.day, d.venue_id, NULL::text AS group_code, d.dose, q.channel, CASE WHEN d.is_closed THEN 0 ELSE q.capacity END AS capacity, NULL::text AS state, 0 AS n, 0 AS unmet, true AS is_seat
             FROM days d JOIN slot_quota q ON q.slot_id = d.id
           UNION ALL
           SELECT c.day, c.venue_id, c.group_code, c.dose, c.channel, CASE WHEN c.is_closed AND c.state <> 'cancelled' THEN c.n ELSE 0 END, c.state, c.n, 0, false FROM counted c
           UNION ALL
           SELECT u.day, u.venue_id, NULL, u.dose, u.channel, 0, NULL, 0, u.people, true FROM unmet_search u, asked a
            WHERE u.programme_id = a.programme_id AND u.day >= (a.start AT TIME ZONE 'Asia/Tokyo')::date AND u.day < (a.end AT TIME ZONE 'Asia/Tokyo')::date
              AND (a.venue_id IS NULL OR u.venue_id = a.venue_id) AND (a.dose IS NULL OR u.dose = a.dose)
         )
         SELECT grouping(e.day, e.venue_id, e.group_code, e.dose, e.channel) AS shape,
                to_char(e.day, 'YYYY-MM-DD') AS day, e.venue_id AS "venueId", e.group_code AS "groupCode", e.dose, e.channel,
                coalesce(sum(e.capacity), 0)::int AS capacity, coalesce(sum(e.unmet), 0)::int AS unmet,
                coalesce(sum(e.n) FILTER (WHERE e.state = 'held'), 0)::int AS held,
                coalesce(sum(e.n) FILTER (WHERE e.state = 'confirmed'), 0)::int AS confirmed,
                coalesce(sum(e.n) FILTER (WHERE e.state = 'attended'), 0)::int AS attended,
                coalesce(sum(e.n) FILTER (WHERE e.state = 'no_show'), 0)::int AS "noShow",
                coalesce(sum(e.n) FILTER (WHERE e.state = 'cancelled'), 0)::int AS cancelled
           FROM every e, asked a
          WHERE (a.channel IS NULL OR e.channel = a.channel) AND (a.group_code IS NULL OR e.is_seat OR e.group_code = a.group_code)
          GROUP BY GROUPING SETS ((e.day), (e.venue_id), (e.group_code), (e.dose), (e.channel), (e.day, e.venue_id), ())
          ORDER BY shape, e.day, e.venue_id, e.dose, e.channel, e.group_code`,
        [programmeId, start, end, venueId ?? null, dose ?? null, channel ?? null, groupCode ?? null],
      );
      return (
        rows
          .map(({ shape, ...row }) => ({ by: dimensionOf[shape] ?? 'total', ...row }))
          // Seats belong to no group, and a search in the whole city to no venue.
          .filter(
            (row) =>
              (row.by !== 'group' || row.groupCode !== null) &&
              ((row.by !== 'venue' && row.by !== 'venueDay') || row.venueId !== null),
          )
      );
    },
  };
}
