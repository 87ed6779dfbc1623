import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import type { JourneyStep } from '../../domain/programmes/document';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

const step = (id: string, more: Partial<JourneyStep> & Pick<JourneyStep, 'on'>): JourneyStep => ({
  id,
  when: { kind: 'now' },
  template: 'confirmation',
  ...more,
});

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld({
    change: (document) => {
      Object.assign(document, {
        schema: 2,
        noticeCaps: { perBooking: 3, perDay: 20 },
        journey: [
          step('confirmation', { on: 'confirmed' }),
          step('only-second', { on: 'confirmed', conditions: [{ kind: 'dose', doses: [2] }] }),
          step('only-general', { on: 'confirmed', conditions: [{ kind: 'group', groups: ['general'] }] }),
          step('by-city', {
            on: 'cancelled',
            by: ['city'],
            template: 'cancellation',
            channels: ['line', 'email', 'callback'],
          }),
          step('three-days-after', {
            on: 'attended',
            when: { kind: 'days_after', days: 3, at: '09:00' },
            label: '体調のおたずね',
          }),
          step('next', {
            on: 'attended',
            when: { kind: 'next_dose_possible', at: '08:30', daysAhead: 1 },
            onlyWithoutNextDose: true,
            template: 'invitation',
          }),
          step('too-many', { on: 'attended', when: { kind: 'days_after', days: 60, at: '09:00' } }),
        ],
      });
    },
  });
});
afterAll(() => world.close());

const told = async (bookingId: string) =>
  (await world.notices.ofBooking(bookingId)).map((notice) => [notice.step, notice.status, notice.skipReason]);

test('what comes days after the appointment comes on its day and hour, up to the cap; what does not apply is left out', async () => {
  const { bookingId, startsAt } = await world.book();
  await world.until(
    async () => (await told(bookingId)).filter(([, status]) => status === 'sent' || status === 'skipped').length === 2,
  );
  expect(await told(bookingId)).toEqual(
    expect.arrayContaining([
      ['confirmation', 'sent', null],
      ['only-general', 'skipped', 'other_condition'],
    ]),
  );
  await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
  await world.until(async () => (await world.timeline(bookingId)).toCome.length === 3);
  const day = cityDate(startsAt);
  expect((await world.timeline(bookingId)).toCome.map((entry) => [entry.name, entry.label, entry.at])).toEqual([
    ['three-days-after', '体調のおたずね', instantOf(addDays(day, 3), '09:00').toISOString()],
    ['next', '次の回のご案内', instantOf(addDays(day, 20), '08:30').toISOString()],
    ['too-many', '60日後のお知らせ', instantOf(addDays(day, 60), '09:00').toISOString()],
  ]);
  await world.goTo(bookingId, instantOf(addDays(day, 3), '08:59'));
  expect(await told(bookingId)).toHaveLength(2);
  expect(await world.finish(bookingId)).toBe('attended');
  expect((await told(bookingId)).slice(2)).toEqual([
    ['three-days-after', 'sent', null],
    ['next', 'sent', null],
    ['too-many', 'skipped', 'cap_reached'],
  ]);
});

test('a cancellation is told only where the city made it; without an address staff are to call', async () => {
  const own = await world.book();
  await world.handOver(
    await world.city.bookings.cancel({
      residentId: own.residentId,
      bookingId: own.bookingId,
      channel: 'web',
      actor: 'citizen',
    }),
  );
  expect(await world.handle(own.bookingId).result()).toBe('cancelled');
  expect((await told(own.bookingId)).some(([id]) => id === 'by-city')).toBe(false);
  const called = await world.book({ email: null });
  await world.handOver(await world.city.bookings.cancelByCity(called.bookingId, 'city'));
  await world.handle(called.bookingId).result();
  expect(await told(called.bookingId)).toContainEqual(['by-city', 'skipped', 'no_address']);
  expect(await world.city.database('callback').where({ booking_id: called.bookingId })).toHaveLength(1);
});

test('a worker leaves a journey that is newer than itself to a newer one, and says so', async () => {
  const { bookingId } = await world.hold();
  const appointment = await world.city.bookings.find(bookingId);
  if (!appointment) throw new Error('it is held');
  const events = await world.outbox.eventsOf(bookingId, 0);
  const [held] = events;
  if (!held) throw new Error('there is its first event');
  await world.handle(bookingId).signal('bookingEvent', {
    ...held,
    version: 2,
    type: 'confirmed',
    facts: { ...held.facts, state: 'confirmed', journey: { schema: 99, noShowAfterHours: 1, steps: [] } },
  });
  const failure = await world.until(async () => {
    const { raw } = await world.handle(bookingId).describe();
    return raw.pendingWorkflowTask?.attempt !== undefined && Number(raw.pendingWorkflowTask.attempt) > 1;
  });
  expect(failure).toBe(true);
  await world.handle(bookingId).terminate();
});
