import { createImportRunStore } from '../../database/imports/import-runs';
import { createImportStaging, StagingTakenOverError } from '../../database/imports/import-staging';
import { patienceMs } from '../support/patience';
import { createImportWorld, csv, type ImportWorld, people } from '../worlds/import-world';

const manyRecords = 20_000;

/** 20,000 rows of which every tenth is damaged. */
function largeFile(): string {
  return csv(people(manyRecords).map((row, index) => (index % 10 === 9 ? { ...row, birth: '1947/2/30' } : row)));
}

const wholeFile = {
  phase: 'applied',
  summary: {
    records: manyRecords,
    good: manyRecords * 0.9,
    bad: manyRecords * 0.1,
    errors: { birth_no_such_day: manyRecords * 0.1 },
  },
  result: { created: manyRecords * 0.9 },
};

describe('a crash in the middle of an import', () => {
  let world: ImportWorld;

  beforeEach(async () => {
    world = await createImportWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  async function stagedAtLeast(runId: string, records: number): Promise<number> {
    const runs = createImportRunStore(world.city);
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const staged = await runs.stagedRecords(runId);
      if (staged >= records) return staged;
      if (Date.now() > deadline) throw new Error(`only ${String(staged)} records are staged`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function rowsIn(runId: string): Promise<{ rows: number; errors: number }> {
    const { rows } = await world.city.database.raw<{ rows: { rows: number; errors: number }[] }>(
      `SELECT (SELECT count(*) FROM import_row_${runId.replaceAll('-', '')}) AS rows, (SELECT count(*) FROM import_row_error WHERE run_id = ?) AS errors`,
      [runId],
    );
    return rows[0] ?? { rows: -1, errors: -1 };
  }

  test('a worker taken away while it stages: another goes on, and the totals are right', async () => {
    const first = await world.startWorker();
    const { runId, handle } = await world.start(largeFile());
    await stagedAtLeast(runId, 2_000);
    await first.stop();
    const left = await stagedAtLeast(runId, 2_000);
    expect(left).toBeLessThan(manyRecords);
    // What is stored is exactly what lies before the position (a header and the rows).
    const stored = await rowsIn(runId);
    expect(stored.rows + stored.errors).toBe(left - 1);

    await world.startWorker();
    await world.until(handle, 'waiting_for_approval');
    await handle.executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    expect(await handle.result()).toMatchObject(wholeFile);
  });

  test('the database lost while rows are staged: the next attempt goes on', async () => {
    const pool = world.openDatabase();
    const first = await world.startWorker(pool);
    const { runId, handle } = await world.start(largeFile());
    await stagedAtLeast(runId, 2_000);
    await world.city.database.raw(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test worker'`,
    );
    await world.until(handle, 'waiting_for_approval');
    await first.stop();
    await world.startWorker();
    await handle.executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    expect(await handle.result()).toMatchObject(wholeFile);
  });

  test('a worker taken away while it waits: the approval meets the next one', async () => {
    const first = await world.startWorker();
    const { handle } = await world.start(csv(people(5)));
    await world.until(handle, 'waiting_for_approval');
    await first.stop();
    await world.startWorker();
    await handle.executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    expect(await handle.result()).toMatchObject({ phase: 'applied', result: { created: 5 } });
  });

  test('applied twice counts once: the second attempt gets the result of the first', async () => {
    await world.startWorker();
    const outcome = await world.import(csv(people(3)));
    const run = await createImportRunStore(world.city).get(outcome.runId);
    expect(await createImportStaging(world.city.database).apply(run, 0, {})).toEqual(outcome.result);
  });

  test('an attempt given up for dead cannot write beside its successor', async () => {
    const { runId } = await world.start(csv(people(3)));
    const staging = createImportStaging(world.city.database);
    await staging.prepare(runId);
    const batch = { rows: undefined, errors: [], tally: { records: 0, bad: 0, unreadableNumbers: 0, errors: {} } };
    await staging.store(runId, { ...batch, fromRecord: 0, toRecord: 10 });
    await expect(staging.store(runId, { ...batch, fromRecord: 0, toRecord: 10 })).rejects.toThrow(
      StagingTakenOverError,
    );
  });
});
