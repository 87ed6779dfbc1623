import { addDays, instantOf } from '../../domain/calendar/city-time';
import type { PeopleAlike } from '../../domain/programmes/eligible-people';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import type { Affected } from '../programmes';
import type { BirthDateKeys } from '../residents';

/** People of a programme, and whether they found a seat for one dose; as kinds that rules see alike, so that they can be counted by group. */
export interface UnmetSearchAnswer {
  /** Everybody who is listed, as imported. */
  readonly listed: readonly PeopleAlike[];
  /** Have a booking, or were there. */
  readonly booked: readonly PeopleAlike[];
  /** Looked for a seat in the days asked for and found none in the whole city. */
  readonly looked: readonly PeopleAlike[];
  /** Of these, the people who still have none. */
  readonly without: readonly PeopleAlike[];
  readonly days: readonly UnmetSearchDay[];
}

/** One day of the city, `YYYY-MM-DD`. */
export interface UnmetSearchDay {
  readonly day: string;
  /** People who booked on that day and still have that booking, or were there. */
  readonly booked: number;
  readonly looked: number;
  readonly without: number;
}

export interface UnmetSearchQuery {
  readonly programmeId: string;
  readonly dose: number;
  /** City dates, both included. */
  readonly from: string;
  readonly to: string;
}

type Kind = { birth_key: string | null; group_code: string; declared: string[]; count: number; without: number };

/** A booking `b` that answers a wish: one person's bookings are found by the index of what decides. */
const answers = `(b.state IN ('confirmed', 'attended') OR (b.state = 'held' AND b.hold_expires_at > now()))`;
const kind = 'r.search_keys[1]::text AS birth_key, r.group_code, r.declared';

export type UnmetSearchFigures = ReturnType<typeof createUnmetSearchFigures>;

/**
 * The figure that a newspaper had to tell the city in 2021: how many people there are, how many have booked, and how many wanted to and
 * found no seat. Counted, never named.
 */
export function createUnmetSearchFigures({
  database,
  birthDates,
  affected,
}: {
  database: Database;
  birthDates: BirthDateKeys;
  affected: Pick<Affected, 'people'>;
}) {
  return {
    async read({ programmeId, dose, from, to }: UnmetSearchQuery): Promise<UnmetSearchAnswer> {
      await catchUp(database);
      const range = [instantOf(from, '00:00'), instantOf(addDays(to, 1), '00:00')] as const;
      const [dates, { people: listed }, booked, wishes, days] = await Promise.all([
        birthDates.all(),
        affected.people(programmeId),
        database.raw<{ rows: Kind[] }>(
          `SELECT ${kind}, count(*)::int AS count FROM resident r WHERE r.status = 'active' AND r.id IN (
             SELECT b.resident_id FROM listed_booking b WHERE b.programme_id = ? AND b.dose = ? AND b.state IN ('confirmed', 'attended')) GROUP BY 1, 2, 3`,
          [programmeId, dose],
        ),
        database.raw<{ rows: Kind[] }>(
          `SELECT ${kind}, count(*)::int AS count, count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM booking b WHERE b.resident_id = r.id AND b.programme_id = ? AND b.dose = ? AND ${answers}))::int AS without
             FROM resident r WHERE r.status = 'active' AND r.id IN (SELECT w.resident_id FROM unmet_wish w WHERE w.programme_id = ? AND w.dose = ? AND w.day BETWEEN ? AND ?) GROUP BY 1, 2, 3`,
          [programmeId, dose, programmeId, dose, from, to],
        ),
        database.raw<{ rows: UnmetSearchDay[] }>(
          `SELECT to_char(day, 'YYYY-MM-DD') AS day, sum(booked)::int AS booked, sum(looked)::int AS looked, sum(without)::int AS without FROM (
             SELECT (b.created_at AT TIME ZONE 'Asia/Tokyo')::date AS day, count(DISTINCT b.resident_id) AS booked, 0 AS looked, 0 AS without FROM listed_booking b
              WHERE b.programme_id = ? AND b.dose = ? AND b.state IN ('confirmed', 'attended') AND b.created_at >= ? AND b.created_at < ? GROUP BY 1
             UNION ALL
             SELECT w.day, 0, count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM booking b WHERE b.resident_id = w.resident_id AND b.programme_id = w.programme_id AND b.dose = w.dose AND ${answers}))
               FROM unmet_wish w JOIN resident r ON r.id = w.resident_id AND r.status = 'active' WHERE w.programme_id = ? AND w.dose = ? AND w.day BETWEEN ? AND ? GROUP BY 1
           ) AS x GROUP BY 1 ORDER BY 1`,
          [programmeId, dose, ...range, programmeId, dose, from, to],
        ),
      ]);
      const alike = (rows: readonly Kind[], size: (row: Kind) => number): PeopleAlike[] =>
        rows.map((row) => ({
          groupCode: row.group_code,
          declared: row.declared,
          birthDate: row.birth_key === null ? undefined : dates.get(row.birth_key),
          count: size(row),
        }));
      return {
        listed,
        booked: alike(booked.rows, (row) => row.count),
        looked: alike(wishes.rows, (row) => row.count),
        without: alike(wishes.rows, (row) => row.without),
        days: days.rows,
      };
    },
  };
}
