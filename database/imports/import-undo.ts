import type { UndoOutcome, UndoResult } from '../../domain/imports/import-workflow';
import type { Database } from '../foundation/connection';
import { clientTransaction } from '../foundation/transaction';
import { ImportInTheWayError, isUnderWay, programmeLock } from './import-apply';
import { keptTableOf } from './import-tables';
import { type ImportPace, importTransaction, type Query } from './import-transaction';

/** What an import sets of a resident, and an undo therefore puts back. Everything else may have been changed by others since. */
const importedColumns = ['coupon_index', 'sealed', 'digest', 'search_keys', 'key_id', 'group_code', 'status'] as const;

/** Bookings that a person counts on, or has used. */
const countingStates = `('held', 'confirmed', 'attended', 'no_show')`;

/** Residents that one transaction changes. */
const residentsAtOnce = 4_000;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/** People of run $1 who would be gone or out again and have booked since: those it brought in, and those it brought back. */
function dependent(kept: string): string {
  return `FROM booking b JOIN resident r ON r.id = b.resident_id
    WHERE b.state IN ${countingStates}
      AND (r.created_by_run = $1
        OR (EXISTS (SELECT 1 FROM ${kept} k WHERE k.id = r.id AND k.status <> 'active') AND b.created_at > (SELECT ended_at FROM import_run WHERE id = $1)))`;
}

export interface DependentBooking {
  readonly isProtected: boolean;
  readonly id: string;
  readonly reference: string | null;
  readonly state: string;
  readonly startsAt: Date;
  readonly venueName: string;
}

export type ImportUndo = ReturnType<typeof createImportUndo>;

/**
 * Puts the residents back as they were before an applied import, some thousand at a time, each in a transaction of its own.
 * Only the last import of a programme can be undone. First it is closed: nobody whom the undo takes out can book any more.
 * When a booking was quicker, those who were closed are opened again, and the undo is refused. Then all are put back.
 */
export function createImportUndo(database: Database) {
  async function begin(runId: string, pace: ImportPace): Promise<UndoOutcome | UndoStep> {
    const kept = keptTableOf(runId);
    return importTransaction(database, pace, async (query) => {
      const { rows } = await query<{ programme_id: string }>('SELECT programme_id FROM import_run WHERE id = $1', [
        runId,
      ]);
      const programmeId = rows[0]?.programme_id;
      if (programmeId === undefined) return refuse('not_applied');
      await query(programmeLock, [programmeId]);
      const { rows: now } = await query<{
        status: string;
        undo_result: UndoOutcome | null;
        undo_step: UndoStep | null;
        last: string | null;
        is_kept: boolean;
        in_the_way: boolean;
      }>(
        `SELECT status, undo_result, undo_step, to_regclass($3) IS NOT NULL AS is_kept,
                EXISTS (SELECT 1 FROM import_run o WHERE o.programme_id = $2 AND o.id <> $1 AND ${isUnderWay('o')}) AS in_the_way,
                (SELECT a.id FROM import_run a WHERE a.programme_id = $2 AND a.status IN ('applied', 'undone') ORDER BY a.ended_at DESC LIMIT 1) AS last
           FROM import_run WHERE id = $1 FOR UPDATE`,
        [runId, programmeId, kept],
      );
      const run = now[0];
      if (run?.undo_result) return run.undo_result;
      if (run?.undo_step) return run.undo_step;
      if (run?.status !== 'applied') return refuse('not_applied');
      if (run.last !== runId) return refuse('not_the_last');
      if (!run.is_kept) return refuse('nothing_kept');
      if (run.in_the_way) throw new ImportInTheWayError('another import of this programme is under way');
      const bookings = await inTheWayCount(query, runId);
      if (bookings > 0) return refuse('has_bookings', bookings);
      await query(`UPDATE import_run SET undo_step = 'closing', undo_counts = $2 WHERE id = $1`, [
        runId,
        JSON.stringify(nothingYet),
      ]);
      return 'closing';
    });
  }

  /** Goes through all residents in the order of their ids, so that each is looked at once. */
  async function inSteps(
    pace: ImportPace,
    pageOf: (query: Query, after: string) => Promise<readonly string[]>,
    work: (query: Query, ids: readonly string[]) => Promise<void>,
  ): Promise<void> {
    let after: string | undefined = beforeAll;
    while (after !== undefined) {
      const from: string = after;
      after = await importTransaction(database, pace, async (query) => {
        const ids = await pageOf(query, from);
        if (ids.length > 0) await work(query, ids);
        return ids.at(-1);
      });
    }
  }

  /** The next residents that the run brought in, or back: those whom the undo takes out. Locked, as a booking locks them. */
  const takenOut = (runId: string) => async (query: Query, after: string) => {
    const { rows } = await query<{ id: string }>(
      `SELECT r.id FROM resident r
        WHERE r.id > $2 AND (r.created_by_run = $1 OR r.id IN (SELECT k.id FROM ${keptTableOf(runId)} k WHERE k.status <> 'active'))
        ORDER BY r.id LIMIT ${String(residentsAtOnce)} FOR UPDATE OF r`,
      [runId, after],
    );
    return rows.map(({ id }) => id);
  };

  /** @returns how many bookings were quicker */
  async function close(runId: string, pace: ImportPace): Promise<number> {
    await inSteps(pace, takenOut(runId), async (query, ids) => {
      await query(
        `UPDATE resident SET status = 'missing', updated_at = now() WHERE id = ANY($1) AND status = 'active'`,
        [ids],
      );
    });
    return importTransaction(database, pace, async (query) => {
      const bookings = await inTheWayCount(query, runId);
      if (bookings === 0) await query(`UPDATE import_run SET undo_step = 'restoring' WHERE id = $1`, [runId]);
      return bookings;
    });
  }

  async function openAgain(runId: string, pace: ImportPace): Promise<void> {
    await inSteps(pace, takenOut(runId), async (query, ids) => {
      await query(
        `UPDATE resident SET status = 'active', updated_at = now() WHERE id = ANY($1) AND status = 'missing'`,
        [ids],
      );
    });
    await database('import_run').where({ id: runId }).update({ undo_step: null, undo_counts: null });
  }

  async function restore(runId: string, pace: ImportPace): Promise<void> {
    const kept = keptTableOf(runId);
    const pageOfKept = async (query: Query, after: string) => {
      const { rows } = await query<{ id: string }>(
        `SELECT id FROM ${kept} WHERE id > $1 ORDER BY id LIMIT ${String(residentsAtOnce)}`,
        [after],
      );
      return rows.map(({ id }) => id);
    };
    await inSteps(pace, pageOfKept, async (query, ids) => {
      // A session that was opened with a number belongs to the person who has that number.
      await query(
        `DELETE FROM citizen_session s USING ${kept} k JOIN resident r ON r.id = k.id
          WHERE k.id = ANY($1) AND s.resident_id = k.id AND r.coupon_index <> k.coupon_index`,
        [ids],
      );
      const restored = await query(
        `UPDATE resident r SET ${importedColumns.map((column) => `${column} = k.${column}`).join(', ')}, updated_at = now()
           FROM ${kept} k WHERE k.id = r.id AND k.id = ANY($1)`,
        [ids],
      );
      // What is put back is taken off the list, in the same transaction: an attempt that was killed is followed by one that goes on.
      await query(`DELETE FROM ${kept} WHERE id = ANY($1)`, [ids]);
      await count(query, runId, 'restored', restored.rowCount);
    });
    const pageOfCreated = async (query: Query, after: string) => {
      const { rows } = await query<{ id: string }>(
        `SELECT id FROM resident WHERE created_by_run = $1 AND id > $2 ORDER BY id LIMIT ${String(residentsAtOnce)}`,
        [runId, after],
      );
      return rows.map(({ id }) => id);
    };
    await inSteps(pace, pageOfCreated, async (query, ids) => {
      await query('DELETE FROM citizen_session WHERE resident_id = ANY($1)', [ids]);
      const removed = await query(`DELETE FROM resident r WHERE r.id = ANY($1)${await unlessReferred(query)}`, [ids]);
      await count(query, runId, 'removed', removed.rowCount);
    });
  }

  async function finish(runId: string, by: string, pace: ImportPace): Promise<UndoOutcome> {
    return importTransaction(database, pace, async (query) => {
      const { rows } = await query<{ undo_result: UndoOutcome | null; undo_counts: UndoResult | null }>(
        'SELECT undo_result, undo_counts FROM import_run WHERE id = $1 FOR UPDATE',
        [runId],
      );
      if (rows[0]?.undo_result) return rows[0].undo_result;
      const { rows: left } = await query<{ kept_out: number }>(
        'SELECT count(*) AS kept_out FROM resident WHERE created_by_run = $1',
        [runId],
      );
      const counts = { ...nothingYet, ...rows[0]?.undo_counts, keptOut: left[0]?.kept_out ?? 0 };
      const outcome: UndoOutcome = { ok: true, result: counts };
      await query(
        `UPDATE import_run SET status = 'undone', undone_at = clock_timestamp(), undone_by = $2, undo_result = $3, undo_step = NULL, undo_counts = NULL WHERE id = $1`,
        [runId, by, JSON.stringify(outcome)],
      );
      await query(`DROP TABLE ${keptTableOf(runId)}`);
      return outcome;
    });
  }

  return {
    /**
     * Whole or not at all; an attempt that was killed is followed by one that goes on where it was. Once done, a second
     * call gives the result again.
     * @param by an opaque id
     * @throws ImportInTheWayError; the reason of the signal
     */
    async undo(runId: string, by: string, pace: ImportPace = {}): Promise<UndoOutcome> {
      const begun = await begin(runId, pace);
      if (typeof begun !== 'string') return begun;
      if (begun === 'closing') {
        const bookings = await close(runId, pace);
        if (bookings > 0) {
          await openAgain(runId, pace);
          return refuse('has_bookings', bookings);
        }
      }
      await restore(runId, pace);
      return finish(runId, by, pace);
    },

    /** The bookings that are in the way of an undo, the next first; at most `limit`. */
    async inTheWay(runId: string, limit: number): Promise<DependentBooking[]> {
      const kept = keptTableOf(runId);
      return clientTransaction(database, async (client) => {
        const { rows: found } = await client.query<{ is_kept: boolean }>(
          'SELECT to_regclass($1) IS NOT NULL AS is_kept',
          [kept],
        );
        if (found[0]?.is_kept !== true) return [];
        const { rows } = await client.query<{
          id: string;
          protected: boolean;
          reference: string | null;
          state: string;
          starts_at: Date;
          name: string;
        }>(
          `SELECT b.id, r.protected, b.reference, b.state, s.starts_at, v.name FROM (SELECT b.* ${dependent(kept)}) AS b
             JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id JOIN resident r ON r.id = b.resident_id ORDER BY s.starts_at, b.id LIMIT $2`,
          [runId, limit],
        );
        return rows.map((row) => ({
          id: row.id,
          isProtected: row.protected,
          reference: row.reference,
          state: row.state,
          startsAt: row.starts_at,
          venueName: row.name,
        }));
      });
    },

    /** The one run of a programme that an undo would be possible for. */
    async undoable(programmeId: string): Promise<string | undefined> {
      const { rows } = await database.raw<{ rows: { id: string; status: string }[] }>(
        `SELECT id, status FROM import_run WHERE programme_id = ? AND status IN ('applied', 'undone') ORDER BY ended_at DESC LIMIT 1`,
        [programmeId],
      );
      const [last] = rows;
      if (last?.status !== 'applied') return undefined;
      const { rows: found } = await database.raw<{ rows: { is_kept: boolean }[] }>(
        'SELECT to_regclass(?) IS NOT NULL AS is_kept',
        [keptTableOf(last.id)],
      );
      return found[0]?.is_kept === true ? last.id : undefined;
    },
  };
}

function refuse(code: Extract<UndoOutcome, { ok: false }>['code'], bookings = 0): UndoOutcome {
  return { ok: false, code, bookings };
}

type UndoStep = 'closing' | 'restoring';

const nothingYet: UndoResult = { restored: 0, removed: 0, keptOut: 0 };

async function inTheWayCount(query: Query, runId: string): Promise<number> {
  const { rows } = await query<{ bookings: number }>(`SELECT count(*) AS bookings ${dependent(keptTableOf(runId))}`, [
    runId,
  ]);
  return rows[0]?.bookings ?? 0;
}

async function count(query: Query, runId: string, what: keyof UndoResult, more: number | null): Promise<void> {
  await query(
    `UPDATE import_run SET undo_counts = jsonb_set(undo_counts, ARRAY[$2::text], to_jsonb((undo_counts ->> $2)::int + $3::int)) WHERE id = $1 AND undo_step = 'restoring'`,
    [runId, what, more ?? 0],
  );
}

/** Whatever table refers to residents, those it refers to stay: a cancelled booking still belongs to a person. */
async function unlessReferred(query: Query): Promise<string> {
  const { rows } = await query<{ condition: string }>(
    `SELECT format(' AND NOT EXISTS (SELECT 1 FROM %s x WHERE x.%I = r.id)', c.conrelid::regclass, a.attname) AS condition
       FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.confrelid = 'resident'::regclass AND c.contype = 'f' AND c.confdeltype <> 'c'`,
  );
  return rows.map((row) => row.condition).join('');
}

/** Drops what was kept for undoing runs that ended more than `days` days ago. Resolves with how many there were. */
export async function forgetWhatWas(database: Database, days: number): Promise<number> {
  const { rows } = await database.raw<{ rows: { id: string }[] }>(
    `SELECT id FROM import_run WHERE status = 'applied' AND undo_step IS NULL AND ended_at < now() - ? * interval '1 day' AND to_regclass('import_kept_' || replace(id::text, '-', '')) IS NOT NULL`,
    [days],
  );
  for (const { id } of rows) await database.raw(`DROP TABLE IF EXISTS ${keptTableOf(id)}`);
  return rows.length;
}
