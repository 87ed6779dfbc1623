import type { PoolClient } from 'pg';

import { type CarryOverEvidence, pairLimit, pairLimitPerName } from '../../domain/imports/carry-over';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { clientTransaction } from '../foundation/transaction';
import { openResident } from '../residents';
import type { ImportRun } from './import-runs';
import { keptTableOf, tableOf } from './import-tables';

/** A new row and a resident who may be one person. */
export interface CarryOverKey {
  readonly line: number;
  readonly residentId: string;
}

/** Numbers are shown by their last four digits. */
export interface CarryOver extends CarryOverKey {
  readonly oldNumber: string;
  readonly newNumber: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly evidence: CarryOverEvidence;
  /** A person said that they are one person. */
  readonly isWanted: boolean;
  readonly bookings: number;
}

export interface CarryOverDecision extends CarryOverKey {
  readonly isWanted: boolean;
}

export type CarryOverOutcome =
  | { readonly ok: true }
  /** `taken`: the row or the resident is joined in another pair already. */
  | { readonly ok: false; readonly code: 'unknown' | 'taken' | 'not_waiting' };

export interface FoundNamesakes {
  /** New rows with the same kana and birth date as a resident. */
  readonly namesakes: number;
  /** Pairs among them that can be decided. */
  readonly proposals: number;
  /** Rows of names that too many have: nobody could tell who is who, so they are in no pair. */
  readonly crowded: number;
}

export type ImportCarryOvers = ReturnType<typeof createImportCarryOvers>;

/** Pairs of a run that may be one person, and what was said of them. */
export function createImportCarryOvers({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  async function exists(table: string): Promise<boolean> {
    const { rows } = await database.raw<{ rows: { is_there: boolean }[] }>(
      'SELECT to_regclass(?) IS NOT NULL AS is_there',
      [table],
    );
    return rows[0]?.is_there === true;
  }

  const opened = (sealed: Buffer) => openResident(keys, sealed);

  return {
    /** In the order of the file, after the pair `after`. Of an applied run those that were joined. */
    async list(runId: string, after: CarryOverKey | undefined, limit: number): Promise<CarryOver[]> {
      const isStaged = await exists(tableOf(runId));
      if (!isStaged && !(await exists(keptTableOf(runId)))) return [];
      // Before: the resident has the old number and the row the new one. Afterwards: the copy has the old, the resident the new.
      const [oldSide, newSide, join] = isStaged
        ? ['r.sealed', 's.sealed', `JOIN ${tableOf(runId)} s ON s.line = c.line`]
        : ['k.sealed', 'r.sealed', `JOIN ${keptTableOf(runId)} k ON k.id = c.resident_id AND c.is_wanted`];
      const { rows } = await database.raw<{
        rows: {
          resident_id: string;
          line: number;
          old_sealed: Buffer;
          new_sealed: Buffer;
          evidence: CarryOverEvidence;
          is_wanted: boolean;
          bookings: number;
        }[];
      }>(
        `SELECT c.resident_id, c.line, ${oldSide} AS old_sealed, ${newSide} AS new_sealed, c.evidence, c.is_wanted,
                (SELECT count(*) FROM booking b WHERE b.resident_id = r.id AND b.state IN ('held', 'confirmed')) AS bookings
           FROM import_carry_over c JOIN resident r ON r.id = c.resident_id ${join}
          WHERE c.run_id = ? AND (c.line, c.resident_id) > (?, ?) ORDER BY c.line, c.resident_id LIMIT ?`,
        [runId, after?.line ?? 0, after?.residentId ?? '00000000-0000-0000-0000-000000000000', limit],
      );
      return rows.map((row) => {
        const before = opened(row.old_sealed);
        return {
          line: row.line,
          residentId: row.resident_id,
          oldNumber: lastDigits(before.number),
          newNumber: lastDigits(opened(row.new_sealed).number),
          kana: before.kana ?? '',
          birthDate: before.birthDate,
          evidence: row.evidence,
          isWanted: row.is_wanted,
          bookings: row.bookings,
        };
      });
    },

    /** The pair of two numbers; undefined when it is none that can be decided. */
    async find(runId: string, oldNumber: string, newNumber: string): Promise<CarryOverDecision | undefined> {
      const { rows } = await database.raw<{ rows: { line: number; resident_id: string; is_wanted: boolean }[] }>(
        `SELECT c.line, c.resident_id, c.is_wanted FROM import_carry_over c JOIN resident r ON r.id = c.resident_id JOIN ${tableOf(runId)} s ON s.line = c.line
          WHERE c.run_id = ? AND r.coupon_index = ANY(?) AND s.coupon_index = ANY(?)`,
        [runId, keys.blindIndexes(oldNumber), keys.blindIndexes(newNumber)],
      );
      const [row] = rows;
      return row && { line: row.line, residentId: row.resident_id, isWanted: row.is_wanted };
    },

    /**
     * Keeps what a person said of pairs, all or nothing. What was compared before is then stale: the run must be compared
     * again, and an approval that was given meanwhile applies nothing.
     */
    async decide(runId: string, decisions: readonly CarryOverDecision[]): Promise<CarryOverOutcome> {
      return clientTransaction(
        database,
        async (client): Promise<CarryOverOutcome> => {
          const run = await client.query(
            `UPDATE import_run SET compared_after = id WHERE id = $1 AND status = 'waiting'`,
            [runId],
          );
          if (run.rowCount !== 1) return { ok: false, code: 'not_waiting' };
          // What is taken back makes room for what is said instead.
          const inOrder = [...decisions].sort((one, other) => Number(one.isWanted) - Number(other.isWanted));
          for (const { line, residentId, isWanted } of inOrder) {
            const others = await client.query(
              `SELECT 1 FROM import_carry_over WHERE run_id = $1 AND is_wanted AND (line = $2 OR resident_id = $3) AND NOT (line = $2 AND resident_id = $3)`,
              [runId, line, residentId],
            );
            if (isWanted && others.rowCount !== 0) return { ok: false, code: 'taken' };
            const decided = await client.query(
              'UPDATE import_carry_over SET is_wanted = $4 WHERE run_id = $1 AND line = $2 AND resident_id = $3',
              [runId, line, residentId, isWanted],
            );
            if (decided.rowCount !== 1) return { ok: false, code: 'unknown' };
          }
          return { ok: true };
        },
        (outcome) => outcome.ok,
      );
    },
  };
}

/**
 * Finds the new rows of a run that have the same kana and birth date as a resident, and among them the pairs that may be
 * one person: the old number is nowhere in the file, and the file has everybody or names it as the previous number.
 * What was said of a pair before stays.
 *
 * A file can have one kana in all its rows, so nothing here pairs all rows with all residents of a name: each step joins
 * by a hash against one row per name or per number.
 */
export async function findNamesakes(query: PoolClient['query'], run: ImportRun): Promise<FoundNamesakes> {
  const table = tableOf(run.id);
  await query(
    `CREATE TEMP TABLE import_namesake ON COMMIT DROP AS
     SELECT s.line, s.digest, s.previous_index FROM ${table} s
      WHERE EXISTS (SELECT 1 FROM resident r WHERE r.programme_id = $1 AND r.status = 'active' AND r.digest = s.digest)
        AND NOT EXISTS (SELECT 1 FROM resident k WHERE k.programme_id = $1 AND k.coupon_index = s.coupon_index)`,
    [run.programmeId],
  );
  await query(
    `CREATE TEMP TABLE import_left ON COMMIT DROP AS
     SELECT r.id, r.digest, r.coupon_index FROM resident r
      WHERE r.programme_id = $1 AND r.status = 'active' AND r.digest IN (SELECT digest FROM import_namesake)
        AND NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.coupon_index = r.coupon_index)
        AND NOT EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = $2 AND e.coupon_index = r.coupon_index)`,
    [run.programmeId, run.id],
  );
  await query('ANALYZE import_namesake, import_left');
  await query('CREATE TEMP TABLE import_pair (line integer, resident_id uuid, evidence text) ON COMMIT DROP');
  await query(
    `INSERT INTO import_pair
     SELECT n.line, o.id, 'previous_number' FROM import_namesake n
       JOIN import_left o ON o.coupon_index = n.previous_index AND o.digest = n.digest ORDER BY n.line LIMIT $1`,
    [pairLimit],
  );
  // A row whose number cannot be read may have any old number, so nobody is known to be missing.
  const crowded = run.isFullSet && run.tally.unreadableNumbers === 0 ? await pairWithMissing(query) : 0;
  await query('ANALYZE import_pair');
  await query(
    `DELETE FROM import_carry_over c WHERE c.run_id = $1
        AND NOT EXISTS (SELECT 1 FROM import_pair p WHERE p.line = c.line AND p.resident_id = c.resident_id)`,
    [run.id],
  );
  await query(
    `INSERT INTO import_carry_over (run_id, line, resident_id, evidence) SELECT $1, line, resident_id, evidence FROM import_pair ON CONFLICT DO NOTHING`,
    [run.id],
  );
  const { rows } = await query<Omit<FoundNamesakes, 'crowded'>>(
    'SELECT (SELECT count(*) FROM import_namesake) AS namesakes, (SELECT count(*) FROM import_pair) AS proposals',
  );
  return { ...(rows[0] ?? { namesakes: 0, proposals: 0 }), crowded };
}

/**
 * Pairs new rows with residents who are missing from a whole set, where a name has few of both.
 * @returns how many rows have a name that has more
 */
async function pairWithMissing(query: PoolClient['query']): Promise<number> {
  await query(
    `CREATE TEMP TABLE import_name ON COMMIT DROP AS
     SELECT digest, n.row_count, n.row_count * o.resident_count <= $1 AS is_few
       FROM (SELECT digest, count(*) AS row_count FROM import_namesake GROUP BY digest) n
       JOIN (SELECT digest, count(*) AS resident_count FROM import_left GROUP BY digest) o USING (digest)`,
    [pairLimitPerName],
  );
  await query('ANALYZE import_name');
  await query(
    `WITH few AS MATERIALIZED (SELECT digest FROM import_name WHERE is_few
     ), some_rows AS MATERIALIZED (SELECT n.* FROM import_namesake n JOIN few USING (digest)
     ), some_left AS MATERIALIZED (SELECT o.* FROM import_left o JOIN few USING (digest))
     INSERT INTO import_pair
     SELECT n.line, o.id, 'not_in_full_set' FROM some_rows n JOIN some_left o USING (digest)
      WHERE o.coupon_index IS DISTINCT FROM n.previous_index
      ORDER BY n.line, o.id LIMIT greatest(0, $1 - (SELECT count(*) FROM import_pair))`,
    [pairLimit],
  );
  const { rows } = await query<{ crowded: number }>(
    'SELECT coalesce(sum(row_count), 0)::int AS crowded FROM import_name WHERE NOT is_few',
  );
  return rows[0]?.crowded ?? 0;
}

export function lastDigits(number: string): string {
  return `${'•'.repeat(Math.max(0, number.length - 4))}${number.slice(-4)}`;
}
