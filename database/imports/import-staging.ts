import { finished } from 'node:stream/promises';

import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import type { ImportApprovals, ImportResult } from '../../domain/imports/import-workflow';
import type { RowErrorCode } from '../../domain/imports/row-error';
import type { Database } from '../foundation/connection';
import { clientTransaction } from '../foundation/transaction';
import { findNamesakes } from './import-carry-overs';
import { stagedColumns } from './import-row-buffer';
import type { ImportRun, ImportTally } from './import-runs';
import { keptTableOf, tableOf } from './import-tables';

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
}

/** Another attempt writes this run's rows: an attempt that was given up for dead meets its successor. */
export class StagingTakenOverError extends Error {
  override name = 'StagingTakenOverError';
}

/** What was compared is no longer what is there. */
export class StaleComparisonError extends Error {
  override name = 'StaleComparisonError';
}

/** Memory of one sort or hash of the database while an import compares and merges; its default spills to disk. */
const workMemory = '64MB';
/** A resident with one of these has an appointment to come. */
const liveStates = `('held', 'confirmed')`;

type Query = PoolClient['query'];

export type ImportStaging = ReturnType<typeof createImportStaging>;

/** The staged rows of a run, what they mean beside the residents there are, and taking them over. */
export function createImportStaging(database: Database) {
  function inTransaction<Result>(work: (query: Query, client: PoolClient) => Promise<Result>): Promise<Result> {
    return clientTransaction(database, (client) => work(client.query.bind(client), client));
  }

  return {
    /** Makes the run's table; does nothing when an earlier attempt made it. */
    async prepare(runId: string): Promise<void> {
      await database.raw(`CREATE TABLE IF NOT EXISTS ${tableOf(runId)} (LIKE import_row INCLUDING ALL)`);
    },

    /**
     * Stores a batch and moves the run's position, in one transaction: the attempt that goes on after a crash finds exactly the
     * rows of the records before the position.
     * @throws StagingTakenOverError when the run's position is not `fromRecord`
     */
    async store(runId: string, batch: StagedBatch): Promise<void> {
      await inTransaction(async (query, client) => {
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
    async settleDuplicates(run: ImportRun): Promise<ImportTally> {
      const table = tableOf(run.id);
      return inTransaction(async (query) => {
        const { rows } = await query<{ duplicates_settled: boolean }>(
          'SELECT duplicates_settled FROM import_run WHERE id = $1 FOR UPDATE',
          [run.id],
        );
        if (rows[0]?.duplicates_settled !== false) return run.tally;
        await query(`SET LOCAL work_mem = '${workMemory}'`);
        await query(`ANALYZE ${table}`);
        const count = async (sql: string, values: unknown[] = [run.id]): Promise<number> =>
          (await query(sql, values)).rowCount ?? 0;

        await query(
          `CREATE TEMP TABLE import_twice ON COMMIT DROP AS SELECT coupon_index FROM ${table} GROUP BY coupon_index HAVING count(*) > 1`,
        );
        const conflicting = await count(
          `WITH conflict AS (
             SELECT s.coupon_index FROM ${table} s JOIN import_twice USING (coupon_index)
              GROUP BY s.coupon_index HAVING count(DISTINCT encode(s.digest, 'hex') || s.group_code) > 1
           ), gone AS (
             DELETE FROM ${table} s USING conflict c WHERE s.coupon_index = c.coupon_index RETURNING s.line, s.coupon_index
           )
           INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
           SELECT $1::uuid, line, 'duplicate_conflict', 'number', coupon_index FROM gone`,
        );
        // One row says moved out, another that the same number is to be taken in: nobody here can tell which is right.
        const contradicted = await count(
          `WITH gone AS (
             DELETE FROM ${table} s USING import_row_error e
              WHERE e.run_id = $1 AND e.code IN ${goneCodes} AND e.coupon_index = s.coupon_index RETURNING s.line, s.coupon_index
           ), unsaid AS (
             DELETE FROM import_row_error e USING gone WHERE e.run_id = $1 AND e.code IN ${goneCodes} AND e.coupon_index = gone.coupon_index RETURNING e.line, e.coupon_index
           )
           INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
           SELECT $1::uuid, line, 'duplicate_conflict', 'number', coupon_index FROM (SELECT * FROM gone UNION SELECT * FROM unsaid) AS both_rows`,
        );
        const identical = await count(
          `WITH gone AS (
             DELETE FROM ${table} s
              USING (SELECT coupon_index, min(line) AS first_line FROM ${table} JOIN import_twice USING (coupon_index) GROUP BY coupon_index) d
              WHERE s.coupon_index = d.coupon_index AND s.line > d.first_line
             RETURNING s.line, s.coupon_index
           )
           INSERT INTO import_row_error (run_id, line, code, column_name, coupon_index)
           SELECT $1::uuid, line, 'duplicate_identical', 'number', coupon_index FROM gone`,
        );
        // Without kana the digest holds the number as well, so rows that merely share a birth date never meet here.
        const samePerson = await count(
          `INSERT INTO import_row_error (run_id, line, code)
           SELECT $1::uuid, s.line, 'same_person' FROM ${table} s
            WHERE s.digest IN (SELECT digest FROM ${table} GROUP BY digest HAVING count(*) > 1)
           UNION
           SELECT $1::uuid, s.line, 'same_person' FROM ${table} s
            WHERE EXISTS (SELECT 1 FROM resident r WHERE r.digest = s.digest AND r.programme_id = $2 AND r.status = 'active' AND r.coupon_index <> s.coupon_index)`,
          [run.id, run.programmeId],
        );
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
    async compare(run: ImportRun): Promise<Comparison> {
      const table = tableOf(run.id);
      return inTransaction(async (query) => {
        await query(`SET LOCAL work_mem = '${workMemory}'`);
        await query(`UPDATE import_run SET compared_after = (${lastApplied}) WHERE id = $1`, [run.id, run.programmeId]);
        const found = await findNamesakes(query, run);
        const matched = await query<{ created: number; changed: number; unchanged: number }>(
          `SELECT count(*) FILTER (WHERE r.id IS NULL AND NOT EXISTS (SELECT 1 FROM import_carry_over c WHERE c.run_id = $2 AND c.line = s.line AND c.is_wanted)) AS created,
                  count(*) FILTER (WHERE ${rowDiffers}) AS changed,
                  count(*) FILTER (WHERE NOT (${rowDiffers})) AS unchanged
             FROM ${table} s LEFT JOIN resident r ON r.programme_id = $1 AND r.coupon_index = s.coupon_index`,
          [run.programmeId, run.id],
        );
        const missing = await query<{ missing: number; with_booking: number }>(
          `SELECT count(*) AS missing,
                  count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking
             FROM resident r WHERE ${isMissing(table)}`,
          [run.programmeId, run.id],
        );
        const gone = await query<{ gone: number; with_booking: number }>(
          `SELECT count(*) AS gone, count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking FROM resident r WHERE ${isGone}`,
          [run.programmeId, run.id],
        );
        const renumbered = await query<{ renumbered: number; with_booking: number }>(
          `SELECT count(*) AS renumbered, count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking
             FROM import_carry_over c JOIN resident r ON r.id = c.resident_id WHERE c.run_id = $1 AND c.is_wanted`,
          [run.id],
        );
        return {
          ...found,
          gone: gone.rows[0]?.gone ?? 0,
          goneWithBooking: gone.rows[0]?.with_booking ?? 0,
          newNumber: renumbered.rows[0]?.renumbered ?? 0,
          newNumberWithBooking: renumbered.rows[0]?.with_booking ?? 0,
          created: matched.rows[0]?.created ?? 0,
          changed: matched.rows[0]?.changed ?? 0,
          unchanged: matched.rows[0]?.unchanged ?? 0,
          missing: missing.rows[0]?.missing ?? 0,
          missingWithBooking: missing.rows[0]?.with_booking ?? 0,
        };
      });
    },

    /**
     * Takes the staged rows over into the residents, in one transaction. A run that is applied already gives its result
     * again.
     * @param toRemove residents to take out, as approved: 0 for none
     * @throws StaleComparisonError when another import was applied since the comparison, or the number to remove differs
     */
    async apply(run: ImportRun, toRemove: number, approvals: ImportApprovals): Promise<ImportResult> {
      const table = tableOf(run.id);
      return inTransaction(async (query) => {
        // One import of a programme is applied at a time; bookings and log-ins go on beside it.
        await query(`SELECT pg_advisory_xact_lock(hashtextextended('toki/import/' || $1, 0))`, [run.programmeId]);
        const { rows } = await query<{ result: ImportResult | null; namesakes: number | null; is_stale: boolean }>(
          `SELECT result, (summary ->> 'namesakes')::int AS namesakes, compared_after IS DISTINCT FROM (${lastApplied}) AS is_stale FROM import_run WHERE id = $1 FOR UPDATE`,
          [run.id, run.programmeId],
        );
        if (rows[0]?.result) return rows[0].result;
        if (rows[0]?.is_stale !== false)
          throw new StaleComparisonError('another import was applied, or a pair decided, since the comparison');
        await query(`SET LOCAL work_mem = '${workMemory}'`);
        // Search keys are gathered and put into their index in large pieces, not row by row.
        await query(`SET LOCAL gin_pending_list_limit = '${workMemory}'`);
        const staged =
          (await query<{ staged: number }>(`SELECT count(*) AS staged FROM ${table}`)).rows[0]?.staged ?? 0;
        await keepWhatWas(query, run, table, toRemove > 0);
        const renumbered = await query(
          `UPDATE resident r SET coupon_index = s.coupon_index, sealed = s.sealed, digest = s.digest, search_keys = s.search_keys, key_id = $2, group_code = s.group_code, updated_at = now()
             FROM import_carry_over c JOIN ${table} s ON s.line = c.line WHERE c.run_id = $1 AND c.is_wanted AND r.id = c.resident_id AND r.status = 'active'`,
          [run.id, run.keyId],
        );
        // Who logged in with the old number may be another person by now.
        await query(
          'DELETE FROM citizen_session s USING import_carry_over c WHERE c.run_id = $1 AND c.is_wanted AND s.resident_id = c.resident_id',
          [run.id],
        );
        const changed = await query(
          `UPDATE resident r SET sealed = s.sealed, digest = s.digest, search_keys = s.search_keys, key_id = $2, group_code = s.group_code, status = 'active', updated_at = now()
             FROM ${table} s WHERE r.programme_id = $1 AND r.coupon_index = s.coupon_index AND (${rowDiffers})`,
          [run.programmeId, run.keyId],
        );
        // In the order of the index: its pages are then written one after the other.
        const created = await query(
          `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, search_keys, key_id, group_code, created_by_run)
           SELECT s.resident_id, $1, s.coupon_index, s.sealed, s.digest, s.search_keys, $2, s.group_code, $3 FROM ${table} s
            WHERE NOT EXISTS (SELECT 1 FROM resident r WHERE r.programme_id = $1 AND r.coupon_index = s.coupon_index)
            ORDER BY s.coupon_index`,
          [run.programmeId, run.keyId, run.id],
        );
        const gone = await query<{ with_booking: boolean }>(
          `UPDATE resident r SET status = 'missing', updated_at = now() WHERE ${isGone} RETURNING ${hasLiveBooking} AS with_booking`,
          [run.programmeId, run.id],
        );
        await query(`SELECT gin_clean_pending_list('resident_by_search_key')`);
        const removed =
          toRemove === 0
            ? []
            : (
                await query<{ with_booking: boolean }>(
                  `UPDATE resident r SET status = 'missing', updated_at = now() WHERE ${isMissing(table)} RETURNING ${hasLiveBooking} AS with_booking`,
                  [run.programmeId, run.id],
                )
              ).rows;
        if (removed.length !== toRemove)
          throw new StaleComparisonError('the residents to remove are not those that were approved');
        const namesakes = (rows[0].namesakes ?? 0) - (renumbered.rowCount ?? 0);
        const result: ImportResult = {
          created: created.rowCount ?? 0,
          changed: changed.rowCount ?? 0,
          unchanged: staged - (created.rowCount ?? 0) - (changed.rowCount ?? 0) - (renumbered.rowCount ?? 0),
          removed: removed.length,
          removedWithBooking: removed.filter((row) => row.with_booking).length,
          gone: gone.rowCount ?? 0,
          goneWithBooking: gone.rows.filter((row) => row.with_booking).length,
          newNumber: renumbered.rowCount ?? 0,
          ...(namesakes > 0 ? { namesakes } : {}),
        };
        await query(
          `UPDATE import_run SET status = 'applied', ended_at = clock_timestamp(), result = $2, approved_by = $3, removal_approved_by = $4 WHERE id = $1`,
          [run.id, JSON.stringify(result), approvals.import ?? null, approvals.removal ?? null],
        );
        return result;
      });
    },

    /** Removes the staged rows. */
    async drop(runId: string): Promise<void> {
      await database.raw(`DROP TABLE IF EXISTS ${tableOf(runId)}`);
    },
  };
}

/** A resident `r` differs from the staged row `s` of the same number; so does one that was removed and is back. */
const rowDiffers = `r.digest <> s.digest OR r.group_code <> s.group_code OR r.status <> 'active'`;

/** Rows that say of a person that they are no longer there. */
const goneCodes = `('moved_out', 'died')`;

/** Residents `r` of programme $1 whom the file of run $2 calls gone. */
const isGone = `r.programme_id = $1 AND r.status = 'active'
  AND EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = $2 AND e.code IN ${goneCodes} AND e.coupon_index = r.coupon_index)`;

const hasLiveBooking = `EXISTS (SELECT 1 FROM booking b WHERE b.resident_id = r.id AND b.state IN ${liveStates})`;

/** The last run applied to the programme $2. */
const lastApplied = `SELECT a.id FROM import_run a WHERE a.programme_id = $2 AND a.status = 'applied' ORDER BY a.ended_at DESC LIMIT 1`;

/** Residents `r` of programme $1 that stand nowhere in the file of run $2: neither in a good row nor in a bad one. */
export function isMissing(table: string, programme = '$1', run = '$2'): string {
  return `r.programme_id = ${programme} AND r.status = 'active'
     AND NOT EXISTS (SELECT 1 FROM ${table} s WHERE s.coupon_index = r.coupon_index)
     AND NOT EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = ${run} AND e.coupon_index = r.coupon_index)
     AND NOT EXISTS (SELECT 1 FROM import_carry_over c WHERE c.run_id = ${run} AND c.resident_id = r.id AND c.is_wanted)`;
}

async function goneRows(query: Query, runId: string): Promise<Record<'moved_out' | 'died', number>> {
  const { rows } = await query<{ code: 'moved_out' | 'died'; count: number }>(
    `SELECT code, count(*) AS count FROM import_row_error WHERE run_id = $1 AND code IN ${goneCodes} GROUP BY code`,
    [runId],
  );
  return { moved_out: 0, died: 0, ...Object.fromEntries(rows.map((row) => [row.code, row.count])) };
}

/** A copy of every resident that is about to change, as they are: what an undo puts back. */
async function keepWhatWas(query: Query, run: ImportRun, table: string, isRemoving: boolean): Promise<void> {
  const { rows } = await query<{ id: string }>(
    `SELECT id FROM import_run WHERE programme_id = $1 AND status IN ('applied', 'undone')`,
    [run.programmeId],
  );
  // Only the last import can be undone: what was kept for those before it is no longer needed.
  for (const { id } of rows) await query(`DROP TABLE IF EXISTS ${keptTableOf(id)}`);
  const kept = keptTableOf(run.id);
  await query(`CREATE TABLE ${kept} (LIKE resident)`);
  await query(
    `INSERT INTO ${kept} SELECT r.* FROM resident r JOIN ${table} s ON s.coupon_index = r.coupon_index WHERE r.programme_id = $1 AND (${rowDiffers})
     UNION ALL SELECT r.* FROM resident r JOIN import_carry_over c ON c.resident_id = r.id WHERE c.run_id = $2 AND c.is_wanted AND r.programme_id = $1
     UNION ALL SELECT r.* FROM resident r WHERE ${isGone}${isRemoving ? ` UNION ALL SELECT r.* FROM resident r WHERE ${isMissing(table)}` : ''}`,
    [run.programmeId, run.id],
  );
}

/** Bytes from a thread arrive as Uint8Array, which pg would write as text. */
function asBuffer(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
