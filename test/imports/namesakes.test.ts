import { Readable } from 'node:stream';

import { StaleComparisonError } from '../../database/imports/import-apply';
import { createImportCarryOvers } from '../../database/imports/import-carry-overs';
import { createImportFileStore } from '../../database/imports/import-files';
import { createImportRunStore } from '../../database/imports/import-runs';
import { createImportStaging } from '../../database/imports/import-staging';
import { createImportUndo } from '../../database/imports/import-undo';
import type { PairDecision } from '../../runtime/commands/import-eligibility';
import { type CitySite, createCitySite } from '../worlds/city-site';
import { createImportWorld, csv, type ImportWorld, type Row } from '../worlds/import-world';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

/** A person of 1947-04-01 with a name that only this test knows; namesakes get the same name. */
const person = (number: string, name: string): Row => ({ number, kana: `ヤマダ　${name}` });

describe('a namesake in a file', () => {
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

  async function logIn(couponNumber: string): Promise<{ readonly status: number; readonly visitor: Visitor }> {
    const visitor = citizens.visitor();
    const { status } = await visitor.post('/api/v1/session', { couponNumber, birthDate: '昭和22年4月1日' });
    return { status, visitor };
  }

  async function book(visitor: Visitor): Promise<string> {
    const slotId = await world.city.addSlot({ capacity: 20 });
    const held = await visitor.post('/api/v1/bookings', { slotId, dose: 1 });
    expect(held.status).toBe(201);
    const { id } = held.json<{ id: string }>();
    expect((await visitor.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers })).status).toBe(200);
    return id;
  }

  const bookingsOf = async (visitor: Visitor): Promise<readonly string[]> =>
    (await visitor.get('/api/v1/bookings')).json<{ bookings: { id: string }[] }>().bookings.map(({ id }) => id);

  /** What staff or an operator do with every pair: says the same of each. */
  function decide(isWanted: boolean): (runId: string) => Promise<PairDecision> {
    const carryOvers = createImportCarryOvers(world.city);
    return async (runId) => {
      const pairs = (await carryOvers.list(runId, undefined, 100)).filter((pair) => pair.isWanted !== isWanted);
      if (pairs.length === 0) return 'as_is';
      expect(
        await carryOvers.decide(
          runId,
          pairs.map((pair) => ({ ...pair, isWanted })),
        ),
      ).toEqual({ ok: true });
      return 'decided';
    };
  }

  test('from a partial file: two people, and nothing of the first changes', async () => {
    await world.import(csv([person('7100000001', 'ハナ')]));
    const first = await logIn('7100000001');
    const bookingId = await book(first.visitor);

    const outcome = await world.import(csv([person('7100000002', 'ハナ')]));
    expect(outcome).toMatchObject({
      phase: 'applied',
      summary: { created: 1, newNumber: 0, namesakes: 1, proposals: 0 },
      result: { created: 1, newNumber: 0, namesakes: 1 },
    });
    expect(await bookingsOf(first.visitor)).toEqual([bookingId]);
    expect((await logIn('7100000001')).status).toBe(200);
    const second = await logIn('7100000002');
    expect(second.status).toBe(200);
    expect(await bookingsOf(second.visitor)).toEqual([]);
    await book(second.visitor);
  });

  test('from a whole set without the old number: a pair to decide; nobody decides, so they are two', async () => {
    await world.import(csv([person('7100000011', 'キク')]));
    const first = await logIn('7100000011');
    const bookingId = await book(first.visitor);
    const residents = (await world.residents()).length;
    const outcome = await world.import(csv([person('7100000012', 'キク')]), {
      isFullSet: true,
      approveRemoval: () => Promise.resolve(false),
    });
    expect(outcome).toMatchObject({
      phase: 'rejected',
      summary: { created: 1, newNumber: 0, namesakes: 1, proposals: 1 },
    });
    expect(outcome.summary?.toRemove).toBeGreaterThan(0);
    expect((await world.residents()).length).toBe(residents);
    expect(await bookingsOf(first.visitor)).toEqual([bookingId]);
  });

  test('said to be the same person: the place goes over to the new number, the session of the old one ends, an undo gives back', async () => {
    await world.import(csv([person('7100000021', 'サチ')]));
    const first = await logIn('7100000021');
    const bookingId = await book(first.visitor);
    const outcome = await world.import(csv([person('7100000022', 'サチ')]), {
      isFullSet: true,
      decidePairs: decide(true),
    });
    expect(outcome).toMatchObject({
      phase: 'applied',
      summary: { created: 0, newNumber: 1, newNumberWithBooking: 1 },
      result: { created: 0, newNumber: 1 },
    });
    expect((await first.visitor.get('/api/v1/bookings')).status).toBe(401);
    expect((await logIn('7100000021')).status).toBe(401);
    const renewed = await logIn('7100000022');
    expect(renewed.status).toBe(200);
    expect(await bookingsOf(renewed.visitor)).toEqual([bookingId]);

    expect(await createImportUndo(world.city.database).undo(outcome.runId, 'tester')).toMatchObject({ ok: true });
    expect((await renewed.visitor.get('/api/v1/bookings')).status).toBe(401);
    expect((await logIn('7100000022')).status).toBe(401);
    const again = await logIn('7100000021');
    expect(again.status).toBe(200);
    expect(await bookingsOf(again.visitor)).toEqual([bookingId]);
  });

  test('a previous number in the file makes a pair of a partial file, one that waits like any other', async () => {
    await world.import(csv([person('7100000031', 'タケ'), person('7100000032', 'タケ')]));
    const header = '接種券番号,氏名カナ,生年月日,対象区分,旧券番号';
    const file = `${header}\r\n7100000033,ヤマダ　タケ,1947/4/1,高齢者,7100000031\r\n`;
    const untouched = await world.import(file);
    expect(untouched).toMatchObject({ summary: { created: 1, newNumber: 0, namesakes: 1, proposals: 1 } });
    await createImportUndo(world.city.database).undo(untouched.runId, 'tester');
    const joined = await world.import(`${file}\r\n`, { decidePairs: decide(true) });
    expect(joined).toMatchObject({ phase: 'applied', summary: { created: 0, newNumber: 1, proposals: 1 } });
    expect((await logIn('7100000031')).status).toBe(401);
    expect((await logIn('7100000032')).status).toBe(200);
    expect((await logIn('7100000033')).status).toBe(200);
  });

  test('where the file has a previous number that is not a namesake’s, or is still in the file, nothing is proposed', async () => {
    await world.import(csv([person('7100000041', 'ウメ'), person('7100000042', 'マツ')]));
    const header = '接種券番号,氏名カナ,生年月日,対象区分,前の接種券番号';
    const outcome = await world.import(
      [
        header,
        '7100000043,ヤマダ　ウメ,1947/4/1,高齢者,7100000042',
        '7100000044,ヤマダ　マツ,1947/4/1,高齢者,7100000042',
        '7100000042,ヤマダ　マツ,1947/4/1,高齢者,',
        '7100000045,ヤマダ　ウメ,1947/4/1,高齢者,読めない',
        '',
      ].join('\r\n'),
    );
    expect(outcome).toMatchObject({ summary: { created: 3, bad: 0, namesakes: 3, proposals: 0 } });
  });

  test('of several who match, one row joins one resident and never a second', async () => {
    await world.import(csv([person('7100000051', 'ヨネ'), person('7100000052', 'ヨネ')]));
    const carryOvers = createImportCarryOvers(world.city);
    let isDone = false;
    const outcome = await world.import(csv([person('7100000053', 'ヨネ'), person('7100000054', 'ヨネ')]), {
      isFullSet: true,
      decidePairs: async (runId) => {
        if (isDone) return 'as_is';
        isDone = true;
        const pairs = await carryOvers.list(runId, undefined, 100);
        expect(pairs.map(({ line, isWanted }) => [line, isWanted])).toEqual([
          [2, false],
          [2, false],
          [3, false],
          [3, false],
        ]);
        const [one, sameRow] = pairs;
        const sameResident = pairs.find((pair) => pair.line === 3 && pair.residentId === one!.residentId);
        const say = (pair: { line: number; residentId: string } | undefined, isWanted = true) =>
          carryOvers.decide(runId, [{ line: pair!.line, residentId: pair!.residentId, isWanted }]);
        expect(await say(one)).toEqual({ ok: true });
        expect(await say(sameRow)).toEqual({ ok: false, code: 'taken' });
        expect(await say(sameResident)).toEqual({ ok: false, code: 'taken' });
        expect(await say({ line: 99, residentId: one!.residentId }, false)).toEqual({ ok: false, code: 'unknown' });
        return 'decided';
      },
    });
    expect(outcome).toMatchObject({
      phase: 'applied',
      summary: { created: 1, newNumber: 1, namesakes: 2, proposals: 4 },
      result: { created: 1, newNumber: 1, namesakes: 1 },
    });
  });

  test('a pair that is decided after the approval was given is not joined by it', async () => {
    await world.import(csv([person('7100000061', 'トメ')]));
    const { runId, handle } = await world.start(csv([person('7100000062', 'トメ')]), { isFullSet: true });
    await world.until(handle, 'waiting_for_approval');
    const carryOvers = createImportCarryOvers(world.city);
    const [pair] = await carryOvers.list(runId, undefined, 10);
    expect(await carryOvers.decide(runId, [{ ...pair!, isWanted: true }])).toEqual({ ok: true });
    const run = await createImportRunStore(world.city).get(runId);
    await expect(createImportStaging(world.city.database).apply(run, 0, { import: 'tester' })).rejects.toThrow(
      StaleComparisonError,
    );
    await handle.executeUpdate('rejectImport', { args: [{ by: 'tester' }] });
    await handle.result();
    expect(await carryOvers.decide(runId, [{ ...pair!, isWanted: true }])).toEqual({ ok: false, code: 'not_waiting' });
  });

  test('a column of one constant kana and one birth date is compared without pairing all with all', async () => {
    await world.freshProgramme();
    const { database, keys } = world.city;
    // A statement that pairs 6,000 rows with 6,000 residents is ended by the database.
    await database.raw(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''8s''', current_database()); END $$`,
    );
    const limited = world.openDatabase();
    const [programme] = await database('programme').orderBy('id', 'desc').select<{ id: string }[]>('id');
    const version = await database('programme_version')
      .where({ programme_id: programme!.id })
      .first<{ id: string }>('id');
    const fileId = await createImportFileStore({ database, keys }).save(
      '対象者.csv',
      Readable.from([Buffer.from('x')]),
    );
    const runs = createImportRunStore({ database, keys });
    const runId = await runs.create({
      programmeId: programme!.id,
      programmeVersionId: version.id,
      fileId,
      isFullSet: true,
    });
    const staging = createImportStaging(limited);
    await staging.prepare(runId);
    const digest = `decode(md5('same'), 'hex')`;
    await database.raw(
      `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, search_keys, key_id, group_code)
       SELECT gen_random_uuid(), ?, decode(md5('old' || n), 'hex'), '', ${digest}, '{}', ?, 'seniors' FROM generate_series(1, 6000) n`,
      [programme!.id, keys.currentKeyId],
    );
    await database.raw(
      `INSERT INTO import_row_${runId.replaceAll('-', '')} (line, resident_id, coupon_index, sealed, digest, search_keys, group_code)
       SELECT n + 1, gen_random_uuid(), decode(md5('new' || n), 'hex'), '', ${digest}, '{}', 'seniors' FROM generate_series(1, 6000) n`,
    );
    await staging.settleDuplicates(await runs.get(runId));
    const run = await runs.get(runId);
    expect(run.tally.errors).toEqual({ same_person: 6_000 });
    expect(await staging.compare(run)).toMatchObject({ created: 6_000, newNumber: 0, namesakes: 6_000, proposals: 0 });
    await runs.end(runId, 'rejected');
    await staging.drop(runId);
  });
});
