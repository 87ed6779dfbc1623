import { createImportRunStore } from '../../database/imports/import-runs';
import { createImportStaging } from '../../database/imports/import-staging';
import { createImportUndo } from '../../database/imports/import-undo';
import { ImportUnderWayError, rotateKeys } from '../../database/upkeep/key-rotation';
import { patienceMs } from '../support/patience';
import { type CitySite, createCitySite } from '../worlds/city-site';
import { createImportWorld, csv, type ImportWorld, people, type Row } from '../worlds/import-world';
import { validAnswers } from '../worlds/test-city';

/** Enough for four parts. */
const count = 14_000;
const first = 9_710_000_000;
const rows = people(count, first);
const renamed = rows.map((row): Row => ({ ...row, kana: `${row.kana ?? ''}サン` }));

describe('an import that is applied part by part', () => {
  let world: ImportWorld;
  let citizens: CitySite;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
    citizens = await createCitySite({ city: world.city });
  });
  afterAll(async () => {
    await citizens.close();
    await world.close();
  });

  async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
    for (const deadline = Date.now() + patienceMs; ;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error('it did not come to this');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function book({ number, birth }: Row): Promise<number> {
    const visitor = citizens.visitor();
    expect((await visitor.post('/api/v1/session', { couponNumber: number, birthDate: birth })).status).toBe(200);
    const slotId = await world.city.addSlot({ capacity: 5 });
    const held = await visitor.post('/api/v1/bookings', { slotId, dose: 1 });
    if (held.status !== 201) return held.status;
    const { id } = held.json<{ id: string }>();
    return (await visitor.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers })).status;
  }

  /** Holds a resident's row as a booking under way does, until released. */
  async function holdResident(index: number): Promise<() => Promise<void>> {
    const trx = await world.openDatabase().transaction();
    await trx('resident')
      .where({ coupon_index: world.city.keys.blindIndex(rows[index]!.number) })
      .forUpdate()
      .select('id');
    return async () => {
      await trx.rollback();
    };
  }

  const partsDone = async (runId: string) =>
    (await world.city.database('import_part_done').where({ run_id: runId }).select<{ part: number }[]>('part')).length;

  async function renamedResidents(): Promise<number> {
    const { rows: found } = await world.city.database.raw<{ rows: { count: number }[] }>(
      `SELECT count(*)::int AS count FROM resident WHERE updated_at > created_at`,
    );
    return found[0]!.count;
  }

  test('a worker that is killed in the middle is followed by one that goes on; people book meanwhile', async () => {
    expect(await world.import(csv(rows))).toMatchObject({ phase: 'applied', result: { created: count } });

    const release = await holdResident(7);
    const { runId, handle } = await world.start(csv(renamed));
    await world.until(handle, 'waiting_for_approval');
    await handle.executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    // The part of the resident whose row is held waits; the others go on.
    const before = await until(async () => ((await partsDone(runId)) >= 2 ? partsDone(runId) : undefined));
    expect(before).toBeLessThan(4);
    expect(await book(rows[11]!)).toBe(200);
    await world.stopWorkers();
    expect(await book(rows[12]!)).toBe(200);
    await release();
    expect(await createImportRunStore(world.city).get(runId)).toMatchObject({ status: 'applying', result: undefined });
    expect(await renamedResidents()).toBeLessThan(count);

    await world.startWorker();
    expect(await handle.result()).toMatchObject({
      phase: 'applied',
      result: { created: 0, changed: count, unchanged: 0, removed: 0 },
    });
    expect(await renamedResidents()).toBe(count);
    expect(await partsDone(runId)).toBe(0);
  });

  test('an undo that is killed in the middle goes on where it was; the counts are those of one that was not', async () => {
    const { database } = world.city;
    const applied = await world.import(csv(people(9_000, 9_720_000_000)));
    expect(applied).toMatchObject({ result: { created: 9_000 } });
    const undo = createImportUndo(world.city.database);
    const killed = new AbortController();
    const left = async () =>
      (await database('resident').where({ created_by_run: applied.runId }).select<{ id: string }[]>('id')).length;
    const attempt = undo.undo(applied.runId, 'tester', { signal: killed.signal });
    const ended = attempt.then(
      () => 'done',
      () => 'killed',
    );
    await until(async () => ((await left()) < 9_000 ? true : undefined));
    killed.abort();
    expect(await ended).toBe('killed');
    expect(await left()).toBeGreaterThan(0);
    // What an undo under way still needs is not thrown away by a rotation of the keys.
    await expect(rotateKeys(database, world.city.keys)).rejects.toBeInstanceOf(ImportUnderWayError);
    expect(await undo.undo(applied.runId, 'tester')).toEqual({
      ok: true,
      result: { restored: 0, removed: 9_000, keptOut: 0 },
    });
    expect(await left()).toBe(0);
  });

  test('a booking that is quicker than an undo keeps everybody in', async () => {
    const newcomers = people(5_000, 9_730_000_000);
    const applied = await world.import(csv(newcomers));
    const { database, keys } = world.city;
    const ids = await database('resident')
      .where({ created_by_run: applied.runId })
      .orderBy('id')
      .select<{ id: string; coupon_index: Buffer }[]>('id', 'coupon_index');
    // The undo closes them in this order, 4,000 at a time: it waits at the first of the second step, and the last is still free.
    const waited = await world.openDatabase().transaction();
    await waited('resident').where({ id: ids[4_000]!.id }).forUpdate().select('id');
    const quicker = newcomers.find(({ number }) => keys.blindIndex(number).equals(ids.at(-1)!.coupon_index))!;
    const closed = () =>
      database('resident').where({ created_by_run: applied.runId, status: 'missing' }).select<{ id: string }[]>('id');
    const undone = createImportUndo(world.openDatabase()).undo(applied.runId, 'tester');
    await until(async () => ((await closed()).length > 0 ? true : undefined));
    expect(await book(quicker)).toBe(200);
    await waited.rollback();
    expect(await undone).toEqual({ ok: false, code: 'has_bookings', bookings: 1 });
    expect(await closed()).toEqual([]);
  });

  test('cancelled while it is applied: what is done stays, is told as such, and can be undone', async () => {
    const people14 = people(count, 9_740_000_000);
    await world.import(csv(people14));
    const held = await world.openDatabase().transaction();
    await held('resident')
      .where({ coupon_index: world.city.keys.blindIndex(people14[7]!.number) })
      .forUpdate()
      .select('id');
    const { runId, handle } = await world.start(csv(people14.map((row) => ({ ...row, kana: 'カワリ' }))));
    await world.until(handle, 'waiting_for_approval');
    await handle.executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    await until(async () => ((await partsDone(runId)) >= 2 ? true : undefined));
    const asked = Date.now();
    await handle.cancel();
    await handle.result().catch(() => undefined);
    await until(async () => {
      const run = await createImportRunStore(world.city).get(runId);
      return run.status === 'applied' ? run : undefined;
    });
    // The statement that waits for the held row is ended; nobody waits for it to go on.
    expect(Date.now() - asked).toBeLessThan(15_000);
    await held.rollback();
    const { result } = await createImportRunStore(world.city).get(runId);
    expect(result).toMatchObject({ isPartial: true, created: 0, unchanged: 0 });
    expect(result!.changed).toBeGreaterThan(0);
    expect(result!.changed).toBeLessThan(count);
    expect(await createImportUndo(world.city.database).undo(runId, 'tester')).toMatchObject({ ok: true });
  });

  test('stopped by a person while its rows are checked: nothing changes, and nothing is left behind', async () => {
    const { handle } = await world.start(csv(people(60_000, 9_760_000_000)));
    await world.until(handle, 'staging');
    const residents = (await world.residents()).length;
    expect(await handle.executeUpdate('rejectImport', { args: [{ by: 'tester' }] })).toBe('rejected');
    expect(await handle.result()).toMatchObject({ phase: 'rejected' });
    expect((await world.residents()).length).toBe(residents);
    await until(async () => ((await world.leftovers()).tables === 0 ? true : undefined));
  });

  test('a comparison is ended within seconds when its import is cancelled', async () => {
    const { database } = world.city;
    const { runId, handle } = await world.start(csv(people(20, 9_750_000_000)));
    await world.until(handle, 'waiting_for_approval');
    const staging = createImportStaging(database);
    const run = await createImportRunStore(world.city).get(runId);
    const blocker = await world.openDatabase().transaction();
    await blocker('import_run').where({ id: runId }).forUpdate().select('id');
    const stopped = new AbortController();
    const comparing = staging.compare(run, { signal: stopped.signal }).then(
      () => 'compared',
      (error: unknown) => (error as Error).name,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    stopped.abort();
    expect(await comparing).toBe('AbortError');
    await blocker.rollback();
    await handle.executeUpdate('rejectImport', { args: [{ by: 'tester' }] });
    await handle.result();
  });
});
