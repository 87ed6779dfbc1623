import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import { readLoginBrake } from '../residents';

export interface OperatingFigures {
  /** Bookings by state. Of large tables an estimate from PostgreSQL's own statistics: counting millions for a graph helps nobody. */
  readonly bookings: Readonly<Record<string, number>>;
  /** Notices by status; estimated likewise. */
  readonly notices: Readonly<Record<string, number>>;
  /** Whether devices that nobody knows must wait to log in, because too many log-ins of the whole site fail. */
  readonly loginBrake: { readonly isOn: boolean; readonly level: number };
}

/** Up to this many rows (as PostgreSQL estimates them) are counted. */
const countedRows = 200_000;

/** Figures for `/metrics`, cheap at any size of the tables. */
export function createOperatingFigures(database: Database) {
  async function byValue(
    table: 'listed_booking' | 'notice',
    column: 'state' | 'status',
  ): Promise<Record<string, number>> {
    const { rows } = await database.raw<{ rows: { rows: number }[] }>(
      'SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = ?::regclass',
      [table],
    );
    const size = rows[0]?.rows ?? 0;
    if (size <= countedRows) {
      const counted = await database(table)
        .groupBy(column)
        .select<{ value: string; count: number }[]>(`${column} as value`, database.raw('count(*)::int AS count'));
      return Object.fromEntries(counted.map((row) => [row.value, row.count]));
    }
    const { rows: common } = await database.raw<{ rows: { value: string; share: number }[] }>(
      `SELECT unnest(most_common_vals::text::text[]) AS value, unnest(most_common_freqs) AS share FROM pg_stats
        WHERE schemaname = current_schema() AND tablename = ? AND attname = ?`,
      [table, column],
    );
    return Object.fromEntries(common.map((row) => [row.value, Math.round(row.share * size)]));
  }

  return {
    async read(): Promise<OperatingFigures> {
      await catchUp(database);
      const [bookings, notices, loginBrake] = await Promise.all([
        byValue('listed_booking', 'state'),
        byValue('notice', 'status'),
        readLoginBrake(database),
      ]);
      return { bookings, notices, loginBrake };
    },
  };
}
