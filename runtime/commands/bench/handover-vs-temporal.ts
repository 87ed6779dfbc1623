import type { Client } from '@temporalio/client';

import { createOutbox } from '../../../database/bookings/outbox';
import type { BookingEvent } from '../../../domain/contracts/booking-workflow';
import { createHandOver } from '../../../engine/hand-over/hand-over';
import { addResidents, benchAnswers, type BenchCity, benchConcurrency, createBenchCity } from './bench-city';
import { type Figure, forEachAtOnce, median, round, seconds } from './measure';

const rounds = 5;
const bookings = 400;

/**
 * Handing `held` and `confirmed` of a booking over to its workflow and marking both delivered, beside a bare start and
 * signal of the same number of workflows with the same size of payload, in turn. No worker polls on either side: what
 * the workflows then do is the same work later.
 */
export async function handoverVsTemporal(serverUrl: string, client: Client): Promise<Figure> {
  const city = await createBenchCity(serverUrl, 'toki_bench_handover');
  try {
    const bare: number[] = [];
    const handed: number[] = [];
    for (let turn = 0; turn <= rounds; turn++) {
      const rates = {
        bare: await bareRate(client, await makeEvents(city)),
        handed: await handOverRate(city, client, await makeEvents(city)),
      };
      if (turn > 0) {
        bare.push(rates.bare);
        handed.push(rates.handed);
      }
    }
    const value = median(handed.map((rate, index) => rate / (bare[index] ?? Number.NaN)));
    return {
      name: 'handoverVsTemporal',
      value: round(value),
      wanted: '>= 0.9',
      holds: value >= 0.9,
      detail: {
        'handed over, bookings /s': round(median(handed), 0),
        'bare start + signal /s': round(median(bare), 0),
        'bookings per round': bookings,
      },
    };
  } finally {
    await city.close();
  }
}

async function makeEvents(city: BenchCity): Promise<(readonly [BookingEvent, BookingEvent])[]> {
  const residents = await addResidents(city, bookings);
  const events: (readonly [BookingEvent, BookingEvent])[] = [];
  await forEachAtOnce(residents, benchConcurrency, async (residentId, index) => {
    const held = await city.bookings.hold({
      residentId,
      slotId: city.slotIds[index % city.slotIds.length] as string,
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    const confirmed = held.ok
      ? await city.bookings.confirm({
          residentId,
          bookingId: held.booking.id,
          answers: benchAnswers,
          channel: 'web',
          actor: 'citizen',
        })
      : held;
    if (!held.ok || !confirmed.ok || !held.events[0] || !confirmed.events[0]) throw new Error('a booking was refused');
    events.push([held.events[0], confirmed.events[0]]);
  });
  return events;
}

async function bareRate(client: Client, events: readonly (readonly [BookingEvent, BookingEvent])[]): Promise<number> {
  const taken = await seconds(() =>
    forEachAtOnce(events, 48, async ([held, confirmed]) => {
      const handle = await client.workflow.start('bench', {
        workflowId: `bench/${held.bookingId}`,
        taskQueue: 'bench',
        args: [held],
      });
      await handle.signal('event', confirmed);
    }),
  );
  return events.length / taken;
}

async function handOverRate(
  city: BenchCity,
  client: Client,
  events: readonly (readonly [BookingEvent, BookingEvent])[],
): Promise<number> {
  const outbox = createOutbox(city.database);
  const problems: unknown[] = [];
  const handOver = createHandOver({
    client,
    outbox,
    programmes: city.programmes,
    maxAgeMs: 600_000,
    log: {
      info: () => undefined,
      warn: (detail: unknown) => problems.push(detail),
      error: (detail: unknown) => problems.push(detail),
    },
  });
  const taken = await seconds(async () => {
    for (const [held] of events) handOver.offer([held]);
    await handOver.drain();
    for (const [, confirmed] of events) handOver.offer([confirmed]);
    await handOver.drain();
  });
  const { rows } = await city.database.raw<{ rows: { count: number }[] }>(
    'SELECT count(*)::int FROM booking_event WHERE delivered_at IS NULL AND booking_id = ANY(?)',
    [events.map(([held]) => held.bookingId)],
  );
  if (rows[0]?.count !== 0)
    throw new Error(`${String(rows[0]?.count)} events were not delivered: ${JSON.stringify(problems[0])}`);
  return events.length / taken;
}
