import type { Database } from '../foundation/connection';
import { rushIsOn } from '../foundation/rush';

/**
 * `listed_booking`, the copy of `booking` that lists, figures and searches read. It follows the events: `listed_up_to` holds the
 * snapshot of the last look, and whatever is visible now and was not in that snapshot is copied. A transaction that commits late is
 * found then, and one that takes long keeps nobody else's changes back.
 *
 * Whoever copies holds the row of `listed_up_to`, and reads `booking` in a later statement: what is copied is never older than what is
 * there. What changes a copied column without an event (new keys) holds it too, see `holdLists`.
 */

/** A reader copies at most this many changes by itself; more of them are the worker's. */
const mostByReader = 2_000;
/** A reader waits at most so long for who copies, and as long for its own copying, ms. */
const readerWaitsMs = 2_000;
const rebuiltAtOnce = 5_000;
/** About this many rows are compared, beside the newest. */
const comparedRows = 20_000;

const columns = [
  'id',
  'programme_id',
  'programme_version_id',
  'resident_id',
  'slot_id',
  'pair_of',
  'dose',
  'version',
  'channel',
  'state',
  'group_code',
  'reference',
  'telephone_key',
  'hold_expires_at',
  'created_at',
  'updated_at',
] as const;
const columnsOf = (table: string) => columns.map((name) => `${table}.${name}`).join(', ');

/** Copies bookings `b`; rows that are equal already are left alone. */
const copy = (bookings: string) => `INSERT INTO listed_booking AS l (${columns.join(', ')})
  SELECT ${columnsOf('b')} FROM ${bookings} ORDER BY b.id
  ON CONFLICT (id) DO UPDATE SET ${columns
    .slice(1)
    .map((name) => `${name} = EXCLUDED.${name}`)
    .join(', ')}, listed_at = clock_timestamp()
    WHERE (${columnsOf('l')}) IS DISTINCT FROM (${columnsOf('EXCLUDED')})`;

/** An event `e` that was not visible in the snapshot of `u`. The first two conditions are walked along the index. */
const isNew = `e.xid >= pg_snapshot_xmin(u.snapshot) AND e.xid < pg_snapshot_xmax(pg_current_snapshot()) AND NOT pg_visible_in_snapshot(e.xid, u.snapshot)`;
/** Transactions were counted further once: the database was restored into another server, and its snapshot says nothing here. */
const isForeign = `pg_snapshot_xmax(u.snapshot) > pg_snapshot_xmax(pg_current_snapshot())`;

/**
 * Of many changes the first `limit`, whole transactions at a time: then the snapshot that is kept ends behind the last of them, and
 * of the transactions that run now it holds those before. The bookings are read one by one (`OFFSET 0`): the planner takes the few that
 * changed for many and would read them all.
 */
const copyNew = `WITH up_to AS (SELECT snapshot FROM listed_up_to), first AS MATERIALIZED (
    SELECT e.xid FROM booking_event e, up_to u WHERE ${isNew} ORDER BY e.xid LIMIT :limit
  ), ends AS MATERIALIZED (
    SELECT count(*)::int AS changes, CASE WHEN count(*) >= :limit THEN (SELECT xid FROM first ORDER BY xid DESC LIMIT 1) END AS last FROM first
  ), changed AS MATERIALIZED (
    SELECT DISTINCT e.booking_id FROM booking_event e, up_to u, ends WHERE ${isNew} AND e.xid <= coalesce(ends.last, pg_snapshot_xmax(pg_current_snapshot()))
  ), copied AS (
    ${copy('changed CROSS JOIN LATERAL (SELECT * FROM booking WHERE id = changed.booking_id OFFSET 0) b')}
  ), kept AS (
    SELECT CASE WHEN ends.last IS NULL THEN pg_current_snapshot() ELSE (
      SELECT (coalesce(min(x::text::bigint), behind) || ':' || behind || ':' || coalesce(string_agg(x::text, ',' ORDER BY x), ''))::pg_snapshot
        FROM (SELECT ends.last::text::bigint + 1 AS behind) AS b LEFT JOIN pg_snapshot_xip(pg_current_snapshot()) AS x ON x <= ends.last GROUP BY behind
    ) END AS snapshot FROM ends
  )
  UPDATE listed_up_to SET snapshot = kept.snapshot, at = clock_timestamp() FROM kept, ends RETURNING ends.changes`;

export type ListedBookings = ReturnType<typeof createListedBookings>;

export interface ListComparison {
  /** Changes that are not copied yet, and since when the oldest waits. */
  readonly waiting: number;
  readonly oldestAt: Date | null;
  /** How many bookings there are more or fewer than the copy has, by state; those that wait are left out. */
  readonly differences: readonly { readonly state: string; readonly bookings: number; readonly listed: number }[];
  /** Of the newest, and of others taken by chance: how many are not as they are in `booking`. */
  readonly compared: number;
  readonly different: number;
}

/** What keeps `listed_booking`. */
export function createListedBookings(database: Database) {
  /** Copies changes where there are any; undefined: somebody else copies, or all must be copied again first. */
  async function bringUpToDate(limit: number): Promise<number | undefined> {
    const { isWaiting, isForeignSnapshot } = await look(database);
    if (isForeignSnapshot) return undefined;
    if (!isWaiting) return 0;
    return database.transaction(async (trx) => ((await holdLists(trx, 'skip')) ? copyChanges(trx, limit) : undefined));
  }

  return {
    bringUpToDate,

    /** Whether all must be copied again: this is another server than the one that copied. */
    isForeign: async (): Promise<boolean> => (await look(database)).isForeignSnapshot,

    /** How many changes wait to be copied, and since when the oldest does. */
    async waiting(): Promise<{ count: number; oldestAt: Date | null }> {
      const { rows } = await database.raw<{ rows: { count: number; oldest_at: Date | null }[] }>(
        `SELECT count(*)::int AS count, min(e.at) AS oldest_at FROM booking_event e, listed_up_to u WHERE ${isNew}`,
      );
      return { count: rows[0]?.count ?? 0, oldestAt: rows[0]?.oldest_at ?? null };
    },

    /**
     * Copies every booking again, in small transactions beside everything else; stopped in the middle, it is begun again. What changed
     * since it began is copied once more by its events.
     */
    async rebuild(onProgress: (rows: number) => void = () => undefined): Promise<number> {
      const began = await database.raw<{ rows: [{ snapshot: string }] }>(
        'SELECT pg_current_snapshot()::text AS snapshot',
      );
      let rows = 0;
      for (let after: string | undefined = '00000000-0000-0000-0000-000000000000'; after !== undefined;) {
        const part: { last: string | undefined; rows: number } = await rebuildPart(database, after);
        rows += part.rows;
        after = part.last;
        onProgress(rows);
      }
      await database.raw('UPDATE listed_up_to SET snapshot = ?::pg_snapshot, at = clock_timestamp()', [
        began.rows[0].snapshot,
      ]);
      return rows;
    },

    compare: () => compare(database),
  };
}

/**
 * Before a list, a figure or a search: copies what is not copied yet, so that people see what they have just done. While citizens wait
 * nobody copies for a list, and after a rush only the beginning: then it is what the worker has copied, some seconds old.
 */
export async function catchUp(database: Database): Promise<void> {
  const { isWaiting, isForeignSnapshot, isRush } = await look(database);
  if (!isWaiting || isForeignSnapshot || isRush) return;
  try {
    await database.transaction(async (trx) => {
      await trx.raw(`SELECT set_config('lock_timeout', :ms, true), set_config('statement_timeout', :ms, true)`, {
        ms: String(readerWaitsMs),
      } as never);
      await holdLists(trx);
      await copyChanges(trx, mostByReader);
    });
  } catch (error) {
    // Waited long enough: the list shows what there is.
    if (!['55P03', '57014'].includes((error as { code?: string }).code ?? '')) throw error;
  }
}

/** In a transaction that changes what is copied without an event: nobody copies the row of before over it. False: another holds the lists. */
export async function holdLists(trx: Database, ifHeld: 'wait' | 'skip' = 'wait'): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM listed_up_to FOR UPDATE ${ifHeld === 'skip' ? 'SKIP LOCKED' : ''}`,
  );
  return rows.length > 0;
}

/** Copies these bookings; in a transaction that holds the lists. */
export async function copyBookings(trx: Database, bookingIds: readonly string[]): Promise<void> {
  await trx.raw(copy('booking b WHERE b.id = ANY(?::uuid[])'), [[...bookingIds]]);
}

interface Look {
  isWaiting: boolean;
  isForeignSnapshot: boolean;
  isRush: boolean;
}

async function look(database: Database): Promise<Look> {
  const { rows } = await database.raw<{ rows: Look[] }>(
    `SELECT (SELECT e.xid FROM booking_event e WHERE ${isNew} ORDER BY e.xid LIMIT 1) IS NOT NULL AS "isWaiting", ${isForeign} AS "isForeignSnapshot",
            ${rushIsOn} AS "isRush"
       FROM listed_up_to u`,
  );
  const [row] = rows;
  if (!row) throw new Error('listed_up_to has one row');
  return row;
}

async function copyChanges(trx: Database, limit: number): Promise<number> {
  const { rows } = await trx.raw<{ rows: { changes: number }[] }>(copyNew, { limit } as never);
  return rows[0]?.changes ?? 0;
}

async function rebuildPart(database: Database, after: string): Promise<{ last: string | undefined; rows: number }> {
  return database.transaction(async (trx) => {
    await holdLists(trx);
    const { rows } = await trx.raw<{ rows: { id: string }[] }>(
      'SELECT id FROM booking WHERE id > ? ORDER BY id OFFSET ? LIMIT 1',
      [after, rebuiltAtOnce - 1],
    );
    const last = rows[0]?.id;
    const part = `id > :after ${last === undefined ? '' : 'AND id <= :last'}`;
    const values = { after, ...(last === undefined ? {} : { last }) } as never;
    await trx.raw(
      `DELETE FROM listed_booking l WHERE l.${part.replace('AND id', 'AND l.id')} AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.id = l.id)`,
      values,
    );
    await trx.raw(copy(`booking b WHERE b.${part.replace('AND id', 'AND b.id')}`), values);
    const counted = await trx.raw<{ rows: { rows: number }[] }>(
      `SELECT count(*)::int AS rows FROM booking WHERE ${part}`,
      values,
    );
    return { last, rows: counted.rows[0]?.rows ?? 0 };
  });
}

/** One statement, so that both tables are seen at the same moment. */
async function compare(database: Database): Promise<ListComparison> {
  const isSettled = 'NOT EXISTS (SELECT 1 FROM waits w WHERE w.booking_id = c.id)';
  const { rows } = await database.raw<{ rows: [ListComparison] }>(
    `WITH waits AS MATERIALIZED (
       SELECT e.booking_id, e.at FROM booking_event e, listed_up_to u WHERE ${isNew}
     ), counted AS (
       SELECT state, sum(bookings)::int AS bookings, sum(listed)::int AS listed FROM (
         SELECT state, count(*) AS bookings, 0 AS listed FROM booking c WHERE ${isSettled} GROUP BY state
         UNION ALL
         SELECT state, 0, count(*) FROM listed_booking c WHERE ${isSettled} GROUP BY state
       ) AS both_tables GROUP BY state
     ), size AS (SELECT greatest(reltuples, 1) AS rows FROM pg_class WHERE oid = 'booking'::regclass),
     chosen AS MATERIALIZED (
       (SELECT id FROM booking ORDER BY id DESC LIMIT 1000)
       UNION
       (SELECT b.id FROM booking b TABLESAMPLE SYSTEM ((SELECT least(100, 100 * :rows / rows) FROM size)))
     ), looked AS (
       SELECT count(*)::int AS compared, count(*) FILTER (WHERE (${columnsOf('b')}) IS DISTINCT FROM (${columnsOf('l')}))::int AS different
         FROM chosen c JOIN booking b ON b.id = c.id LEFT JOIN listed_booking l ON l.id = b.id WHERE ${isSettled}
     )
     SELECT (SELECT count(*)::int FROM waits) AS waiting, (SELECT min(at) FROM waits) AS "oldestAt",
            (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.state), '[]') FROM counted c WHERE c.bookings <> c.listed) AS differences, looked.*
       FROM looked`,
    { rows: comparedRows } as never,
  );
  return rows[0];
}
