import type { PoolClient } from 'pg';

import type { UndoOutcome } from '../../domain/imports/import-workflow';
import type { Database } from '../foundation/connection';
import { clientTransaction } from '../foundation/transaction';
import { keptTableOf } from './import-tables';

/** What an import sets of a resident, and an undo therefore puts back. Everything else may have been changed by others since. */
const importedColumns = ['coupon_index', 'sealed', 'digest', 'search_keys', 'key_id', 'group_code', 'status'] as const;

/** Bookings that a person counts on, or has used. */
const countingStates = `('held', 'confirmed', 'attended', 'no_show')`;

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

/** Puts the residents back as they were before an applied import. Only the last one of a programme can be undone. */
export function createImportUndo(database: Database) {
  return {
    /**
     * In one transaction, whole or not at all. Once done, a second call gives the result again.
     * @param by an opaque id
     */
    async undo(runId: string, by: string): Promise<UndoOutcome> {
      const kept = keptTableOf(runId);
      return clientTransaction(
        database,
        async (client) => {
          const { rows } = await client.query<{ programme_id: string; status: string; undo_result: null }>(
            'SELECT programme_id, status, undo_result FROM import_run WHERE id = $1',
            [runId],
          );
          const programmeId = rows[0]?.programme_id;
          if (programmeId === undefined) return refuse('not_applied');
          await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('toki/import/' || $1, 0))`, [programmeId]);
          const { rows: now } = await client.query<{
            status: string;
            undo_result: UndoOutcome | null;
            last: string | null;
            is_kept: boolean;
          }>(
            `SELECT status, undo_result, to_regclass($3) IS NOT NULL AS is_kept,
                    (SELECT a.id FROM import_run a WHERE a.programme_id = $2 AND a.status IN ('applied', 'undone') ORDER BY a.ended_at DESC LIMIT 1) AS last
               FROM import_run WHERE id = $1 FOR UPDATE`,
            [runId, programmeId, kept],
          );
          const run = now[0];
          if (run?.undo_result) return run.undo_result;
          if (run?.status !== 'applied') return refuse('not_applied');
          if (run.last !== runId) return refuse('not_the_last');
          if (!run.is_kept) return refuse('nothing_kept');
          // Every booking locks the resident first: from here on nobody of them can.
          await client.query(
            `SELECT 1 FROM resident WHERE created_by_run = $1 OR id IN (SELECT id FROM ${kept}) FOR UPDATE`,
            [runId],
          );
          const { rows: counted } = await client.query<{ bookings: number }>(
            `SELECT count(*) AS bookings ${dependent(kept)}`,
            [runId],
          );
          const bookings = counted[0]?.bookings ?? 0;
          if (bookings > 0) return refuse('has_bookings', bookings);
          return putBack(client, runId, kept, by);
        },
        (outcome) => outcome.ok,
      );
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

async function putBack(client: PoolClient, runId: string, kept: string, by: string): Promise<UndoOutcome> {
  const count = async (sql: string, values: unknown[] = []): Promise<number> =>
    (await client.query(sql, values)).rowCount ?? 0;
  // A session that was opened with a number belongs to the person who has that number.
  await count(
    `DELETE FROM citizen_session s USING ${kept} k JOIN resident r ON r.id = k.id WHERE s.resident_id = k.id AND r.coupon_index <> k.coupon_index`,
  );
  const restored = await count(
    `UPDATE resident r SET ${importedColumns.map((column) => `${column} = k.${column}`).join(', ')}, updated_at = now() FROM ${kept} k WHERE k.id = r.id`,
  );
  await count('DELETE FROM citizen_session s USING resident r WHERE r.id = s.resident_id AND r.created_by_run = $1', [
    runId,
  ]);
  const removed = await count(`DELETE FROM resident r WHERE r.created_by_run = $1${await unlessReferred(client)}`, [
    runId,
  ]);
  const keptOut = await count(
    `UPDATE resident SET status = 'missing', updated_at = now() WHERE created_by_run = $1 AND status = 'active'`,
    [runId],
  );
  const outcome: UndoOutcome = { ok: true, result: { restored, removed, keptOut } };
  await client.query(
    `UPDATE import_run SET status = 'undone', undone_at = clock_timestamp(), undone_by = $2, undo_result = $3 WHERE id = $1`,
    [runId, by, JSON.stringify(outcome)],
  );
  await client.query(`DROP TABLE ${kept}`);
  return outcome;
}

/** Whatever table refers to residents, those it refers to stay: a cancelled booking still belongs to a person. */
async function unlessReferred(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ condition: string }>(
    `SELECT format(' AND NOT EXISTS (SELECT 1 FROM %s x WHERE x.%I = r.id)', c.conrelid::regclass, a.attname) AS condition
       FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.confrelid = 'resident'::regclass AND c.contype = 'f' AND c.confdeltype <> 'c'`,
  );
  return rows.map((row) => row.condition).join('');
}

/** Drops what was kept for undoing runs that ended more than `days` days ago. Resolves with how many there were. */
export async function forgetWhatWas(database: Database, days: number): Promise<number> {
  const { rows } = await database.raw<{ rows: { id: string }[] }>(
    `SELECT id FROM import_run WHERE status = 'applied' AND ended_at < now() - ? * interval '1 day' AND to_regclass('import_kept_' || replace(id::text, '-', '')) IS NOT NULL`,
    [days],
  );
  for (const { id } of rows) await database.raw(`DROP TABLE IF EXISTS ${keptTableOf(id)}`);
  return rows.length;
}
