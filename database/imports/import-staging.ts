import { finished } from 'node:stream/promises';

import { from as copyFrom } from 'pg-copy-streams';

import type { RowErrorCode } from '../../domain/imports/row-error';
import type { Database } from '../foundation/connection';
import { clientTransaction } from '../foundation/transaction';
import { createImportApplication } from './import-apply';
import { findNamesakes } from './import-carry-overs';
import { goneCodes, hasLiveBooking, isGone, isMissing, lastApplied, rowDiffers } from './import-conditions';
import { stagedColumns } from './import-row-buffer';
import type { ImportRun, ImportTally } from './import-runs';
import { partsOf, tableOf } from './import-tables';
import { type ImportPace, importTransaction, type Query } from './import-transaction';

export interface RowErrorToStore {
  readonly line: number;
  readonly code: RowErrorCode;
  readonly column: string | undefined;
  readonly couponIndex: Uint8Array | undefined;
  readonly sealedValue: Uint8Array | undefined;
}

/** A piece of the file's records that are dealt with: stored whole or not at all. */
export interface StagedBatch {
  /** Records of the file before this batch; must be what the run has. */
  readonly fromRecord: number;
  readonly toRecord: number;
  /** Good rows in binary COPY format; undefined when there is none. */
  readonly rows: Uint8Array<ArrayBuffer> | undefined;
  readonly errors: readonly RowErrorToStore[];
  /** Counts up to `toRecord`. */
  readonly tally: ImportTally;
}

export interface Comparison {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly missing: number;
  readonly missingWithBooking: number;
  readonly gone: number;
  readonly goneWithBooking: number;
  readonly newNumber: number;
  readonly newNumberWithBooking: number;
  readonly namesakes: number;
  readonly proposals: number;
  readonly crowded: number;
}

/** Another attempt writes this run's rows: an attempt that was given up for dead meets its successor. */
export class StagingTakenOverError extends Error {
  override name = 'StagingTakenOverError';
}

const uniqueViolation = '23505';
/** Rows that one statement of the comparison looks at. */
const rowsOfAComparison = 50_000;
/** Notes of one kind that are kept row by row: a file can have one in every row, and nobody reads 800,000. All are counted. */
const keptNotes = 10_000;

export type ImportStaging = ReturnType<typeof createImportStaging>;

/** The staged rows of a run, what they mean beside the residents there are, and taking them over. */
export function createImportStaging(database: Database) {
  return {
    ...createImportApplication(database),

    /** Makes the run's table; does nothing when an earlier attempt made it. */
    async prepare(runId: string): Promise<void> {
      // It is read a few times and dropped: nobody else needs its statistics, and ours are made when all rows are there.
      await database.raw(
        `CREATE TABLE IF NOT EXISTS ${tableOf(runId)} (LIKE import_row INCLUDING ALL) WITH (autovacuum_enabled = off)`,
      );
    },

    /**
     * Stores a batch and moves the run's position, in one transaction: the attempt that goes on after a crash finds exactly the
     * rows of the records before the position.
     * @throws StagingTakenOverError when the run's position is not `fromRecord`
     */
    async store(runId: string, batch: StagedBatch): Promise<void> {
      await clientTransaction(database, async (client) => {
        const query: Query = client.query.bind(client);
        // A crash of the server may cost the last batches: position and rows go together, so they are staged again.
        await query('SET LOCAL synchronous_commit = off');
        const moved = await query(
          `UPDATE import_run SET staged_records = $3, tally = $4 WHERE id = $1 AND staged_records = $2 AND status = 'checking'`,
          [runId, batch.fromRecord, batch.toRecord, JSON.stringify(batch.tally)],
        );
        if (moved.rowCount !== 1)
          throw new StagingTakenOverError(`import run ${runId} is not at record ${String(batch.fromRecord)}`);
        if (batch.rows !== undefined) {
          const copy = client.query(copyFrom(`COPY ${tableOf(runId)} (${stagedColumns}) FROM STDIN (FORMAT binary)`));
          copy.end(asBuffer(batch.rows));
          await finished(copy);
        }
        if (batch.errors.length > 0) {
          await query(
            `INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index, sealed_value)
             SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::bytea[], $6::bytea[]) ON CONFLICT DO NOTHING`,
            [
              runId,
              batch.errors.map((error) => error.line),
              batch.errors.map((error) => error.code),
              batch.errors.map((error) => error.column ?? null),
              batch.errors.map((error) => asBuffer(error.couponIndex)),
              batch.errors.map((error) => asBuffer(error.sealedValue)),
            ],
          );
        }
      });
    },

    /**
     * Settles numbers that stand in the file more than once (identical rows: the first stays; rows that contradict each
     * other: all go) and notes people who may stand there under two numbers. Once per run; a second call changes nothing.
     * @returns the run's counts with these
     */
    async settleDuplicates(run: ImportRun, pace: ImportPace = {}): Promise<ImportTally> {
      const table = tableOf(run.id);
      return importTransaction(database, pace, async (query) => {
        const { rows } = await query<{ duplicates_settled: boolean }>(
          'SELECT duplicates_settled FROM import_run WHERE id = $1 FOR UPDATE',
          [run.id],
        );
        if (rows[0]?.duplicates_settled !== false) return run.tally;
        const { isEachNumberOnce } = await index(query, table);
        await query('ANALYZE import_row_error');
        if (!isEachNumberOnce) await findTwice(query, table);
        const conflicting = isEachNumberOnce ? 0 : await takeOutConflicting(query, run.id);
        const contradicted = await takeOutContradicted(query, run.id);
        const identical = isEachNumberOnce ? 0 : await takeOutIdentical(query, run.id);
        const samePerson = await noteSamePersons(query, run);
        // The next steps look into this run's notes: without counts they would be taken for few.
        await query('ANALYZE import_row_error');
        const conflicts = conflicting + contradicted;
        const left = contradicted === 0 ? {} : await goneRows(query, run.id);
        const tally: ImportTally = {
          ...run.tally,
          bad: run.tally.bad + conflicts,
          errors: {
            ...run.tally.errors,
            ...left,
            ...(conflicts > 0 ? { duplicate_conflict: conflicts } : {}),
            ...(identical > 0 ? { duplicate_identical: identical } : {}),
            ...(samePerson > 0 ? { same_person: samePerson } : {}),
          },
        };
        await query('UPDATE import_run SET duplicates_settled = true, tally = $2 WHERE id = $1', [
          run.id,
          JSON.stringify(tally),
        ]);
        return tally;
      });
    },

    /** What applying the staged rows would do. Changes nothing but the note of what it was compared with. */
    async compare(run: ImportRun, pace: ImportPace = {}): Promise<Comparison> {
      const table = tableOf(run.id);
      return importTransaction(database, pace, async (query) => {
        await query(`UPDATE import_run SET compared_after = (${lastApplied}) WHERE id = $1`, [run.id, run.programmeId]);
        await index(query, table);
        const staged = await one<{ count: number }>(query, `SELECT count(*) FROM ${table}`);
        const found = await findNamesakes(query, run);
        await query('ANALYZE import_carry_over');
        const sums = { created: 0, changed: 0, unchanged: 0, missing: 0, missing_with_booking: 0 };
        const residents = await one<{ count: number }>(query, 'SELECT count(*) FROM resident WHERE programme_id = $1', [
          run.programmeId,
        ]);
        const parts = partsOf(Math.ceil((Math.max(staged.count, residents.count) + 1) / rowsOfAComparison));
        for (const { number, from, until } of parts) {
          const counted = await one<typeof sums>(query, comparisonOf(table), [run.programmeId, run.id, from, until]);
          for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += counted[key];
          pace.onProgress?.(number + 1, parts.length);
        }
        const gone = await one<{ gone: number; with_booking: number }>(
          query,
          `SELECT count(*) AS gone, count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking FROM resident r WHERE ${isGone}`,
          [run.programmeId, run.id],
        );
        const renumbered = await one<{ renumbered: number; with_booking: number }>(
          query,
          `SELECT count(*) AS renumbered, count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking
             FROM import_carry_over c JOIN resident r ON r.id = c.resident_id WHERE c.run_id = $1 AND c.is_wanted`,
          [run.id],
        );
        const { missing_with_booking: missingWithBooking, ...counts } = sums;
        return {
          ...found,
          ...counts,
          missingWithBooking,
          gone: gone.gone,
          goneWithBooking: gone.with_booking,
          newNumber: renumbered.renumbered,
          newNumberWithBooking: renumbered.with_booking,
        };
      });
    },

    /** Removes the staged rows. */
    async drop(runId: string): Promise<void> {
      await database.raw(`DROP TABLE IF EXISTS ${tableOf(runId)}`);
    },
  };
}

/** The indexes and statistics of a run's rows, once all are there: without them a join would be planned as for a few. */
async function index(query: Query, table: string): Promise<{ readonly isEachNumberOnce: boolean }> {
  await query(`SET LOCAL maintenance_work_mem = '24MB'; SET LOCAL max_parallel_maintenance_workers = 0`);
  const { rows } = await query<{ is_there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is_there', [
    `${table}_number`,
  ]);
  if (rows[0]?.is_there === true) return { isEachNumberOnce: false };
  const isEachNumberOnce = await indexedOnce(query, table);
  await query(`CREATE INDEX ${table}_line ON ${table} (line)`);
  await query(`ANALYZE ${table} (line, coupon_index, digest)`);
  return { isEachNumberOnce };
}

/** Nearly every file has each number once: then the index itself says so, and nothing has to be counted. */
async function indexedOnce(query: Query, table: string): Promise<boolean> {
  await query('SAVEPOINT once');
  try {
    await query(`CREATE UNIQUE INDEX ${table}_number ON ${table} (coupon_index)`);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== uniqueViolation) throw error;
    await query('ROLLBACK TO SAVEPOINT once');
    await query(`CREATE INDEX ${table}_number ON ${table} (coupon_index)`);
    return false;
  }
}

async function findTwice(query: Query, table: string): Promise<void> {
  await query(
    `CREATE TEMP TABLE import_twice ON COMMIT DROP AS SELECT coupon_index FROM ${table} GROUP BY coupon_index HAVING count(*) > 1`,
  );
  await query('ANALYZE import_twice');
}

async function count(query: Query, sql: string, runId: string): Promise<number> {
  return (await query(sql, [runId])).rowCount ?? 0;
}

/** Rows of one number that contradict each other. */
function takeOutConflicting(query: Query, runId: string): Promise<number> {
  const table = tableOf(runId);
  return count(
    query,
    `WITH conflict AS (
       SELECT s.coupon_index FROM ${table} s JOIN import_twice USING (coupon_index)
        GROUP BY s.coupon_index HAVING count(DISTINCT encode(s.digest, 'hex') || s.group_code) > 1
     ), gone AS (
       DELETE FROM ${table} s USING conflict c WHERE s.coupon_index = c.coupon_index RETURNING s.line, s.coupon_index
     )
     INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
     SELECT $1::uuid, line, 'duplicate_conflict', 'number', coupon_index FROM gone`,
    runId,
  );
}

/** One row says moved out, another that the same number is to be taken in: nobody here can tell which is right. */
function takeOutContradicted(query: Query, runId: string): Promise<number> {
  return count(
    query,
    `WITH gone AS (
       DELETE FROM ${tableOf(runId)} s USING import_row_error e
        WHERE e.run_id = $1 AND e.code IN ${goneCodes} AND e.coupon_index = s.coupon_index RETURNING s.line, s.coupon_index
     ), unsaid AS (
       DELETE FROM import_row_error e USING gone WHERE e.run_id = $1 AND e.code IN ${goneCodes} AND e.coupon_index = gone.coupon_index RETURNING e.line, e.coupon_index
     )
     INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
     SELECT $1::uuid, line, 'duplicate_conflict', 'number', coupon_index FROM (SELECT * FROM gone UNION SELECT * FROM unsaid) AS both_rows`,
    runId,
  );
}

/** Identical rows: the first stays. */
function takeOutIdentical(query: Query, runId: string): Promise<number> {
  const table = tableOf(runId);
  return count(
    query,
    `WITH gone AS (
       DELETE FROM ${table} s
        USING (SELECT coupon_index, min(line) AS first_line FROM ${table} JOIN import_twice USING (coupon_index) GROUP BY coupon_index) d
        WHERE s.coupon_index = d.coupon_index AND s.line > d.first_line
       RETURNING s.line, s.coupon_index
     )
     INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
     SELECT $1::uuid, line, 'duplicate_identical', 'number', coupon_index FROM gone`,
    runId,
  );
}

async function one<Row extends object>(query: Query, sql: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await query<Row>(sql, values);
  if (rows[0] === undefined) throw new Error('a count is one row');
  return rows[0];
}

/**
 * Notes rows that have kana and birth date in common with another row or resident. Without kana the digest holds the number
 * as well, so rows that merely share a birth date never meet here.
 * @returns how many there are
 */
async function noteSamePersons(query: Query, run: ImportRun): Promise<number> {
  const table = tableOf(run.id);
  await query(
    `CREATE TEMP TABLE import_same ON COMMIT DROP AS
     SELECT s.line FROM ${table} s JOIN (SELECT digest FROM ${table} GROUP BY digest HAVING count(*) > 1) d USING (digest)
      UNION
     SELECT s.line FROM ${table} s
      WHERE EXISTS (SELECT 1 FROM resident r WHERE r.digest = s.digest AND r.programme_id = $1 AND r.status = 'active' AND r.coupon_index <> s.coupon_index)`,
    [run.programmeId],
  );
  await query(
    `INSERT INTO import_row_error (run_id, line, code) SELECT $1::uuid, line, 'same_person' FROM import_same ORDER BY line LIMIT ${String(keptNotes)}`,
    [run.id],
  );
  return (await one<{ count: number }>(query, 'SELECT count(*) FROM import_same')).count;
}

/** Counts the rows and the residents of programme $1 whose indexes lie from $3 up to $4, as run $2 would change them. */
function comparisonOf(table: string): string {
  const within = (column: string) => `${column} >= $3 AND ${column} < $4`;
  return `SELECT matched.*, missing.* FROM (
      SELECT count(*) FILTER (WHERE r.id IS NULL AND c.line IS NULL) AS created,
             count(*) FILTER (WHERE ${rowDiffers}) AS changed,
             count(*) FILTER (WHERE NOT (${rowDiffers})) AS unchanged
        FROM (SELECT line, coupon_index, digest, group_code FROM ${table} WHERE ${within('coupon_index')}) s
        LEFT JOIN (SELECT id, coupon_index, digest, group_code, status FROM resident WHERE programme_id = $1 AND ${within('coupon_index')}) r USING (coupon_index)
        LEFT JOIN (SELECT line FROM import_carry_over WHERE run_id = $2 AND is_wanted) c USING (line)
    ) AS matched, (
      SELECT count(*) AS missing, count(*) FILTER (WHERE ${hasLiveBooking}) AS missing_with_booking
        FROM resident r WHERE ${isMissing(table, '$1', '$2', within)}
    ) AS missing`;
}

async function goneRows(query: Query, runId: string): Promise<Record<'moved_out' | 'died', number>> {
  const { rows } = await query<{ code: 'moved_out' | 'died'; count: number }>(
    `SELECT code, count(*) AS count FROM import_row_error WHERE run_id = $1 AND code IN ${goneCodes} GROUP BY code`,
    [runId],
  );
  return { moved_out: 0, died: 0, ...Object.fromEntries(rows.map((row) => [row.code, row.count])) };
}

/** Bytes from a thread arrive as Uint8Array, which pg would write as text. */
function asBuffer(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
