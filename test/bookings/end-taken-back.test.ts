import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

const subjects = async (bookingId: string) =>
  (await world.messages(bookingId)).map((message) => message.subject.replace(/^【.*】/, ''));

async function attended(options: Parameters<BookingWorld['book']>[0] = {}) {
  const appointment = await world.book(options);
  await world.until(async () => (await world.timeline(appointment.bookingId)).done.length >= 3);
  await world.goTo(appointment.bookingId, appointment.startsAt);
  await world.handOver(await world.city.bookings.checkIn(appointment.bookingId, 'venue'));
  expect(await world.handle(appointment.bookingId).result()).toBe('attended');
  return appointment;
}

test('a check-in undone after the workflow ended: a new run waits for the person again, and nobody is told twice', async () => {
  const { bookingId } = await attended();
  const before = await subjects(bookingId);
  await world.handOver(await world.city.bookings.undoCheckIn(bookingId, 'venue'));
  const timeline = await world.until(async () => {
    const now = await world.timeline(bookingId);
    return now.state === 'confirmed' && now;
  });
  expect(timeline.done.filter((entry) => entry.kind === 'event').map((entry) => entry.label)).toEqual([
    '仮押さえ',
    '予約済み',
    '来場済み',
    '来場の取り消し',
  ]);
  expect(await world.searchAttributes(bookingId)).toMatchObject({ BookingStatus: 'confirmed' });
  await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
  expect(await world.handle(bookingId).result()).toBe('attended');
  expect(await subjects(bookingId)).toEqual(before);
  expect(before.filter((subject) => subject === '2回目の予約のご案内')).toHaveLength(1);
});

test('who does not come after an undone check-in counts as not come in the end', async () => {
  const { bookingId } = await attended({ time: '11:00' });
  await world.handOver(await world.city.bookings.undoCheckIn(bookingId, 'venue'));
  await world.until(async () => (await world.timeline(bookingId)).state === 'confirmed');
  expect(await world.finish(bookingId)).toBe('no_show');
  expect(await world.city.bookings.find(bookingId)).toMatchObject({ state: 'no_show' });
});

test('a person who counted as not come was there: the next dose is offered to them', async () => {
  const { bookingId } = await world.book({ time: '12:00' });
  await world.until(async () => (await world.timeline(bookingId)).done.length >= 3);
  expect(await world.finish(bookingId)).toBe('no_show');
  await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
  expect(
    await world.until(
      async () =>
        (await world.handle(bookingId).describe()).status.name === 'COMPLETED' &&
        (await world.handle(bookingId).result()) === 'attended',
    ),
  ).toBe(true);
  expect(await subjects(bookingId)).toContain('2回目の予約のご案内');
});

test('handed over twice, late and out of order, it comes to the same', async () => {
  const { bookingId } = await attended({ time: '13:00' });
  const undone = await world.city.bookings.undoCheckIn(bookingId, 'venue');
  const again = await world.city.bookings.checkIn(bookingId, 'venue');
  if (!undone.ok || !again.ok) throw new Error('refused');
  await world.deliver(again.events);
  await world.deliver(undone.events);
  await world.deliver(undone.events);
  expect(
    await world.until(
      async () =>
        (await world.handle(bookingId).describe()).status.name === 'COMPLETED' &&
        ((await world.handle(bookingId).result()) as string),
    ),
  ).toBe('attended');
  expect((await subjects(bookingId)).filter((subject) => subject === '2回目の予約のご案内')).toHaveLength(1);
});
