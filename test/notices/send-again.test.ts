import { randomUUID } from 'node:crypto';

import { againOccurrence } from '../../domain/contracts/booking-workflow';
import { createNoticeSender } from '../../engine/requests/send-notice-again';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

/** Asks for the confirmation of a booking once more, as the staff app does. */
async function again(bookingId: string, step: string) {
  const requestId = randomUUID();
  const first = await world.notices.find({ bookingId, step, occurrence: 'first' });
  const row = await world.notices.reserveAgain(first.id, requestId, 3);
  if (typeof row === 'string') throw new Error(row);
  return {
    row,
    answer: await createNoticeSender(world.client)({
      bookingId,
      step,
      occurrence: againOccurrence(requestId),
      requestId,
    }),
  };
}

const confirmed = async () => {
  const appointment = await world.book();
  await world.until(async () => (await world.messages(appointment.bookingId)).length === 1);
  return appointment;
};
const statusOf = (id: string) =>
  world.until(async () => {
    const row = await world.notices.byId(id);
    return row && row.status !== 'queued' && row.status !== 'sending' && row.status;
  });

test('the booking’s own workflow sends it, under the row that was reserved', async () => {
  const { bookingId } = await confirmed();
  const { row, answer } = await again(bookingId, 'confirmation');
  expect(answer).toBe('accepted');
  expect(await statusOf(row.id)).toBe('sent');
  expect(await world.messages(bookingId)).toHaveLength(2);
  await world.until(async () =>
    (await world.timeline(bookingId)).done.some((entry) => entry.label === '予約確定のお知らせ（再送）'),
  );
});

test('after the booking has ended it is sent as well: a cancellation must reach its person', async () => {
  const { bookingId, residentId } = await confirmed();
  await world.handOver(await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }));
  await world.handle(bookingId).result();
  const { row, answer } = await again(bookingId, 'cancellation');
  expect(answer).toBe('accepted');
  expect(await statusOf(row.id)).toBe('sent');
  // What is not true any more is not said once more.
  const late = await again(bookingId, 'confirmation');
  expect(await statusOf(late.row.id)).toBe('skipped');
  expect((await world.messages(bookingId)).map((message) => message.subject.includes('取り消し'))).toEqual([
    false,
    true,
    true,
  ]);
});

test('a step that was never sent is refused', async () => {
  const { bookingId } = await confirmed();
  const requestId = randomUUID();
  expect(
    await createNoticeSender(world.client)({
      bookingId,
      step: 'reminder',
      occurrence: againOccurrence(requestId),
      requestId,
    }),
  ).toBe('refused');
});

test('a person without an address is called about what they do not know: the reminder, what the city cancelled; not what they did themselves', async () => {
  const causes = async (residentId: string) =>
    (await world.city.database('callback').where({ resident_id: residentId }).select<{ cause: string }[]>('cause')).map(
      (row) => row.cause,
    );
  const settled = (bookingId: string, step: string) =>
    world.until(async () =>
      (await world.notices.ofBooking(bookingId)).some((notice) => notice.step === step && notice.status === 'skipped'),
    );
  const own = await world.book({ email: null });
  await settled(own.bookingId, 'confirmation');
  await world.handOver(
    await world.city.bookings.cancel({
      residentId: own.residentId,
      bookingId: own.bookingId,
      channel: 'web',
      actor: 'citizen',
    }),
  );
  await settled(own.bookingId, 'cancellation');
  expect(await causes(own.residentId)).toEqual([]);

  const city = await world.book({ email: null });
  await settled(city.bookingId, 'confirmation');
  await world.handOver(await world.city.bookings.cancelByCity(city.bookingId, 'city'));
  await settled(city.bookingId, 'cancellation');
  expect(await causes(city.residentId)).toEqual(['no_address']);

  const reminded = await world.book({ email: null });
  await world.goTo(reminded.bookingId, new Date(reminded.startsAt.getTime() - 3_600_000));
  await settled(reminded.bookingId, 'reminder');
  expect(await causes(reminded.residentId)).toEqual(['no_address']);
});
