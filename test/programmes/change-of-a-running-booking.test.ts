import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import type { JourneyStep, ProgrammeDocument } from '../../domain/programmes/document';
import { type Appointment, type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { runningChange } from '../worlds/running-change';

const reminder = (id: string, days: number, at: string): JourneyStep => ({
  id,
  on: 'confirmed',
  when: { kind: 'days_before', days, at },
  template: 'reminder',
});
const now: JourneyStep = { id: 'confirmation', on: 'confirmed', when: { kind: 'now' }, template: 'confirmation' };
const journey =
  (...steps: JourneyStep[]) =>
  (document: ProgrammeDocument) => {
    document.journey = [now, ...steps];
  };

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld({ change: journey(reminder('kept', 1, '18:00'), reminder('old', 1, '09:00')) });
});
afterAll(() => world.close());

const told = async (bookingId: string) =>
  (await world.notices.ofBooking(bookingId)).map(({ step, occurrence, status, skipReason }) => [
    step,
    occurrence,
    status,
    skipReason,
  ]);

async function booked(daysAhead: number): Promise<Appointment> {
  const appointment = await world.book({ daysAhead });
  // The row says "sent" before the workflow has been told: only its own list says that it knows.
  await world.until(async () =>
    (await world.timeline(appointment.bookingId)).done.some(
      ({ kind, name }) => kind === 'notice' && name === 'confirmation',
    ),
  );
  return appointment;
}

/** Brings the booking under a version with that journey. */
async function change({ bookingId }: Appointment, steps: JourneyStep[], deliver = true) {
  const { changeId, published } = await runningChange(world.city, journey(...steps));
  const result = await world.city.bookings.changeVersion(bookingId, changeId);
  if (result.outcome !== 'moved') throw new Error(result.outcome);
  if (deliver) {
    await world.deliver([result.event]);
    await world.until(async () => (await world.timeline(bookingId)).version === result.event.version);
  }
  return { published, event: result.event };
}

test('a confirmed booking gets the new reminder and not the old one; what both have it gets once; nothing past is sent late', async () => {
  const appointment = await booked(8);
  const { bookingId, startsAt } = appointment;
  const day = cityDate(startsAt);
  const { published } = await change(appointment, [
    reminder('kept', 1, '18:00'),
    reminder('new', 2, '09:00'),
    reminder('too-early', 9, '09:00'),
  ]);
  const timeline = await world.timeline(bookingId);
  expect(timeline.toCome.map(({ name, at }) => [name, at]).filter(([name]) => name !== 'no_show')).toEqual([
    ['new', instantOf(addDays(day, -2), '09:00').toISOString()],
    ['kept', instantOf(addDays(day, -1), '18:00').toISOString()],
  ]);
  expect(timeline.done.at(-1)).toMatchObject({ kind: 'event', name: 'programme_changed', label: '事業の版の変更' });
  expect(
    await world.until(async () =>
      (await world.searchAttributes(bookingId))['ProgrammeVersion'] === published.number ? published.number : undefined,
    ),
  ).toBe(published.number);
  expect(await world.finish(bookingId)).toBe('no_show');
  expect((await told(bookingId)).filter(([step]) => step !== 'no_show')).toEqual([
    ['confirmation', 'first', 'sent', null],
    ['new', 'first', 'sent', null],
    ['kept', 'first', 'sent', null],
  ]);
});

test('a reminder that is out is not sent again, though the new version has it later; one that was moved is sent at its new time', async () => {
  const appointment = await booked(12);
  const { bookingId, startsAt } = appointment;
  await change(appointment, [reminder('kept', 9, '09:00'), reminder('moved', 3, '09:00')]);
  const day = cityDate(startsAt);
  await world.goTo(bookingId, instantOf(addDays(day, -9), '09:01'));
  await world.until(async () =>
    (await told(bookingId)).some(([step, , status]) => step === 'kept' && status === 'sent'),
  );
  // The rows say what is out; the clock of the booking runs ahead of the database's, as it would not in a city.
  const { event } = await change(appointment, [reminder('kept', 1, '09:00'), reminder('moved', 2, '12:00')], false);
  await world.deliver([{ ...event, at: instantOf(addDays(day, -8), '09:00').toISOString() }]);
  await world.until(async () => (await world.timeline(bookingId)).version === event.version);
  expect(
    (await world.timeline(bookingId)).toCome.map(({ name, at }) => [name, at]).filter(([name]) => name !== 'no_show'),
  ).toEqual([['moved', instantOf(addDays(day, -2), '12:00').toISOString()]]);
  await world.finish(bookingId);
  const steps = (await told(bookingId)).map(([step]) => step);
  expect([steps.filter((step) => step === 'kept').length, steps.filter((step) => step === 'moved').length]).toEqual([
    1, 1,
  ]);
});

test('a change that comes without its journey (an older relay) is read from the database', async () => {
  const appointment = await booked(6);
  const { event } = await change(appointment, [reminder('other', 1, '10:00')], false);
  await world.handle(appointment.bookingId).signal('bookingEvent', event);
  await world.goTo(appointment.bookingId, new Date(Date.now() + 60_000));
  await world.until(async () =>
    (await world.timeline(appointment.bookingId)).toCome.some(({ name }) => name === 'other'),
  );
  expect((await world.timeline(appointment.bookingId)).version).toBe(event.version);
  await world.handOver(await world.city.bookings.cancelByCity(appointment.bookingId, 'city'));
  await world.handle(appointment.bookingId).result();
});

test('a notice that is on its way under the old version is not sent when the new one has no such step', async () => {
  const appointment = await booked(7);
  await change(appointment, []);
  expect(await createOutcome(appointment.bookingId, 'old')).toMatchObject({
    status: 'skipped',
    skipReason: 'not_in_version',
  });
  await world.handOver(await world.city.bookings.cancelByCity(appointment.bookingId, 'city'));
  await world.handle(appointment.bookingId).result();
});

/** What becomes of a step's notice that was due before the change, and is tried now. */
async function createOutcome(bookingId: string, step: string) {
  await world.client.workflow
    .execute('noticeAgain', {
      workflowId: `notice/late-${bookingId}`,
      taskQueue: 'booking',
      args: [{ bookingId, step, occurrence: 'first', requestId: 'late' }],
    })
    .catch(() => undefined);
  return world.notices.find({ bookingId, step, occurrence: 'first' });
}
