import { type BookingRepository, createBookingRepository } from '../../database/bookings/bookings';
import { type Database, openDatabase } from '../../database/foundation/connection';
import { createProgrammes } from '../../database/programmes/programmes';
import { defined } from '../../domain/text/defined';
import { createTestCity, type TestCity, testKeys, validAnswers } from '../worlds/test-city';

const citizen = { channel: 'web', actor: 'citizen' } as const;
const people = 16;

/** A person with the bookings that a race needs. */
interface Person {
  readonly residentId: string;
  readonly bookingId: string;
}

/**
 * Many transactions that need the same two quotas, half of them in each order. `inTransaction` would hide a deadlock behind
 * a second try, so PostgreSQL's own count of them is asked.
 */
describe('quotas are taken in one order, on real PostgreSQL', () => {
  let city: TestCity;
  /** The pool of the race alone: PostgreSQL counts a connection's deadlocks at the latest when it ends. */
  let racing: { database: Database; bookings: BookingRepository };

  beforeAll(async () => {
    city = await createTestCity();
  });
  afterAll(() => city.close());
  beforeEach(() => {
    const database = openDatabase({ url: city.databaseUrl, applicationName: 'race', poolSize: people });
    racing = {
      database,
      bookings: createBookingRepository({ database, keys: testKeys, programmes: createProgrammes(database) }),
    };
  });

  const deadlocks = async (): Promise<number> =>
    (
      await city.database.raw<{ rows: { deadlocks: number }[] }>(
        `SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()`,
      )
    ).rows[0]?.deadlocks ?? -1;

  /** Runs all of it at once; every attempt must end with an answer, and no two may have waited for each other. */
  async function race(attempts: readonly (() => Promise<{ ok: boolean } | { event: unknown }>)[]): Promise<void> {
    const before = await deadlocks();
    const results = await Promise.allSettled(attempts.map((attempt) => attempt()));
    await racing.database.destroy();
    expect(results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))).toEqual([]);
    expect(
      results.filter((result) => result.status === 'fulfilled' && 'ok' in result.value && !result.value.ok),
    ).toEqual([]);
    expect((await deadlocks()) - before).toBe(0);
  }

  async function held(slotId: string, rest: { residentId?: string; replaces?: string; nextSlotId?: string } = {}) {
    const { nextSlotId, residentId = await city.addResident(), ...replaces } = rest;
    const result = await city.bookings.hold({
      ...citizen,
      ...replaces,
      residentId,
      slotId,
      dose: 1,
      ...(nextSlotId === undefined ? {} : { next: { slotId: nextSlotId } }),
    });
    if (!result.ok) throw new Error(`refused: ${result.code}`);
    return { residentId, bookingId: result.booking.id };
  }

  async function confirmed(slotId: string, nextSlotId?: string): Promise<Person> {
    const person = await held(slotId, defined({ nextSlotId }));
    const result = await city.bookings.confirm({ ...citizen, ...person, answers: validAnswers });
    if (!result.ok) throw new Error(`refused: ${result.code}`);
    return person;
  }

  const runOut = (bookingIds: readonly string[]) =>
    city
      .database('booking')
      .whereIn('id', bookingIds)
      .update({ hold_expires_at: new Date(Date.now() - 1_000) });

  /** Half of the people the one way, half the other way, one beside the other. */
  const bothWays = <Item>(make: (isOneWay: boolean) => Promise<Item>): Promise<Item[]> =>
    Promise.all(Array.from({ length: people }, (_, index) => make(index % 2 === 0)));

  const twoSlots = async (time: string) => [
    await city.addSlot({ daysAhead: 5, time, capacity: 999 }),
    await city.addSlot({ daysAhead: 6, time, capacity: 999 }),
  ];

  it('cancelling bookings whose moves are under way', async () => {
    const [a = '', b = ''] = await twoSlots('09:00');
    const moving = await bothWays(async (isOneWay) => {
      const person = await confirmed(isOneWay ? a : b);
      await held(isOneWay ? b : a, { residentId: person.residentId, replaces: person.bookingId });
      return person;
    });
    await race(moving.map((person) => () => racing.bookings.cancel({ ...citizen, ...person })));
    expect([await city.seats(a), await city.seats(b)]).toMatchObject([{ taken: 0 }, { taken: 0 }]);
  });

  it('holding and moving two doses at once', async () => {
    // The later doses are made first: their ids, and with them their quotas, come first in order.
    const place = (dose: number, daysAhead: number) => city.addSlot({ dose, daysAhead, time: '10:00', capacity: 999 });
    const s = { next: await place(2, 28), first: '' };
    const t = { next: await place(2, 29), first: '' };
    s.first = await place(1, 7);
    t.first = await place(1, 8);
    const pairs = await bothWays(async (isOneWay) => {
      const [from, to] = isOneWay ? [s, t] : [t, s];
      return { ...(await held(from.first, { nextSlotId: from.next })), to };
    });
    await race(
      pairs.map(({ residentId, bookingId, to }) => async () => {
        const moved = await racing.bookings.hold({
          ...citizen,
          residentId,
          slotId: to.first,
          dose: 1,
          replaces: bookingId,
          next: { slotId: to.next },
        });
        return moved.ok ? racing.bookings.cancel({ ...citizen, residentId, bookingId: moved.booking.id }) : moved;
      }),
    );
    for (const slotId of [s.first, s.next, t.first, t.next])
      expect(await city.seats(slotId)).toMatchObject({ taken: 0 });
  });

  it('confirming moves of two doses beside cancelling', async () => {
    const place = (dose: number, daysAhead: number) => city.addSlot({ dose, daysAhead, time: '11:00', capacity: 999 });
    const old = { next: await place(2, 28), first: await place(1, 7) };
    const to = { next: await place(2, 29), first: await place(1, 8) };
    const pairs = await bothWays(async (isOneWay) => {
      if (!isOneWay) return held(old.first, { nextSlotId: old.next });
      const { residentId, bookingId } = await confirmed(old.first, old.next);
      return { ...(await held(to.first, { residentId, replaces: bookingId, nextSlotId: to.next })), isMove: true };
    });
    await race(
      pairs.map(
        (person) => () =>
          'isMove' in person
            ? racing.bookings.confirm({ ...citizen, ...person, answers: validAnswers })
            : racing.bookings.cancel({ ...citizen, ...person }),
      ),
    );
    expect(await city.seats(old.first)).toMatchObject({ taken: 0 });
    expect(await city.seats(to.next)).toMatchObject({ taken: people / 2 });
  });

  it('taking seats of holds that ran out while their people choose again and their ends come', async () => {
    const full = await city.addSlot({ daysAhead: 9, time: '13:00', capacity: people });
    const other = await city.addSlot({ daysAhead: 10, time: '13:00', capacity: 999 });
    const old = await bothWays(() => held(full));
    await runOut(old.map((person) => person.bookingId));
    const fresh = await Promise.all(old.map(() => city.addResident()));
    const now = new Date().toISOString();
    await race(
      old.flatMap(({ residentId, bookingId }, index) => [
        () => racing.bookings.hold({ ...citizen, residentId: fresh[index] ?? '', slotId: full, dose: 1 }),
        () => racing.bookings.hold({ ...citizen, residentId, slotId: other, dose: 1, replaces: bookingId }),
        () => racing.bookings.expireHold(bookingId, now),
      ]),
    );
    expect(await city.seats(full)).toEqual({ taken: people, capacity: people });
    expect(await city.seats(other)).toMatchObject({ taken: people });
  });
});
