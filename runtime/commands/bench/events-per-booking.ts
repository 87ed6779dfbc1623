import type { Client } from '@temporalio/client';

import type { BookingChange } from '../../../database/bookings/bookings';
import { createOutbox } from '../../../database/bookings/outbox';
import { addDays, cityDate, instantOf } from '../../../domain/calendar/city-time';
import { bookingTaskQueue, bookingWorkflowId } from '../../../domain/contracts/booking-workflow';
import { createHandOver } from '../../../engine/hand-over/hand-over';
import { createTemporalClient } from '../../../engine/temporal/temporal-client';
import { namesWithoutTimeSkipping } from '../../../test/support/histories';
import { executionTime, fastForward } from '../../../test/support/time-skipping';
import { addResidents, benchAnswers, type BenchCity, createBenchCity } from './bench-city';
import type { Figure } from './measure';
import { startWorkerProcess } from './worker-process';

const most = 35;

/** History events of a booking that is held, confirmed, reminded and attended, on a real worker and a real server. */
export async function eventsPerBooking(serverUrl: string, temporalAddress: string): Promise<Figure> {
  const city = await createBenchCity(serverUrl, 'toki_bench_events');
  const client = createTemporalClient({ address: temporalAddress, namespace: 'default' }, city.keys);
  const worker = await startWorkerProcess(city, temporalAddress, bookingTaskQueue);
  try {
    const first = await eventsOfDose(city, client, 1);
    const last = await eventsOfDose(city, client, 2);
    return {
      name: 'eventsPerBooking',
      value: last,
      wanted: `<= ${String(most)}`,
      holds: last <= most,
      detail: {
        'last dose: held, confirmed, reminded, attended': last,
        'first dose: the same and an invitation to the next dose': first,
      },
    };
  } finally {
    await worker.stop();
    await client.connection.close();
    await city.close();
  }
}

async function eventsOfDose(city: BenchCity, client: Client, dose: number): Promise<number> {
  const [residentId] = await addResidents(city, 1);
  if (residentId === undefined) throw new Error('no resident');
  const handOver = createHandOver({
    client,
    outbox: createOutbox(city.database),
    programmes: city.programmes,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const done = async (change: BookingChange | { ok: false; code: string }): Promise<BookingChange> => {
    if (!change.ok) throw new Error(change.code);
    handOver.offer(change.events);
    await handOver.drain();
    return change;
  };
  // The dose before, without a workflow of its own.
  if (dose === 2) {
    const before = await city.bookings.hold({
      residentId,
      slotId: await slotFor(city, 1, 5),
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    if (!before.ok) throw new Error(before.code);
    await city.bookings.confirm({
      residentId,
      bookingId: before.booking.id,
      answers: benchAnswers,
      channel: 'web',
      actor: 'citizen',
    });
  }
  const slotId = await slotFor(city, dose, dose === 2 ? 40 : 10);
  const held = await done(await city.bookings.hold({ residentId, slotId, dose, channel: 'web', actor: 'citizen' }));
  const execution = { workflowId: bookingWorkflowId(held.booking.id) };
  const notices = (count: number) =>
    until(
      async () =>
        (await city.database('notice').where({ booking_id: held.booking.id, status: 'sent' })).length >= count,
    );
  await until(async () => (await client.workflow.getHandle(execution.workflowId).describe()).historyLength >= 5);
  await done(
    await city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: benchAnswers,
      channel: 'web',
      actor: 'citizen',
    }),
  );
  await notices(1);
  const clock = await executionTime(client.workflow, execution);
  await fastForward(client.workflow, execution, held.booking.slot.startsAt.getTime() - clock.getTime());
  await notices(2);
  await done(await city.bookings.checkIn(held.booking.id, 'venue'));
  await client.workflow.getHandle(execution.workflowId).result();
  const history = await client.workflow.getHandle(execution.workflowId).fetchHistory();
  return namesWithoutTimeSkipping(history.events ?? []).length;
}

async function slotFor(city: BenchCity, dose: number, daysAhead: number): Promise<string> {
  const { createSlotRepository } = await import('../../../database/schedule/slots.js');
  const startsAt = instantOf(addDays(cityDate(new Date()), daysAhead), '10:00');
  const endsAt = new Date(startsAt.getTime() + 1_800_000);
  const { id: venueId } = await city.database('venue').first<{ id: string }>('id');
  await createSlotRepository(city.database).addSlots(city.version.programmeId, venueId, null, [
    { dose, startsAt, endsAt, quotas: [{ channel: 'web', capacity: 10 }] },
  ]);
  return (
    await city.database('slot').where({ dose, starts_at: startsAt, venue_id: venueId }).first<{ id: string }>('id')
  ).id;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('what was waited for did not happen within 30 s');
}
