import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import { inTransaction } from '../foundation/transaction';
import { forgetWhatWas } from '../imports';
import { lockQuotas, reopenSeats } from '../schedule';

/** Days after which a key of a request is of no use: nobody repeats a click of the day before yesterday. */
const idempotencyDays = 2;
/** Days that what came with a file of the city is kept, sealed: the file itself, the cells that could not be read, what was there before. */
const importFileDays = 30;
/** Days that is known who found no seat: longer than a programme runs, shorter than anybody asks. */
const wishDays = 400;
/** Days in which assigned appointments may be approved. */
const approvalDays = 14;
const batch = 5_000;

export interface Removed {
  readonly idempotencyKeys: number;
  readonly importFiles: number;
}

/** Removes what is kept for a time only, in small statements. Safe to run at any moment and on several machines at once. */
export async function removeOutdated(database: Database): Promise<Removed> {
  let idempotencyKeys = 0;
  for (let removed = batch; removed === batch; idempotencyKeys += removed) {
    const { rowCount } = await database.raw<{ rowCount: number }>(
      `DELETE FROM idempotency_key WHERE (resident_id, key) IN (
         SELECT resident_id, key FROM idempotency_key WHERE created_at < now() - ? * interval '1 day' LIMIT ? FOR UPDATE SKIP LOCKED)`,
      [idempotencyDays, batch],
    );
    removed = rowCount;
  }
  // The chunks go; the row stays as what the run refers to.
  const { rowCount } = await database.raw<{ rowCount: number }>(
    `WITH old AS (SELECT id FROM import_file WHERE created_at < now() - ? * interval '1 day'),
          gone AS (DELETE FROM import_file_chunk c USING old WHERE c.file_id = old.id RETURNING c.file_id)
     SELECT DISTINCT file_id FROM gone`,
    [importFileDays],
  );
  await database.raw(
    `UPDATE import_row_error e SET sealed_value = NULL FROM import_run r
      WHERE r.id = e.run_id AND e.sealed_value IS NOT NULL AND r.created_at < now() - ? * interval '1 day'`,
    [importFileDays],
  );
  await database.raw(
    `UPDATE assignment_row w SET sealed = NULL FROM assignment_run r WHERE r.id = w.run_id AND w.sealed IS NOT NULL AND r.created_at < now() - ? * interval '1 day'`,
    [importFileDays],
  );
  // As an import: rows do not wait for an answer that never comes.
  await database.raw(
    `UPDATE assignment_run SET status = 'rejected', ended_at = now() WHERE status = 'waiting' AND created_at < now() - ? * interval '1 day'`,
    [approvalDays],
  );
  // A look takes minutes, and its activity at most a day: the workflow never began.
  await database.raw(
    `UPDATE assignment_run SET status = 'failed', ended_at = now() WHERE status = 'checking' AND created_at < now() - interval '2 days'`,
  );
  await database.raw(`DELETE FROM unmet_wish WHERE day < now() - ? * interval '1 day'`, [wishDays]);
  await forgetWhatWas(database, importFileDays);
  await database.raw(`DELETE FROM login_throttle WHERE expire < extract(epoch FROM now() - interval '1 hour') * 1000`);
  await database.raw(`DELETE FROM staff_mail WHERE at < now() - interval '2 days'`);
  await reopenDueSeats(database);
  return { idempotencyKeys, importFiles: rowCount };
}

/** Cancelled seats whose cooling time is over. A person who wants one takes it at once; this keeps the counts true where nobody does. */
async function reopenDueSeats(database: Database): Promise<void> {
  const { rows } = await database.raw<{ rows: { slot_id: string; channel: Channel; now: Date }[] }>(
    `SELECT DISTINCT slot_id, channel, now() AS now FROM slot_cooling WHERE reopens_at <= now() LIMIT ?`,
    [batch],
  );
  for (const row of rows) {
    await inTransaction(database, async (sql) => {
      await lockQuotas(sql, [{ slotId: row.slot_id, channel: row.channel }]);
      return reopenSeats(sql, row.slot_id, row.channel, row.now);
    });
  }
}
