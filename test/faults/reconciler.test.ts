import { createReconciliation } from '../../database/bookings/reconciliation';
import { bookingWorkflowId } from '../../domain/contracts/booking-workflow';
import { createReconciler } from '../../engine/hand-over/reconciler';
import type { BackgroundLoop } from '../../engine/loops/background-loop';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
let reconciler: BackgroundLoop;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  world = await createBookingWorld();
  reconciler = createReconciler({
    client: world.client,
    bookings: world.city.bookings,
    outbox: world.outbox,
    programmes: world.programmes,
    reconciliation: createReconciliation(world.city.database),
    log: silent,
    everyMs: 100,
    holdPatienceMs: 0,
    pageSize: 3,
  });
});
afterAll(async () => {
  await reconciler.stop();
  await world.close();
});

async function confirmed() {
  const appointment = await world.book();
  await world.until(async () => (await world.timeline(appointment.bookingId)).done.length >= 3);
  return appointment;
}

async function isRunning(bookingId: string): Promise<boolean> {
  const description = await world
    .handle(bookingId)
    .describe()
    .catch(() => undefined);
  return description?.status.name === 'RUNNING';
}

test('workflows that Temporal lost, or that were ended by hand, live again and send nothing twice', async () => {
  const lost = await Promise.all(Array.from({ length: 7 }, confirmed));
  const ended = await confirmed();
  const untouched = await confirmed();
  const cancelled = await confirmed();
  await world.handOver(await world.city.bookings.cancelByCity(cancelled.bookingId, 'city'));
  await world.handle(cancelled.bookingId).result();

  for (const { bookingId } of [...lost, cancelled]) {
    const execution = { workflowId: bookingWorkflowId(bookingId) };
    await world.client.workflowService.deleteWorkflowExecution({
      namespace: world.client.options.namespace,
      workflowExecution: execution,
    });
    await world.until(async () => !(await isRunning(bookingId)));
  }
  await world.handle(ended.bookingId).terminate('by hand');
  const before = await world.handle(untouched.bookingId).describe();

  reconciler.start();
  for (const { bookingId } of [...lost, ended]) await world.until(() => isRunning(bookingId));
  for (const { bookingId } of [...lost, ended]) {
    await world.until(async () => (await world.timeline(bookingId)).done.length >= 3);
    expect(await world.messages(bookingId)).toHaveLength(1);
    expect((await world.timeline(bookingId)).toCome.map((entry) => entry.name)).toEqual(['reminder', 'no_show']);
  }
  await world.until(
    async () =>
      (
        await world
          .handle(cancelled.bookingId)
          .describe()
          .catch(() => undefined)
      )?.status.name === 'COMPLETED',
  );
  expect(await world.messages(cancelled.bookingId)).toHaveLength(2);
  expect((await world.handle(untouched.bookingId).describe()).runId).toBe(before.runId);
});

test('a hold that nothing has ended expires, and its seat is free again', async () => {
  reconciler.start();
  const { bookingId } = await world.hold({ deliver: false, time: '08:00' });
  await world.city
    .database('booking')
    .where({ id: bookingId })
    .update({ hold_expires_at: new Date(Date.now() - 60_000) });
  await world.until(async () => (await world.city.bookings.find(bookingId))?.state === 'expired');
  const booking = await world.city.bookings.find(bookingId);
  expect(await world.city.seats(booking?.slot.id ?? '')).toMatchObject({ taken: 0 });
});
