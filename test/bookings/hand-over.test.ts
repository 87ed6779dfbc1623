import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { createHandOver } from '../../engine/hand-over/hand-over';
import { createRelay } from '../../engine/hand-over/relay';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

interface Line {
  readonly level: string;
  readonly message: string;
}

function recordingLog() {
  const lines: Line[] = [];
  const at = (level: string) => (_fields: object, message: string) => {
    lines.push({ level, message });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

function dependencies() {
  return { client: world.client, outbox: world.outbox, programmes: world.programmes, log: recordingLog() };
}

/** Holds that are committed and not handed over. */
async function holds(count: number): Promise<BookingEvent[]> {
  const appointments = await Promise.all(Array.from({ length: count }, () => world.hold({ deliver: false })));
  return (await Promise.all(appointments.map(({ bookingId }) => world.outbox.eventsOf(bookingId, 0)))).flat();
}

async function undelivered(events: readonly BookingEvent[]): Promise<number> {
  return (
    await world.city
      .database('booking_event')
      .whereIn(
        'booking_id',
        events.map((event) => event.bookingId),
      )
      .whereNull('delivered_at')
  ).length;
}

describe('the hand-over', () => {
  test('hands over beside the request and marks what was taken', async () => {
    const handOver = createHandOver(dependencies());
    const events = await holds(20);
    handOver.offer(events);
    expect(await undelivered(events)).toBe(20);
    await handOver.drain();
    expect(await undelivered(events)).toBe(0);
    for (const { bookingId } of events) expect((await world.timeline(bookingId)).state).toBe('held');
  });

  test('keeps the order of a booking’s events, however quickly they follow', async () => {
    const handOver = createHandOver(dependencies());
    const appointment = await world.hold({ deliver: false });
    handOver.offer(await world.outbox.eventsOf(appointment.bookingId, 0));
    const confirmed = await world.confirm(appointment, { deliver: false });
    handOver.offer(confirmed.events);
    const cancelled = await world.city.bookings.cancelByCity(appointment.bookingId, 'city');
    if (cancelled.ok) handOver.offer(cancelled.events);
    await handOver.drain();
    expect(await world.handle(appointment.bookingId).result()).toBe('cancelled');
    const names = (await world.history(appointment.bookingId)).length;
    expect(names).toBeLessThan(35);
  });

  test('leaves to the relay what does not fit into its queue', async () => {
    const handOver = createHandOver({ ...dependencies(), concurrency: 1, queueLimit: 3 });
    const events = await holds(10);
    handOver.offer(events);
    await handOver.drain();
    const left = await undelivered(events);
    expect(left).toBeGreaterThanOrEqual(6);

    const relay = createRelay({ ...dependencies(), olderThanMs: 0, pollMs: 20 });
    relay.start();
    await world.until(async () => (await undelivered(events)) === 0);
    await relay.stop();
  });

  test('does not wait for a Temporal that is not there, says so once, and stops trying for a while', async () => {
    const nowhere = createTemporalClient({ address: '127.0.0.1:9', namespace: 'default' }, world.city.keys);
    const log = recordingLog();
    const handOver = createHandOver({ ...dependencies(), client: nowhere, log });
    const events = await holds(30);
    const started = Date.now();
    handOver.offer(events);
    expect(Date.now() - started).toBeLessThan(100);
    await handOver.drain();
    expect(await undelivered(events)).toBe(30);
    expect(log.lines).toEqual([{ level: 'warn', message: 'Temporal does not answer: events are left to the relay' }]);
    handOver.offer(events);
    await handOver.drain();
    expect(log.lines).toHaveLength(1);
    await nowhere.connection.close();
  });
});

describe('the relay', () => {
  test('takes up what was not acknowledged; several of them share the work', async () => {
    const events = await holds(30);
    const relays = [1, 2, 3].map(() => createRelay({ ...dependencies(), olderThanMs: 0, pollMs: 20 }));
    for (const relay of relays) relay.start();
    await world.until(async () => (await undelivered(events)) === 0);
    for (const relay of relays) await relay.stop();
    for (const { bookingId } of events) {
      const signals = (await world.history(bookingId)).filter(
        (event) => event.workflowExecutionSignaledEventAttributes,
      );
      expect(signals).toEqual([]);
    }
  });

  test('leaves young events to the hand-over', async () => {
    const events = await holds(3);
    const relay = createRelay({ ...dependencies(), olderThanMs: 60_000, pollMs: 20 });
    relay.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await relay.stop();
    expect(await undelivered(events)).toBe(3);
    await world.deliver(events.slice(0, 1));
  });

  test('goes on with the others when one booking cannot be handed over', async () => {
    const events = await holds(5);
    const [broken] = events;
    if (!broken) throw new Error('no hold');
    // Its workflow was lost, and what comes next cannot be read.
    await world.outbox.markDelivered([broken]);
    await world.city
      .database('booking_event')
      .insert({ booking_id: broken.bookingId, version: 99, type: 'released', actor: 'system', facts: '{}' });
    const log = recordingLog();
    const relay = createRelay({ ...dependencies(), log, olderThanMs: 0, pollMs: 20 });
    relay.start();
    await world.until(async () => (await undelivered(events.slice(1))) === 0);
    await relay.stop();
    expect(log.lines).toContainEqual({ level: 'error', message: 'an event cannot be handed over' });
  });

  test('survives an outage of the database and of Temporal with one line each, and goes on afterwards', async () => {
    const events = await holds(2);
    const nowhere = createTemporalClient({ address: '127.0.0.1:9', namespace: 'default' }, world.city.keys);
    const log = recordingLog();
    const away = createRelay({ ...dependencies(), client: nowhere, log, olderThanMs: 0, pollMs: 20 });
    away.start();
    await world.until(() => Promise.resolve(log.lines.length > 0));
    await away.stop();
    await nowhere.connection.close();
    expect(log.lines[0]).toEqual({ level: 'warn', message: 'the relay could not go on and will try again' });
    expect(await undelivered(events)).toBe(2);

    const relay = createRelay({ ...dependencies(), olderThanMs: 0, pollMs: 20 });
    relay.start();
    await world.until(async () => (await undelivered(events)) === 0);
    await relay.stop();
  });
});
