import type { ImportApprovals, ImportResult } from '../../domain/imports/import-workflow';
import type { Database } from '../foundation/connection';
import { hasLiveBooking, isGone, isMissing, lastApplied, rowDiffers } from './import-conditions';
import type { ImportRun } from './import-runs';
import { keptTableOf, type Part, partsOf, tableOf } from './import-tables';
import { type ImportPace, importTransaction, type Query } from './import-transaction';

/** What was compared is no longer what is there. */
export class StaleComparisonError extends Error {
  override name = 'StaleComparisonError';
}

/** Another import of the programme is being applied, or undone: this one waits for its turn. */
export class ImportInTheWayError extends Error {
  override name = 'ImportInTheWayError';
}

/** Residents that one transaction changes: a booking of one of them waits for as long as that takes, some tens of ms. */
const rowsOfAPart = 4_000;
/** Parts at once: the database has a core for each, and the worker's pool a connection. */
const partsAtOnce = 2;
/** Search keys are gathered up to here before they are put into their index, kB. */
const pendingKeysKilobytes = 8 * 1024;

/** Why a resident is among those that were kept as they were. */
type KeptAs = 'changed' | 'joined' | 'gone' | 'missing';

export type ImportApplication = ReturnType<typeof createImportApplication>;

/**
 * Takes the staged rows of a run over into the residents, part by part, each part a transaction of its own. What is done is
 * stored with it, so an attempt that was killed is followed by one that goes on where it was.
 */
export function createImportApplication(database: Database) {
  /** Settles what is to be done: whom it changes, and into how many parts it is divided. Changes no resident. */
  async function begin(
    run: ImportRun,
    toRemove: number,
    approvals: ImportApprovals,
    pace: ImportPace,
  ): Promise<{ readonly result: ImportResult } | { readonly parts: number }> {
    return importTransaction(database, pace, async (query) => {
      await query(programmeLock, [run.programmeId]);
      const { rows } = await query<{
        result: ImportResult | null;
        parts: number | null;
        is_stale: boolean;
        in_the_way: boolean;
      }>(
        `SELECT result, parts, compared_after IS DISTINCT FROM (${lastApplied}) AS is_stale,
                EXISTS (SELECT 1 FROM import_run o WHERE o.programme_id = $2 AND o.id <> $1 AND ${isUnderWay('o')}) AS in_the_way
           FROM import_run WHERE id = $1 FOR UPDATE`,
        [run.id, run.programmeId],
      );
      const [now] = rows;
      if (now?.result) return { result: now.result };
      if (now?.parts) return { parts: now.parts };
      if (now?.in_the_way === true) throw new ImportInTheWayError('another import of this programme is under way');
      if (now?.is_stale !== false)
        throw new StaleComparisonError('another import was applied, or a pair decided, since the comparison');
      const removed = await keepWhatWas(query, run, toRemove > 0);
      if (removed !== toRemove)
        throw new StaleComparisonError('the residents to remove are not those that were approved');
      const staged = await query<{ staged: number }>(`SELECT count(*) AS staged FROM ${tableOf(run.id)}`);
      const parts = Math.ceil(((staged.rows[0]?.staged ?? 0) + 1) / rowsOfAPart);
      await query(
        `UPDATE import_run SET status = 'applying', parts = $2, approved_by = $3, removal_approved_by = $4 WHERE id = $1`,
        [run.id, parts, approvals.import ?? null, approvals.removal ?? null],
      );
      return { parts };
    });
  }

  /** People who have a new number; at most as many as pairs are proposed. */
  async function join(run: ImportRun, pace: ImportPace): Promise<void> {
    await importTransaction(database, pace, async (query) => {
      await mustBeApplying(query, run.id);
      await query(
        `UPDATE resident r SET coupon_index = s.coupon_index, sealed = s.sealed, digest = s.digest, search_keys = s.search_keys, key_id = $2, group_code = s.group_code, updated_at = now()
           FROM import_carry_over c JOIN ${tableOf(run.id)} s ON s.line = c.line
          WHERE c.run_id = $1 AND c.is_wanted AND r.id = c.resident_id AND r.status = 'active' AND r.coupon_index <> s.coupon_index`,
        [run.id, run.keyId],
      );
      // Who logged in with the old number may be another person by now.
      await query(
        'DELETE FROM citizen_session s USING import_carry_over c WHERE c.run_id = $1 AND c.is_wanted AND s.resident_id = c.resident_id',
        [run.id],
      );
    });
  }

  async function applyPart(run: ImportRun, part: Part, pace: ImportPace): Promise<void> {
    const table = tableOf(run.id);
    await importTransaction(database, pace, async (query) => {
      await mustBeApplying(query, run.id);
      // An attempt that was given up for dead may be at the same part: the second waits here, and finds it done.
      const taken = await query('INSERT INTO import_part_done (run_id, part) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        run.id,
        part.number,
      ]);
      if (taken.rowCount !== 1) return;
      // Both sides are read by their indexes in the same order; search keys are put into theirs in large pieces.
      await query(`SET LOCAL enable_seqscan = off; SET LOCAL gin_pending_list_limit = ${String(pendingKeysKilobytes)}`);
      await query(
        `UPDATE resident r SET sealed = s.sealed, digest = s.digest, search_keys = s.search_keys, key_id = $2, group_code = s.group_code, status = 'active', updated_at = now()
           FROM ${table} s WHERE r.programme_id = $1 AND r.coupon_index = s.coupon_index AND (${rowDiffers})
            AND s.coupon_index >= $3 AND s.coupon_index < $4 AND r.coupon_index >= $3 AND r.coupon_index < $4`,
        [run.programmeId, run.keyId, part.from, part.until],
      );
      const created = await query(
        `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, search_keys, key_id, group_code, created_by_run)
         SELECT s.resident_id, $1, s.coupon_index, s.sealed, s.digest, s.search_keys, $2, s.group_code, $3 FROM ${table} s
          WHERE s.coupon_index >= $4 AND s.coupon_index < $5
            AND NOT EXISTS (SELECT 1 FROM resident r WHERE r.programme_id = $1 AND r.coupon_index = s.coupon_index AND r.coupon_index >= $4 AND r.coupon_index < $5)
          ORDER BY s.coupon_index`,
        [run.programmeId, run.keyId, run.id, part.from, part.until],
      );
      await query('UPDATE import_part_done SET created = $3 WHERE run_id = $1 AND part = $2', [
        run.id,
        part.number,
        created.rowCount ?? 0,
      ]);
    });
  }

  /** Takes out those whom the file calls gone and those who are missing from a whole set: the last thing that is done. */
  async function takeOut(run: ImportRun, pace: ImportPace): Promise<void> {
    let after: string | undefined = '00000000-0000-0000-0000-000000000000';
    while (after !== undefined) {
      const from: string = after;
      after = await importTransaction(database, pace, async (query) => {
        await mustBeApplying(query, run.id);
        const { rows } = await query<{ id: string }>(
          `SELECT id FROM ${keptTableOf(run.id)} WHERE kept_as IN ('gone', 'missing') AND id > $1 ORDER BY id LIMIT ${String(rowsOfAPart)}`,
          [from],
        );
        await query(
          `UPDATE resident SET status = 'missing', updated_at = now() WHERE id = ANY($1) AND status = 'active'`,
          [rows.map(({ id }) => id)],
        );
        return rows.length < rowsOfAPart ? undefined : rows.at(-1)?.id;
      });
    }
  }

  /** Ends the run as applied. `isPartial`: it was stopped, and counts what was done until then. */
  async function finish(run: ImportRun, isPartial: boolean, pace: ImportPace = {}): Promise<ImportResult | undefined> {
    return importTransaction(database, pace, async (query) => {
      const { rows } = await query<{ result: ImportResult | null; namesakes: number | null; parts: number | null }>(
        `SELECT result, parts, (summary ->> 'namesakes')::int AS namesakes FROM import_run WHERE id = $1 FOR UPDATE`,
        [run.id],
      );
      const [now] = rows;
      if (now?.result) return now.result;
      if (now === undefined || now.parts === null) return undefined;
      const result = await resultOf(query, run, now.namesakes ?? 0, isPartial);
      await query(
        `UPDATE import_run SET status = 'applied', ended_at = clock_timestamp(), result = $2, parts = NULL WHERE id = $1`,
        [run.id, JSON.stringify(result)],
      );
      await query('DELETE FROM import_part_done WHERE run_id = $1', [run.id]);
      return result;
    });
  }

  return {
    /**
     * Takes the staged rows over. A run that is applied already gives its result again; one that was begun goes on.
     * @param toRemove residents to take out, as approved: 0 for none
     * @throws StaleComparisonError when another import was applied since the comparison, or the number to remove differs;
     *   ImportInTheWayError; the reason of the signal
     */
    async apply(
      run: ImportRun,
      toRemove: number,
      approvals: ImportApprovals,
      pace: ImportPace = {},
    ): Promise<ImportResult> {
      const begun = await begin(run, toRemove, approvals, pace);
      if ('result' in begun) return begun.result;
      await join(run, pace);
      const done = new Set(
        (await database('import_part_done').where({ run_id: run.id }).select<{ part: number }[]>('part')).map(
          ({ part }) => part,
        ),
      );
      const parts = partsOf(begun.parts).filter(({ number }) => !done.has(number));
      let finished = done.size;
      await inTurns(parts, partsAtOnce, async (part) => {
        await applyPart(run, part, pace);
        pace.onProgress?.(++finished, begun.parts);
      });
      await takeOut(run, pace);
      const result = await finish(run, false, pace);
      if (result === undefined) throw new Error(`import run ${run.id} is not being applied`);
      return result;
    },

    /** Ends a run that was stopped while it was applied: what is done stays, and can be undone. Otherwise does nothing. */
    stop: (run: ImportRun): Promise<ImportResult | undefined> => finish(run, true),
  };
}

/** Takes the items in order, `atOnce` at a time. After a failure no further one is begun, and it is thrown when those are done. */
async function inTurns<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const turns = await Promise.allSettled(
    Array.from({ length: atOnce }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) {
        try {
          await work(item);
        } catch (error) {
          next = items.length;
          throw error;
        }
      }
    }),
  );
  const failed = turns.find((turn) => turn.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** One import of a programme begins to be applied or undone at a time. */
export const programmeLock = `SELECT pg_advisory_xact_lock(hashtextextended('toki/import/' || $1, 0))`;

/** A run that is being applied, or undone. */
export function isUnderWay(run: string): string {
  return `(${run}.status = 'applying' OR ${run}.undo_step IS NOT NULL)`;
}

/** The run is held as it is until the transaction ends: nobody ends it in the middle of a part. */
async function mustBeApplying(query: Query, runId: string): Promise<void> {
  const { rowCount } = await query(`SELECT 1 FROM import_run WHERE id = $1 AND status = 'applying' FOR SHARE`, [runId]);
  if (rowCount !== 1) throw new Error(`import run ${runId} is not being applied`);
}

/**
 * A copy of every resident that is about to change, as they are: what an undo puts back.
 * @returns how many are to be taken out for being missing
 */
async function keepWhatWas(query: Query, run: ImportRun, isRemoving: boolean): Promise<number> {
  const table = tableOf(run.id);
  const { rows } = await query<{ id: string }>(
    `SELECT id FROM import_run WHERE programme_id = $1 AND status IN ('applied', 'undone')`,
    [run.programmeId],
  );
  // Only the last import can be undone: what was kept for those before it is no longer needed.
  for (const { id } of rows) await query(`DROP TABLE IF EXISTS ${keptTableOf(id)}`);
  const kept = keptTableOf(run.id);
  const as = (reason: KeptAs) => `r.*, '${reason}' AS kept_as FROM resident r`;
  await query(`CREATE TABLE ${kept} (LIKE resident, kept_as text NOT NULL, PRIMARY KEY (id))`);
  const inserted = await query<{ missing: number }>(
    `WITH kept AS (
       INSERT INTO ${kept}
       SELECT ${as('changed')} JOIN ${table} s ON s.coupon_index = r.coupon_index WHERE r.programme_id = $1 AND (${rowDiffers})
       UNION ALL SELECT ${as('joined')} JOIN import_carry_over c ON c.resident_id = r.id WHERE c.run_id = $2 AND c.is_wanted AND r.programme_id = $1
       UNION ALL SELECT ${as('gone')} WHERE ${isGone}${isRemoving ? ` UNION ALL SELECT ${as('missing')} WHERE ${isMissing(table)}` : ''}
       RETURNING kept_as)
     SELECT count(*) FILTER (WHERE kept_as = 'missing') AS missing FROM kept`,
    [run.programmeId, run.id],
  );
  await query(`ANALYZE ${kept}`);
  return inserted.rows[0]?.missing ?? 0;
}

/** Counts what is done, by what differs from what was kept. */
async function resultOf(query: Query, run: ImportRun, namesakes: number, isPartial: boolean): Promise<ImportResult> {
  const { rows: kept } = await query<{ kept_as: KeptAs; done: number; with_booking: number }>(
    `SELECT kept_as, count(*) AS done, count(*) FILTER (WHERE ${hasLiveBooking}) AS with_booking
       FROM ${keptTableOf(run.id)} k JOIN resident r USING (id)
      WHERE (k.digest, k.group_code, k.status, k.coupon_index) IS DISTINCT FROM (r.digest, r.group_code, r.status, r.coupon_index)
      GROUP BY kept_as`,
  );
  const of = (reason: KeptAs) => kept.find((row) => row.kept_as === reason);
  const { rows } = await query<{ staged: number; to_change: number; created: number }>(
    `SELECT (SELECT count(*) FROM ${tableOf(run.id)}) AS staged,
            (SELECT count(*) FROM ${keptTableOf(run.id)} WHERE kept_as IN ('changed', 'joined')) AS to_change,
            (SELECT coalesce(sum(created), 0)::int FROM import_part_done WHERE run_id = $1) AS created`,
    [run.id],
  );
  const { staged, to_change: toChange, created } = rows[0] ?? { staged: 0, to_change: 0, created: 0 };
  const newNumber = of('joined')?.done ?? 0;
  const apart = Math.min(namesakes - newNumber, created);
  return {
    created,
    changed: of('changed')?.done ?? 0,
    // Of a run that was stopped nobody knows which of the other rows are new.
    unchanged: isPartial ? 0 : staged - created - toChange,
    removed: of('missing')?.done ?? 0,
    removedWithBooking: of('missing')?.with_booking ?? 0,
    gone: of('gone')?.done ?? 0,
    goneWithBooking: of('gone')?.with_booking ?? 0,
    newNumber,
    ...(apart > 0 ? { namesakes: apart } : {}),
    ...(isPartial ? { isPartial: true } : {}),
  };
}
