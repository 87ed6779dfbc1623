import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { createBookingList } from '../../database/bookings/booking-list';
import { type BookingRepository, createBookingRepository } from '../../database/bookings/bookings';
import { createRushSigns } from '../../database/bookings/rush';
import { type Database, openDatabase } from '../../database/foundation/connection';
import { catchUp, createListedBookings, holdLists } from '../../database/lists/listed-bookings';
import { createProgrammes } from '../../database/programmes/programmes';
import { createDayLists } from '../../database/reception/day-lists';
import { createResidentSearch } from '../../database/residents/resident-search';
import { createSlotGrid } from '../../database/schedule/slot-grid';
import { createStatistics } from '../../database/statistics/statistics';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { createListKeeper } from '../../engine/loops/list-keeper';
import { patienceMs } from '../support/patience';
import { asAdministrator } from '../support/test-database';
import { createTestCity, type TestCity, testKeys, validAnswers } from '../worlds/test-city';

const citizen = { channel: 'web', actor: 'citizen' } as const;
const far = () => new Date(Date.now() + 3_600_000).toISOString();
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let city: TestCity;
let lists: ReturnType<typeof createListedBookings>;
const opened: Database[] = [];

beforeEach(async () => {
  city = await createTestCity({ change: (document) => void (document.policies.maxChanges = 50) });
  lists = createListedBookings(city.database);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.destroy()));
  await city.close();
});

/** A pool of its own, as another process has. */
function anotherProcess(poolSize = 2): Database {
  const database = openDatabase({ url: city.databaseUrl, applicationName: 'another', poolSize });
  opened.push(database);
  return database;
}

/** Rows that one of the tables has and the other has not, or not like that. */
async function differences(): Promise<unknown[]> {
  const { rows } = await city.database.raw<{ rows: unknown[] }>(`
    SELECT coalesce(b.id, l.id) AS id, b.state, l.state AS listed, b.version, l.version AS listed_version
      FROM booking b FULL JOIN listed_booking l ON l.id = b.id
     WHERE (b.id, b.programme_id, b.programme_version_id, b.resident_id, b.slot_id, b.pair_of, b.dose, b.version, b.channel, b.state, b.group_code, b.reference, b.telephone_key, b.hold_expires_at, b.created_at, b.updated_at)
       IS DISTINCT FROM (l.id, l.programme_id, l.programme_version_id, l.resident_id, l.slot_id, l.pair_of, l.dose, l.version, l.channel, l.state, l.group_code, l.reference, l.telephone_key, l.hold_expires_at, l.created_at, l.updated_at)`);
  return rows;
}

async function copyAll(limit = 2_000): Promise<void> {
  while ((await lists.bringUpToDate(limit)) !== 0);
}

async function held(slotId?: string, residentId?: string): Promise<{ residentId: string; bookingId: string }> {
  const person = residentId ?? (await city.addResident());
  const slot = slotId ?? (await city.addSlot({ capacity: 1_000 }));
  const result = await city.bookings.hold({ residentId: person, slotId: slot, dose: 1, ...citizen });
  if (!result.ok) throw new Error(result.code);
  return { residentId: person, bookingId: result.booking.id };
}

async function confirmed(slotId?: string): Promise<{ residentId: string; bookingId: string }> {
  const booking = await held(slotId);
  const result = await city.bookings.confirm({ ...booking, answers: validAnswers, ...citizen });
  if (!result.ok) throw new Error(result.code);
  return booking;
}

/** Anything that may happen to a person's booking, by chance; refusals are no matter. */
async function anything(bookings: BookingRepository, residentId: string, slotIds: readonly string[]): Promise<void> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)];
  const known = await bookings.listOf(residentId);
  const live = known.find((item) => item.state === 'held') ?? known.find((item) => item.state !== 'expired');
  const slotId = pick(slotIds) ?? '';
  const bookingId = live?.id ?? '';
  const steps: (() => Promise<unknown>)[] =
    live === undefined
      ? [() => bookings.hold({ residentId, slotId, dose: 1, ...citizen })]
      : [
          () => bookings.confirm({ residentId, bookingId, answers: validAnswers, ...citizen }),
          () => bookings.confirm({ residentId, bookingId, answers: validAnswers, ...citizen }),
          () => bookings.hold({ residentId, slotId, dose: 1, replaces: bookingId, ...citizen }),
          () => bookings.hold({ residentId, slotId, dose: 1, ...citizen }),
          () => bookings.cancel({ residentId, bookingId, ...citizen }),
          () => bookings.expireHold(bookingId, far()),
          () => bookings.checkIn(bookingId, 'venue'),
          () => bookings.undoCheckIn(bookingId, 'venue'),
        ];
  await pick(steps)?.();
}

describe('the copy that lists read', () => {
  it('is what the bookings are, after anything that several processes did at once, copied by two of them meanwhile', async () => {
    const slotIds = await Promise.all(['09:00', '10:00', '11:00'].map((time) => city.addSlot({ time, capacity: 8 })));
    const later = await city.addSlot({ capacity: 8, daysAhead: 6 });
    const processes = [anotherProcess(4), anotherProcess(4)].map((database) => ({
      bookings: createBookingRepository({ database, keys: testKeys, programmes: createProgrammes(database) }),
      lists: createListedBookings(database),
      database,
    }));
    const people = await Promise.all(Array.from({ length: 12 }, () => city.addResident()));
    let isOver = false;
    const copying = processes.map(async (one) => {
      while (!isOver) {
        await one.lists.bringUpToDate(3);
        await catchUp(one.database);
      }
    });
    await Promise.all(
      people.map(async (residentId, index) => {
        const { bookings } = processes[index % 2] ?? processes[0]!;
        for (let step = 0; step < 25; step++) await anything(bookings, residentId, [...slotIds, later]);
      }),
    ).finally(() => (isOver = true));
    await Promise.all(copying);
    await copyAll(5);
    expect(await differences()).toEqual([]);
    const { rows } = await city.database.raw<{ rows: { state: string }[] }>(
      'SELECT DISTINCT state FROM listed_booking',
    );
    // The steps were real ones.
    expect(rows.length).toBeGreaterThan(3);
  });

  it.each([1, 2_000])('does not pass over what commits late, nor wait for it (%d at once)', async (limit) => {
    const [early, late, next] = [await held(), await held(), await held()];
    await copyAll();
    const slow = await anotherProcess().transaction();
    await slow.raw(`UPDATE booking SET state = 'released', version = 2 WHERE id = ?`, [late.bookingId]);
    await slow.raw(
      `INSERT INTO booking_event (booking_id, version, type, actor, facts) VALUES (?, 2, 'released', 'citizen', '{}')`,
      [late.bookingId],
    );
    const stateOf = async (id: string) =>
      (await city.database('listed_booking').where({ id }).first<{ state: string }>('state')).state;
    for (const { residentId, bookingId } of [early, next])
      await city.bookings.confirm({ residentId, bookingId, answers: validAnswers, ...citizen });
    await copyAll(limit);
    expect([await stateOf(early.bookingId), await stateOf(next.bookingId)]).toEqual(['confirmed', 'confirmed']);
    expect(await stateOf(late.bookingId)).toBe('held');
    await slow.commit();
    await copyAll(limit);
    expect(await stateOf(late.bookingId)).toBe('released');
    expect(await lists.waiting()).toEqual({ count: 0, oldestAt: null });
  });

  it('goes on where it was when who copied was killed, and is not held up by it', async () => {
    const { bookingId } = await confirmed();
    const client = new Client({ connectionString: city.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM listed_up_to FOR UPDATE');
    await client.query('DELETE FROM listed_booking');
    await client.query('UPDATE listed_up_to SET snapshot = pg_current_snapshot()');
    expect(await lists.bringUpToDate(100)).toBeUndefined();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await asAdministrator(`SELECT pg_terminate_backend(${String(rows[0]?.pid)})`);
    await catchUp(city.database);
    expect(await city.database('listed_booking').where({ id: bookingId }).first('state')).toEqual({
      state: 'confirmed',
    });
    await client.end().catch(() => undefined);
  });

  it('is made again by the command’s work beside bookings, and what does not belong there goes', async () => {
    const slotId = await city.addSlot({ capacity: 1_000 });
    for (let index = 0; index < 20; index++) await confirmed(slotId);
    await copyAll();
    await city.database.raw(`UPDATE listed_booking SET state = 'attended', version = 9`);
    await city.database.raw(
      `INSERT INTO listed_booking SELECT (jsonb_populate_record(l, jsonb_build_object('id', ?::text))).* FROM listed_booking l LIMIT 1`,
      [uuidv7()],
    );
    const said: number[] = [];
    const [rows] = await Promise.all([
      lists.rebuild((done) => said.push(done)),
      ...Array.from({ length: 5 }, () => confirmed(slotId)),
    ]);
    expect(rows).toBeGreaterThanOrEqual(20);
    expect(said.at(-1)).toBe(rows);
    await copyAll();
    expect(await differences()).toEqual([]);
  });

  it('is copied again as a whole where the database came from another server', async () => {
    const slotId = await city.addSlot();
    await confirmed(slotId);
    await copyAll();
    // As a dump brings it: transactions there were counted further than here.
    await city.database.raw(
      `UPDATE listed_up_to SET snapshot = (p || ':' || p || ':')::pg_snapshot FROM (SELECT pg_current_xact_id()::text::bigint + 1000000000 AS p) AS x`,
    );
    await city.database.raw(`UPDATE booking_event SET xid = (xid::text::bigint + 999999999)::text::xid8`);
    await city.database.raw('DELETE FROM listed_booking');
    await confirmed(slotId);
    // A list does not copy by itself then.
    await catchUp(city.database);
    expect(await city.database('listed_booking')).toEqual([]);
    const keeper = createListKeeper({ lists, log, pollMs: 10 });
    keeper.start();
    const deadline = Date.now() + patienceMs;
    while ((await differences()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await keeper.stop();
    await held(slotId);
    await copyAll();
    expect(await differences()).toEqual([]);
  });

  it('is compared: a row that is not as it should be is found, one that waits is not blamed', async () => {
    const slotId = await city.addSlot();
    const { bookingId } = await confirmed(slotId);
    await copyAll();
    await held(slotId);
    expect(await lists.compare()).toMatchObject({ waiting: 1, differences: [], compared: 1, different: 0 });
    await copyAll();
    expect(await lists.compare()).toMatchObject({ waiting: 0, oldestAt: null, compared: 2, different: 0 });
    await city.database('listed_booking').where({ id: bookingId }).update({ reference: '000000000' });
    expect(await lists.compare()).toMatchObject({ differences: [], different: 1 });
    await city.database('listed_booking').where({ id: bookingId }).update({ state: 'attended' });
    expect((await lists.compare()).differences).toEqual([
      { state: 'attended', bookings: 0, listed: 1 },
      { state: 'confirmed', bookings: 1, listed: 0 },
    ]);
  });
});

describe('a reader of lists', () => {
  it('sees what was done just before: list, figures, day list, grid, search by telephone', async () => {
    const { database, keys, version } = city;
    const { programmeId } = version;
    const day = addDays(cityDate(new Date()), 5);
    const slotId = await city.addSlot({ capacity: 4 });
    const list = createBookingList(database);
    const statistics = createStatistics(database);
    const dayLists = createDayLists({ database, keys, programmes: createProgrammes(database) });
    const grid = createSlotGrid(database);
    const search = createResidentSearch({ database, keys });
    const seen = async () => ({
      list: (await list.list({ programmeId, order: 'soonest', limit: 10 })).map((line) => line.state),
      figures: (await statistics.read({ programmeId, from: day, to: day }))
        .filter((row) => row.by === 'total')
        .map(({ held: holds, confirmed: booked, cancelled }) => [holds, booked, cancelled]),
      day: (await dayLists.list(programmeId, city.venueId, day)).map((entry) => entry.state),
      grid: (await grid.bookings(programmeId, slotId))?.map((item) => item.state),
      seats: (await grid.slots(programmeId, city.venueId, day, addDays(day, 1)))[0]?.seats.find(
        (item) => item.channel === 'web',
      ),
      telephone: (await search.find(programmeId, { telephone: '09012345678' }, { after: undefined, limit: 5 })).found
        .length,
    });
    const nothing = { list: [], figures: [[0, 0, 0]], day: [], grid: [], telephone: 0 };
    expect(await seen()).toMatchObject(nothing);
    const booking = await held(slotId);
    expect(await seen()).toMatchObject({
      ...nothing,
      list: ['held'],
      figures: [[1, 0, 0]],
      grid: ['held'],
      seats: { held: 1, booked: 0, free: 3 },
    });
    await city.bookings.confirm({ ...booking, answers: validAnswers, ...citizen });
    expect(await seen()).toMatchObject({
      list: ['confirmed'],
      figures: [[0, 1, 0]],
      day: ['confirmed'],
      grid: ['confirmed'],
      seats: { held: 0, booked: 1, free: 3 },
      telephone: 1,
    });
    await city.bookings.cancelByCity(booking.bookingId, 'city');
    expect(await seen()).toMatchObject({
      list: ['cancelled'],
      figures: [[0, 0, 1]],
      day: ['cancelled'],
      grid: [],
      seats: { booked: 0, free: 4 },
    });
  });

  it('waits for who copies just now, but not for long, and not at all while citizens wait', async () => {
    const slotId = await city.addSlot();
    await held(slotId);
    const copier = await anotherProcess().transaction();
    await holdLists(copier);
    const reader = catchUp(city.database);
    await copier.commit();
    await reader;
    expect(await differences()).toEqual([]);
    await held(slotId);
    const stuck = await anotherProcess().transaction();
    await holdLists(stuck);
    await catchUp(city.database);
    expect(await differences()).toHaveLength(1);
    await stuck.commit();
    await createRushSigns(city.database).raise(uuidv7(), 60_000);
    await catchUp(city.database);
    expect(await differences()).toHaveLength(1);
    const keeper = createListKeeper({ lists, log, pollMs: 10, isRush: () => Promise.resolve(true) });
    keeper.start();
    const deadline = Date.now() + patienceMs;
    while ((await differences()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await keeper.stop();
    expect(await differences()).toEqual([]);
  });
});

describe('what the table of bookings pays', () => {
  const indexes = async () =>
    (
      await city.database.raw<{ rows: { name: string }[] }>(
        `SELECT indexrelname AS name FROM pg_stat_user_indexes WHERE relname = 'booking' ORDER BY 1`,
      )
    ).rows.map((row) => row.name);
  const updates = async () => {
    await city.database.raw('SELECT pg_stat_force_next_flush()');
    const { rows } = await city.database.raw<{ rows: [{ all: number; hot: number }] }>(
      `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = 'booking'`,
    );
    return rows[0];
  };

  it('has the indexes that decide, and no others', async () => {
    expect(await indexes()).toEqual([
      'booking_by_resident',
      'booking_held_by_slot',
      'booking_one_live',
      'booking_one_move',
      'booking_pkey',
      'booking_reference_once',
    ]);
  });

  it('a check-in changes no index', async () => {
    const single = anotherProcess(1);
    const bookings = createBookingRepository({
      database: single,
      keys: testKeys,
      programmes: createProgrammes(single),
    });
    const { bookingId } = await confirmed();
    const before = await updates();
    const result = await bookings.checkIn(bookingId, 'venue');
    expect(result).toMatchObject({ ok: true });
    await single.destroy();
    const after = await updates();
    expect([after.all - before.all, after.hot - before.hot]).toEqual([1, 1]);
  });

  it('finds the holds of a slot by their index', async () => {
    const slotId = await city.addSlot({ capacity: 1 });
    const { bookingId } = await held(slotId);
    await city
      .database('booking')
      .where({ id: bookingId })
      .update({ hold_expires_at: new Date(Date.now() - 1_000) });
    const single = anotherProcess(1);
    // The table is so small that the planner would rather read all of it.
    await single.raw('SET enable_seqscan = off');
    const bookings = createBookingRepository({
      database: single,
      keys: testKeys,
      programmes: createProgrammes(single),
    });
    const residentId = await city.addResident();
    expect(await bookings.hold({ residentId, slotId, dose: 1, ...citizen })).toMatchObject({ ok: true });
    await single.destroy();
    const { rows } = await city.database.raw<{ rows: { idx_scan: number }[] }>(
      `SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'booking_held_by_slot'`,
    );
    expect(rows[0]?.idx_scan).toBeGreaterThan(0);
  });
});
