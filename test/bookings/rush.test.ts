import { setTimeout as sleep } from 'node:timers/promises';

import { createRushWatch } from '../../database/bookings';
import { createRushSigns } from '../../database/bookings/rush';
import { openDatabase, waitingForConnection } from '../../database/foundation/connection';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { createHandOver } from '../../engine/hand-over/hand-over';
import { createRelay } from '../../engine/hand-over/relay';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
let isRush = false;
beforeAll(async () => {
  world = await createBookingWorld({ isRush: () => Promise.resolve(isRush) });
});
afterAll(() => world.close());
beforeEach(() => {
  isRush = false;
});

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function dependencies() {
  return { client: world.client, outbox: world.outbox, programmes: world.programmes, log };
}

async function holds(count: number): Promise<BookingEvent[]> {
  const appointments = await Promise.all(Array.from({ length: count }, () => world.hold({ deliver: false })));
  return (await Promise.all(appointments.map(({ bookingId }) => world.outbox.eventsOf(bookingId, 0)))).flat();
}

async function undelivered(events: readonly BookingEvent[]): Promise<number> {
  const ids = events.map((event) => event.bookingId);
  return (await world.city.database('booking_event').whereIn('booking_id', ids).whereNull('delivered_at')).length;
}

describe('while citizens wait', () => {
  test('the hand-over leaves everything to the relay, also what waits already', async () => {
    const events = await holds(12);
    const handOver = createHandOver({ ...dependencies(), concurrency: 1, isRush: () => isRush });
    handOver.offer(events.slice(0, 6));
    isRush = true;
    handOver.offer(events.slice(6));
    await handOver.drain();
    // The one that was under way is done; nothing was begun after it.
    expect(await undelivered(events)).toBe(11);
    await world.deliver(events.slice(0, 1));
  });

  test('the relay goes on in small parts, and at once with all when nobody waits any more', async () => {
    const events = await holds(60);
    isRush = true;
    const relay = createRelay({
      ...dependencies(),
      olderThanMs: 0,
      pollMs: 2_000,
      isRush: () => Promise.resolve(isRush),
    });
    relay.start();
    await world.until(async () => (await undelivered(events)) < 60);
    // Not all of them: a part is 16 events, and a pause follows.
    expect(await undelivered(events)).toBeGreaterThanOrEqual(60 - 16);
    isRush = false;
    await world.until(async () => (await undelivered(events)) === 0);
    await relay.stop();
  });

  test('the relay gives back what it took when a rush begins in the middle', async () => {
    const events = await holds(60);
    const { length } = events;
    let asked = 0;
    const relay = createRelay({
      ...dependencies(),
      olderThanMs: 0,
      pollMs: 60_000,
      // The look at the beginning, and those of the first few bookings, find nobody waiting.
      isRush: () => Promise.resolve(++asked > 10),
    });
    relay.start();
    await world.until(async () => (await undelivered(events)) < length);
    await relay.stop();
    const left = await undelivered(events);
    expect(left).toBeGreaterThanOrEqual(length - 10);
    // Another relay need not wait for the end of a lease.
    const taken = await world.outbox.claimUndelivered({ olderThanMs: 0, limit: 1_000, leaseMs: 1 });
    expect(taken.filter((event) => events.some(({ bookingId }) => bookingId === event.bookingId))).toHaveLength(left);
  });

  test('a confirmation waits a little, and goes out when nobody waits any more', async () => {
    isRush = true;
    const { bookingId } = await world.book();
    const started = async () => {
      const { pendingActivities } = await world
        .handle(bookingId)
        .describe()
        .then((known) => known.raw);
      return (pendingActivities ?? []).some(
        (activity) => activity.activityType?.name === 'sendNotice' && activity.lastHeartbeatTime,
      );
    };
    // Its activity beats and sends nothing.
    await world.until(started);
    expect(await world.messages(bookingId)).toEqual([]);
    isRush = false;
    const [message] = await world.until(async () => {
      const all = await world.messages(bookingId);
      return all.length > 0 && all;
    });
    expect(message?.subject).toContain('予約');
  });
});

describe('the signs of a rush', () => {
  test('are seen by every process, and end by themselves', async () => {
    const signs = createRushSigns(world.city.database);
    const processId = '0190b0a0-0000-7000-8000-000000000001';
    expect(await signs.isOn()).toBe(false);
    await signs.raise(processId, 60_000);
    expect(await signs.isOn()).toBe(true);
    // Said again with a shorter time: the last word counts.
    await signs.raise(processId, 50);
    await sleep(100);
    expect(await signs.isOn()).toBe(false);
    await signs.raise('0190b0a0-0000-7000-8000-000000000002', 60_000);
    expect(await signs.isOn()).toBe(true);
    expect(await createRushWatch(signs)()).toBe(true);
  });

  test('that cannot be read mean that there is no rush', async () => {
    const watch = createRushWatch({ isOn: () => Promise.reject(new Error('no database')) });
    expect(await watch()).toBe(false);
  });

  test('come from queries that wait for a connection', async () => {
    const { connectionString } = world.city.database.client.config.connection as { connectionString: string };
    const narrow = openDatabase({ url: connectionString, applicationName: 'test', poolSize: 1 });
    try {
      expect(waitingForConnection(narrow)).toBe(0);
      const queries = [1, 2, 3].map(() => narrow.raw('SELECT pg_sleep(0.3)').then());
      await world.until(() => Promise.resolve(waitingForConnection(narrow) === 2));
      await Promise.all(queries);
      expect(waitingForConnection(narrow)).toBe(0);
    } finally {
      await narrow.destroy();
    }
  });
});
