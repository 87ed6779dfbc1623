import type { BookingView } from '../../database/bookings/bookings';
import { addDays, cityDate, cityTime, instantOf } from '../../domain/calendar/city-time';
import { overToday, underWayToday } from '../support/today';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

let city: TestCity;
beforeAll(async () => {
  city = await createTestCity();
});
afterAll(() => city.close());

/** A slot of today with seats of the venue that is under way, or over. */
async function slotToday({ capacity = 1, dose = 1, over = false } = {}): Promise<string> {
  const id = await city.addSlot({
    daysAhead: 30,
    dose,
    capacity,
    channel: 'venue',
    time: `${String(8 + (times % 12)).padStart(2, '0')}:${String((times++ / 12) | 0).padStart(2, '0')}`,
  });
  await city
    .database('slot')
    .where({ id })
    .update(over ? overToday() : underWayToday());
  return id;
}
let times = 0;

async function confirmed(options: Parameters<TestCity['addSlot']>[0] = {}): Promise<BookingView> {
  const residentId = await city.addResident();
  const slotId = await city.addSlot({ capacity: 100, ...options });
  const held = await city.bookings.hold({
    residentId,
    slotId,
    dose: options.dose ?? 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  const done = await city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
  return done.booking;
}

const eventsOf = async (bookingId: string) =>
  (
    await city
      .database('booking_event')
      .where({ booking_id: bookingId })
      .orderBy('version')
      .select<{ type: string; facts: { state: string; takesEndBack?: true } }[]>('type', 'facts')
  ).map(({ type, facts }) => [type, facts.state, facts.takesEndBack ?? false]);

describe('undoing a check-in', () => {
  test('the booking is as before, and what drives it is told to begin again', async () => {
    const { id, slot } = await confirmed();
    await city.bookings.checkIn(id, 'venue');
    expect(await city.bookings.undoCheckIn(id, 'venue')).toMatchObject({
      ok: true,
      booking: { state: 'confirmed', endReason: null },
      replayed: false,
    });
    expect(await city.bookings.undoCheckIn(id, 'venue')).toMatchObject({ ok: true, events: [], replayed: true });
    expect(await city.bookings.checkIn(id, 'venue')).toMatchObject({ ok: true, booking: { state: 'attended' } });
    expect(await eventsOf(id)).toEqual([
      ['held', 'held', false],
      ['confirmed', 'confirmed', false],
      ['attended', 'attended', false],
      ['check_in_undone', 'confirmed', true],
      ['attended', 'attended', false],
    ]);
    expect((await city.seats(slot.id)).taken).toBe(1);
  });

  test('of two at the same moment one is made', async () => {
    const { id } = await confirmed({ daysAhead: 6 });
    await city.bookings.checkIn(id, 'venue');
    const results = await Promise.all([1, 2, 3, 4].map(() => city.bookings.undoCheckIn(id, 'venue')));
    expect(results.filter((result) => result.ok && !result.replayed)).toHaveLength(1);
    expect((await eventsOf(id)).filter(([type]) => type === 'check_in_undone')).toHaveLength(1);
  });

  test('is refused where nobody was checked in, and where the next dose was given', async () => {
    const cancelled = await confirmed({ daysAhead: 7 });
    await city.bookings.cancelByCity(cancelled.id, 'city');
    expect(await city.bookings.undoCheckIn(cancelled.id, 'venue')).toMatchObject({ code: 'not_checked_in' });
    const first = await confirmed({ daysAhead: 8 });
    await city.bookings.checkIn(first.id, 'venue');
    const slotId = await city.addSlot({ daysAhead: 40, dose: 2 });
    const held = await city.bookings.hold({
      residentId: first.residentId,
      slotId,
      dose: 2,
      channel: 'web',
      actor: 'citizen',
    });
    if (!held.ok) throw new Error(held.code);
    await city.bookings.confirm({
      residentId: first.residentId,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
    await city.bookings.checkIn(held.booking.id, 'venue');
    expect(await city.bookings.undoCheckIn(first.id, 'venue')).toMatchObject({ code: 'later_dose_given' });
  });

  test('the table itself allows no other way back', async () => {
    const { id } = await confirmed({ daysAhead: 9 });
    await city.bookings.cancelByCity(id, 'city');
    await expect(city.database('booking').where({ id }).update({ state: 'confirmed' })).rejects.toMatchObject({
      code: 'TK002',
    });
    await expect(city.database('booking').where({ id }).update({ state: 'attended' })).rejects.toMatchObject({
      code: 'TK002',
    });
  });
});

describe('a person who counted as not come', () => {
  test('was there after all', async () => {
    const { id, slot } = await confirmed({ daysAhead: 10 });
    await city.bookings.markNoShow(id, slot.endsAt.toISOString());
    expect(await city.bookings.checkIn(id, 'venue')).toMatchObject({ ok: true, booking: { state: 'attended' } });
    expect((await eventsOf(id)).slice(2)).toEqual([
      ['no_show', 'no_show', false],
      ['attended', 'attended', true],
    ]);
  });

  test('and has a new booking of the same dose: one of the two has to go first', async () => {
    const { id, residentId, slot } = await confirmed({ daysAhead: 11 });
    await city.bookings.markNoShow(id, slot.endsAt.toISOString());
    await city.bookings.hold({
      residentId,
      slotId: await city.addSlot({ daysAhead: 12 }),
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    expect(await city.bookings.checkIn(id, 'venue')).toMatchObject({ code: 'already_booked' });
  });
});

describe('a walk-in', () => {
  const walkIn = (residentId: string, slotId: string, more: object = {}) =>
    city.bookings.walkIn({ residentId, slotId, dose: 1, answers: validAnswers, ...more });

  test('takes a seat of the venue and is there, in one step', async () => {
    const slotId = await slotToday();
    const result = await walkIn(await city.addResident(), slotId);
    expect(result).toMatchObject({
      ok: true,
      booking: { state: 'attended', channel: 'venue', reference: expect.stringMatching(/^\d{9}$/) as unknown },
    });
    if (!result.ok) return;
    expect(result.events.map(({ type, version, actor }) => [type, version, actor])).toEqual([
      ['held', 1, 'venue'],
      ['confirmed', 2, 'venue'],
      ['attended', 3, 'venue'],
    ]);
    expect(await city.seats(slotId, 'venue')).toEqual({ taken: 1, capacity: 1 });
  });

  test('the last seat goes to one of twenty', async () => {
    const slotId = await slotToday();
    const people = await Promise.all(Array.from({ length: 20 }, () => city.addResident()));
    const results = await Promise.all(people.map((person) => walkIn(person, slotId)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(new Set(results.flatMap((result) => (result.ok ? [] : [result.code])))).toEqual(new Set(['slot_full']));
  });

  test('what is refused leaves nothing behind: no hold, no taken seat', async () => {
    const slotId = await slotToday({ capacity: 5 });
    const residentId = await city.addResident();
    expect(await walkIn(residentId, slotId, { answers: {} })).toMatchObject({ code: 'invalid_answers' });
    expect(await city.seats(slotId, 'venue')).toEqual({ taken: 0, capacity: 5 });
    expect(await city.bookings.listOf(residentId)).toEqual([]);
  });

  test('the double click gets the first answer', async () => {
    const slotId = await slotToday({ capacity: 5 });
    const residentId = await city.addResident();
    const results = await Promise.all([1, 2].map(() => walkIn(residentId, slotId, { idempotencyKey: 'click' })));
    expect(new Set(results.map((result) => (result.ok ? result.booking.id : result.code))).size).toBe(1);
    expect(await city.seats(slotId, 'venue')).toEqual({ taken: 1, capacity: 5 });
  });

  test.each([
    [
      'who has a booking for the dose',
      async () => [(await confirmed({ daysAhead: 13 })).residentId, await slotToday()],
      'already_booked',
    ],
    ['in a time that is over', async () => [await city.addResident(), await slotToday({ over: true })], 'slot_past'],
    [
      'whose group is not invited yet',
      async () => [await city.addResident({ groupCode: 'nobody' }), await slotToday()],
      'not_eligible',
    ],
    [
      'of another day',
      async () => [await city.addResident(), await city.addSlot({ daysAhead: 5, time: '16:00', channel: 'venue' })],
      'outside_window',
    ],
    [
      'for the second dose without a first',
      async () => [await city.addResident(), await slotToday({ dose: 2 }), 2],
      'previous_dose_missing',
    ],
    [
      'on the seats of another channel',
      async () => {
        const slot = await city.addSlot({ daysAhead: 31, channel: 'web' });
        await city.database('slot').where({ id: slot }).update(underWayToday());
        return [await city.addResident(), slot];
      },
      'slot_full',
    ],
  ] as const)('%s is refused', async (_name, make, code) => {
    const [residentId, slotId, dose = 1] = (await make()) as [string, string, number?];
    expect(await city.bookings.walkIn({ residentId, slotId, dose, answers: validAnswers })).toMatchObject({
      ok: false,
      code,
    });
  });

  test('the second dose too early is refused at the reception as everywhere (Tsu: 14 days instead of 21)', async () => {
    const first = await confirmed({ daysAhead: 14 });
    await city
      .database('slot')
      .where({ id: first.slot.id })
      .update({
        starts_at: instantOf(addDays(cityDate(new Date()), -14), cityTime(first.slot.startsAt)),
        ends_at: instantOf(addDays(cityDate(new Date()), -14), '23:00'),
      });
    await city.bookings.checkIn(first.id, 'venue');
    expect(await walkIn(first.residentId, await slotToday({ dose: 2 }), { dose: 2 })).toMatchObject({
      code: 'too_early_for_dose',
    });
  });
});
