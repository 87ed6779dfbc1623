import { WorkflowUpdateFailedError } from '@temporalio/client';

import {
  type BookingEvent,
  bookingEventSignalName,
  bookingTaskQueue,
  bookingWorkflowId,
  bookingWorkflowType,
  cancelUpdateName,
  type NoticeOutcome,
  resendNoticeUpdateName,
} from '../../domain/contracts/booking-workflow';
import { planJourney } from '../../domain/notices/journey-plan';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

async function sent(bookingId: string): Promise<string[]> {
  return (await world.notices.ofBooking(bookingId))
    .filter((notice) => notice.status === 'sent')
    .map((notice) => notice.step);
}

/** The stored events of a booking as they travel. */
async function eventsOf(bookingId: string): Promise<BookingEvent[]> {
  const events = await world.outbox.eventsOf(bookingId, 0);
  const journey = planJourney(world.city.version.document, 1);
  return events.map((event) => (event.type === 'confirmed' ? { ...event, facts: { ...event.facts, journey } } : event));
}

describe('events', () => {
  test('that come twice, by hand-over and relay, are applied once', async () => {
    const { bookingId } = await world.book();
    const events = await world.outbox.eventsOf(bookingId, 0);
    await world.deliver(events);
    await world.deliver(events.slice(1));
    await world.until(async () => (await sent(bookingId)).length === 1);
    expect(
      (await world.timeline(bookingId)).done.filter((entry) => entry.kind === 'event').map((entry) => entry.name),
    ).toEqual(['held', 'confirmed']);
    expect(await world.messages(bookingId)).toHaveLength(1);
  });

  test('in the wrong order are applied in the right one', async () => {
    const appointment = await world.hold({ deliver: false });
    await world.confirm(appointment, { deliver: false });
    await world.city.bookings.cancelByCity(appointment.bookingId, 'city');
    const [held, confirmed, cancelled] = await eventsOf(appointment.bookingId);
    const handle = await world.client.workflow.signalWithStart(bookingWorkflowType, {
      workflowId: bookingWorkflowId(appointment.bookingId),
      taskQueue: bookingTaskQueue,
      args: [{ bookingId: appointment.bookingId }],
      signal: bookingEventSignalName,
      signalArgs: [cancelled],
    });
    await handle.signal(bookingEventSignalName, confirmed);
    await handle.signal(bookingEventSignalName, held);
    expect(await handle.result()).toBe('cancelled');
    // The confirmation was overtaken by the end: only what is still true is told.
    expect((await world.messages(appointment.bookingId)).map((message) => message.subject)).toEqual([
      '【新潟市】1回目の予約を取り消しました',
    ]);
  });

  test('that never come are fetched from the database after ten seconds', async () => {
    const appointment = await world.hold({ deliver: false });
    const change = await world.confirm(appointment, { deliver: false });
    await world.deliver(change.events);
    expect((await world.timeline(appointment.bookingId)).state).toBe('waiting');
    await world.goTo(appointment.bookingId, new Date(Date.now() + 15_000));
    await world.until(async () => (await sent(appointment.bookingId)).length === 1);
    expect((await world.timeline(appointment.bookingId)).done.map((entry) => entry.name).slice(0, 2)).toEqual([
      'held',
      'confirmed',
    ]);
  });

  test('that met on the way start the workflow together', async () => {
    const appointment = await world.hold({ deliver: false });
    await world.confirm(appointment, { deliver: false });
    await world.deliver(await world.outbox.eventsOf(appointment.bookingId, 0));
    await world.until(async () => (await sent(appointment.bookingId)).length === 1);
    expect((await world.timeline(appointment.bookingId)).state).toBe('confirmed');
  });

  test('for a workflow that has ended count as delivered', async () => {
    const { residentId, bookingId } = await world.hold();
    await world.handOver(await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }));
    await world.handle(bookingId).result();
    await expect(world.deliver(await world.outbox.eventsOf(bookingId, 0))).resolves.toBeUndefined();
    await expect(world.deliver(await world.outbox.eventsOf(bookingId, 1))).resolves.toBeUndefined();
  });
});

describe('the update cancelBooking', () => {
  test('cancels in the database, tells the citizen and ends the workflow', async () => {
    const { bookingId } = await world.book();
    await world.until(async () => (await sent(bookingId)).length === 1);
    expect(await world.handle(bookingId).executeUpdate(cancelUpdateName, { args: [{ reason: 'operator' }] })).toEqual({
      state: 'cancelled',
    });
    expect(await world.handle(bookingId).result()).toBe('cancelled');
    expect(await world.city.bookings.find(bookingId)).toMatchObject({ state: 'cancelled', endReason: 'operator' });
    expect(await sent(bookingId)).toEqual(['confirmation', 'cancellation']);
    expect(
      await world.city.database('booking_event').where({ booking_id: bookingId }).whereNull('delivered_at'),
    ).toEqual([]);
  });

  test.each([
    [undefined, '入力は {"reason": "operator"}'],
    [{}, '入力は {"reason": "operator"}'],
    [{ reason: 'moved' }, '入力は {"reason": "operator"}'],
  ])('refuses the input %j before anything happens', async (input, words) => {
    const { bookingId } = await world.book();
    const update = world.handle(bookingId).executeUpdate<unknown, [unknown]>(cancelUpdateName, { args: [input] });
    await expect(update).rejects.toMatchObject({ cause: { message: expect.stringContaining(words) as string } });
    await expect(update).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
    expect((await world.city.bookings.find(bookingId))?.state).toBe('confirmed');
  });

  test('refuses a hold, which ends by itself', async () => {
    const { bookingId } = await world.hold();
    const update = world.handle(bookingId).executeUpdate(cancelUpdateName, { args: [{ reason: 'city' }] });
    await expect(update).rejects.toMatchObject({
      cause: { message: expect.stringContaining('まだ確定していない') as string },
    });
  });

  test('tells what the database said when it decides otherwise', async () => {
    const appointment = await world.book();
    // The workflow knows of the confirmation; of the check-in it does not, because nobody hands it over.
    await world.until(async () => (await sent(appointment.bookingId)).length === 1);
    await world.city.bookings.checkIn(appointment.bookingId, 'venue');
    const update = world.handle(appointment.bookingId).executeUpdate(cancelUpdateName, { args: [{ reason: 'city' }] });
    await expect(update).rejects.toMatchObject({ cause: { type: 'not_confirmed' } });
  });
});

describe('the update resendNotice', () => {
  test('sends a notice once more, and the same request only once', async () => {
    const { bookingId } = await world.book();
    await world.until(async () => (await world.timeline(bookingId)).done.length === 3);
    const handle = world.handle(bookingId);
    const again = { args: [{ step: 'confirmation' }] as [{ step: string }], updateId: 'request-1' };
    expect(await handle.executeUpdate<NoticeOutcome, [{ step: string }]>(resendNoticeUpdateName, again)).toEqual({
      status: 'sent',
    });
    await handle.executeUpdate(resendNoticeUpdateName, again);
    expect(await world.messages(bookingId)).toHaveLength(2);
    await handle.executeUpdate(resendNoticeUpdateName, { ...again, updateId: 'request-2' });
    expect(await world.messages(bookingId)).toHaveLength(3);
    expect((await world.timeline(bookingId)).done.map((entry) => entry.label).slice(-2)).toEqual([
      '予約確定のお知らせ（再送）',
      '予約確定のお知らせ（再送）',
    ]);
  });

  test.each([[{ step: 'reminder' }], [{ step: 'nothing' }], [{}]])(
    'refuses %j, which was not sent yet, and says what can be',
    async (input) => {
      const { bookingId } = await world.book();
      await world.until(async () => (await world.timeline(bookingId)).done.length === 3);
      const update = world.handle(bookingId).executeUpdate(resendNoticeUpdateName, { args: [input] });
      await expect(update).rejects.toMatchObject({
        cause: { message: expect.stringContaining('{"step": "confirmation"}') as string },
      });
    },
  );
});
