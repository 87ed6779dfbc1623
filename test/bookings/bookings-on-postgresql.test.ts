import { v7 as uuidv7 } from 'uuid';

import { createOutbox } from '../../database/bookings/outbox';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

const citizen = { channel: 'web', actor: 'citizen' } as const;

describe('booking, on real PostgreSQL', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity();
  });
  afterAll(() => city.close());

  async function held(input: { residentId?: string; slotId?: string; dose?: number; replaces?: string } = {}) {
    const residentId = input.residentId ?? (await city.addResident());
    const slotId = input.slotId ?? (await city.addSlot({ daysAhead: 5, time: '09:00' }));
    const result = await city.bookings.hold({
      ...citizen,
      residentId,
      slotId,
      dose: input.dose ?? 1,
      ...(input.replaces ? { replaces: input.replaces } : {}),
    });
    if (!result.ok) throw new Error(`refused: ${result.code}`);
    return { residentId, booking: result.booking, events: result.events };
  }

  async function confirmed(input: Parameters<typeof held>[0] = {}) {
    const { residentId, booking } = await held(input);
    const result = await city.bookings.confirm({
      ...citizen,
      residentId,
      bookingId: booking.id,
      answers: validAnswers,
    });
    if (!result.ok) throw new Error(`refused: ${result.code}`);
    return { residentId, booking: result.booking, events: result.events };
  }

  it('holds a seat for the time that the programme says', async () => {
    const slotId = await city.addSlot({ daysAhead: 6, capacity: 2 });
    const { booking, events } = await held({ slotId });
    expect(booking.state).toBe('held');
    expect(booking.holdExpiresAt.getTime() - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(await city.seats(slotId)).toEqual({ taken: 1, capacity: 2 });
    expect(events).toMatchObject([
      { bookingId: booking.id, version: 1, type: 'held', facts: { dose: 1, venueCode: 'sakuragi' } },
    ]);
  });

  it('gives a reference at confirmation and the first answer to the second click', async () => {
    const { residentId, booking } = await held();
    const input = { ...citizen, residentId, bookingId: booking.id, answers: validAnswers, idempotencyKey: 'twice' };
    const [first, second] = await Promise.all([city.bookings.confirm(input), city.bookings.confirm(input)]);
    expect(first.ok && second.ok && first.booking.reference).toMatch(/^\d{9}$/);
    expect(first.ok && first.booking.reference).toBe(second.ok && second.booking.reference);
    const events = await createOutbox(city.database).eventsOf(booking.id, 0);
    expect(events.map((event) => event.type)).toEqual(['held', 'confirmed']);
  });

  it('answers the same key with the same booking, and refuses the key for something else', async () => {
    const residentId = await city.addResident();
    const slotId = await city.addSlot({ daysAhead: 7, capacity: 50 });
    const input = { ...citizen, residentId, slotId, dose: 1, idempotencyKey: 'double click' };
    const results = await Promise.all(Array.from({ length: 5 }, () => city.bookings.hold(input)));
    expect(new Set(results.map((result) => result.ok && result.booking.id)).size).toBe(1);
    const other = await city.addSlot({ daysAhead: 8 });
    expect(await city.bookings.hold({ ...input, slotId: other })).toMatchObject({
      ok: false,
      code: 'idempotency_mismatch',
    });
  });

  it('lets exactly one of 200 have the last seat', async () => {
    const slotId = await city.addSlot({ daysAhead: 9, capacity: 1 });
    const residents = await Promise.all(Array.from({ length: 200 }, () => city.addResident()));
    const results = await Promise.all(
      residents.map((residentId) => city.bookings.hold({ ...citizen, residentId, slotId, dose: 1 })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(new Set(results.flatMap((result) => (result.ok ? [] : [result.code])))).toEqual(new Set(['slot_full']));
    expect(await city.seats(slotId)).toEqual({ taken: 1, capacity: 1 });
  });

  it('lets one resident who takes 30 slots at once have exactly one', async () => {
    const residentId = await city.addResident();
    const slots = await Promise.all(
      Array.from({ length: 30 }, (_, index) => city.addSlot({ daysAhead: 10 + index, time: '14:00' })),
    );
    const results = await Promise.all(
      slots.map((slotId) => city.bookings.hold({ ...citizen, residentId, slotId, dose: 1 })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const taken = await Promise.all(slots.map((slotId) => city.seats(slotId)));
    expect(taken.reduce((sum, item) => sum + item.taken, 0)).toBe(1);
  });

  it('lets the next person have a seat whose hold has run out, before its workflow gave it back', async () => {
    const slotId = await city.addSlot({ daysAhead: 11, capacity: 1 });
    const { booking, residentId } = await held({ slotId });
    await city
      .database('booking')
      .where({ id: booking.id })
      .update({ hold_expires_at: new Date(Date.now() - 1000) });
    const next = await held({ slotId });
    expect(next.events.map((event) => [event.bookingId, event.type])).toEqual([
      [booking.id, 'expired'],
      [next.booking.id, 'held'],
    ]);
    expect(await city.seats(slotId)).toEqual({ taken: 1, capacity: 1 });
    expect(
      await city.bookings.confirm({ ...citizen, residentId, bookingId: booking.id, answers: validAnswers }),
    ).toMatchObject({ code: 'hold_expired' });
    expect(await city.bookings.expireHold(booking.id, new Date().toISOString())).toMatchObject({
      state: 'expired',
      event: { version: 2 },
    });
  });

  it('lets a person whose own hold ran out choose again', async () => {
    const { residentId, booking } = await held();
    await city
      .database('booking')
      .where({ id: booking.id })
      .update({ hold_expires_at: new Date(Date.now() - 1000) });
    const again = await held({ residentId, slotId: await city.addSlot({ daysAhead: 12 }), replaces: booking.id });
    expect(again.booking.state).toBe('held');
    expect((await city.seats(booking.slot.id)).taken).toBeGreaterThanOrEqual(0);
  });

  it('moves a booking in one step: the old one stays until the new one is confirmed', async () => {
    const from = await city.addSlot({ daysAhead: 13, capacity: 1 });
    const to = await city.addSlot({ daysAhead: 14, capacity: 1 });
    const first = await confirmed({ slotId: from });
    const second = await held({ residentId: first.residentId, slotId: to, replaces: first.booking.id });
    expect(await city.seats(from)).toEqual({ taken: 1, capacity: 1 });
    const done = await city.bookings.confirm({
      ...citizen,
      residentId: first.residentId,
      bookingId: second.booking.id,
      answers: validAnswers,
    });
    expect(done.ok && done.events.map((event) => [event.bookingId, event.type, event.reason])).toEqual([
      [first.booking.id, 'cancelled', 'moved'],
      [second.booking.id, 'confirmed', undefined],
    ]);
    expect(await city.seats(from)).toEqual({ taken: 0, capacity: 1 });
    expect(await city.seats(to)).toEqual({ taken: 1, capacity: 1 });
    expect(done.ok && done.events[0]?.facts.replacedBy).toBe(second.booking.id);
  });

  it('gives back the hold that a new hold takes the place of, and keeps the booking behind it', async () => {
    const first = await confirmed();
    const a = await city.addSlot({ daysAhead: 15, capacity: 1 });
    const b = await city.addSlot({ daysAhead: 16, capacity: 1 });
    const holdA = await held({ residentId: first.residentId, slotId: a, replaces: first.booking.id });
    const holdB = await held({ residentId: first.residentId, slotId: b, replaces: holdA.booking.id });
    expect(holdB.booking.replaces).toBe(first.booking.id);
    expect(await city.seats(a)).toEqual({ taken: 0, capacity: 1 });
    expect(await city.seats(b)).toEqual({ taken: 1, capacity: 1 });
  });

  it('keeps the old hold when the new seat is taken', async () => {
    const full = await city.addSlot({ daysAhead: 17, capacity: 1 });
    await held({ slotId: full });
    const mine = await held();
    const result = await city.bookings.hold({
      ...citizen,
      residentId: mine.residentId,
      slotId: full,
      dose: 1,
      replaces: mine.booking.id,
    });
    expect(result).toMatchObject({ ok: false, code: 'slot_full' });
    expect((await city.bookings.find(mine.booking.id))?.state).toBe('held');
  });

  it('lets two people change places without waiting for each other for ever', async () => {
    const a = await city.addSlot({ daysAhead: 18, capacity: 2 });
    const b = await city.addSlot({ daysAhead: 19, capacity: 2 });
    const [one, two] = [await held({ slotId: a }), await held({ slotId: b })];
    const swap = (person: typeof one, slotId: string) =>
      city.bookings.hold({ ...citizen, residentId: person.residentId, slotId, dose: 1, replaces: person.booking.id });
    const results = await Promise.all([swap(one, b), swap(two, a)]);
    expect(results.map((result) => result.ok)).toEqual([true, true]);
  });

  it('asks for dose 1 first, keeps the interval, and keeps the pair whole when dose 1 is moved', async () => {
    const dose2Early = await city.addSlot({ dose: 2, daysAhead: 25, time: '09:00' });
    const dose2 = await city.addSlot({ dose: 2, daysAhead: 26, time: '09:00' });
    const { residentId, booking } = await held({ slotId: await city.addSlot({ daysAhead: 5, time: '11:00' }) });
    const second = (slotId: string, dose = 2) => city.bookings.hold({ ...citizen, residentId, slotId, dose });
    expect(await second(dose2)).toMatchObject({ code: 'previous_dose_missing' });
    await city.bookings.confirm({ ...citizen, residentId, bookingId: booking.id, answers: validAnswers });
    expect(await second(dose2Early)).toMatchObject({ code: 'too_early_for_dose' });
    expect(await second(dose2, 1)).toMatchObject({ code: 'wrong_dose' });
    const pair = await confirmed({ residentId, slotId: dose2, dose: 2 });
    const later = await city.addSlot({ daysAhead: 6, time: '11:00' });
    const earlier = await city.addSlot({ daysAhead: 4, time: '11:00' });
    const move = (slotId: string) =>
      city.bookings.hold({ ...citizen, residentId, slotId, dose: 1, replaces: booking.id });
    expect(await move(later)).toMatchObject({ code: 'breaks_pair' });
    expect(await move(earlier)).toMatchObject({ ok: true });
    expect(await city.bookings.cancel({ ...citizen, residentId, bookingId: booking.id })).toMatchObject({
      code: 'later_dose_booked',
    });
    expect(await city.bookings.cancel({ ...citizen, residentId, bookingId: pair.booking.id })).toMatchObject({
      ok: true,
    });
  });

  it('gives the seat back at cancellation, once', async () => {
    const slotId = await city.addSlot({ daysAhead: 20, capacity: 1 });
    const { residentId, booking } = await confirmed({ slotId });
    const results = await Promise.all(
      Array.from({ length: 4 }, () => city.bookings.cancel({ ...citizen, residentId, bookingId: booking.id })),
    );
    expect(results.every((result) => result.ok)).toBe(true);
    expect(await city.seats(slotId)).toEqual({ taken: 0, capacity: 1 });
  });

  it('keeps to the cut-off for citizens, not for the city', async () => {
    const { residentId, booking } = await confirmed();
    await city
      .database('slot')
      .where({ id: booking.slot.id })
      .update({ starts_at: new Date(Date.now() + 3_600_000), ends_at: new Date(Date.now() + 5_400_000) });
    expect(await city.bookings.cancel({ ...citizen, residentId, bookingId: booking.id })).toMatchObject({
      code: 'too_late',
    });
    expect(await city.bookings.cancelByCity(booking.id, 'city')).toMatchObject({
      ok: true,
      booking: { state: 'cancelled', endReason: 'city' },
    });
  });

  it("does not show or touch another resident's booking", async () => {
    const { booking } = await held();
    const stranger = await city.addResident();
    const input = { ...citizen, residentId: stranger, bookingId: booking.id };
    expect(await city.bookings.confirm({ ...input, answers: validAnswers })).toMatchObject({ code: 'booking_unknown' });
    expect(await city.bookings.cancel(input)).toMatchObject({ code: 'booking_unknown' });
    expect(await city.bookings.cancel({ ...input, bookingId: uuidv7() })).toMatchObject({ code: 'booking_unknown' });
    expect(await city.bookings.listOf(stranger)).toEqual([]);
  });

  it('names each faulty answer and keeps the hold', async () => {
    const { residentId, booking } = await held();
    const result = await city.bookings.confirm({
      ...citizen,
      residentId,
      bookingId: booking.id,
      answers: { telephone: '123', email: 'x', evil: 1 },
    });
    expect(result).toMatchObject({ ok: false, code: 'invalid_answers' });
    expect(!result.ok && 'faults' in result && result.faults.map((fault) => fault.field).sort()).toEqual([
      'consentRules',
      'consentUse',
      'email',
      'evil',
      'telephone',
    ]);
    expect((await city.bookings.find(booking.id))?.state).toBe('held');
  });

  it('is checked in or counted as not come, and the second attempt of an activity finds what the first did', async () => {
    const one = await confirmed();
    expect(await city.bookings.checkIn(one.booking.id, 'venue')).toMatchObject({
      ok: true,
      booking: { state: 'attended' },
    });
    expect(await city.bookings.checkIn(one.booking.id, 'venue')).toMatchObject({ ok: true, replayed: true });
    expect(await city.bookings.markNoShow(one.booking.id, '2999-01-01T00:00:00Z')).toMatchObject({ state: 'attended' });
    const two = await confirmed();
    expect(await city.bookings.markNoShow(two.booking.id, new Date().toISOString())).toMatchObject({
      event: null,
      state: 'confirmed',
    });
    const first = await city.bookings.markNoShow(two.booking.id, '2999-01-01T00:00:00Z');
    expect(first).toMatchObject({ event: { type: 'no_show', version: 3 }, state: 'no_show' });
    expect((await city.bookings.markNoShow(two.booking.id, '2999-01-01T00:00:00Z')).event).toEqual(first.event);
    expect(
      (await createOutbox(city.database).claimUndelivered({ olderThanMs: 0, limit: 1000, leaseMs: 1 })).some(
        (event) => event.bookingId === two.booking.id && event.type === 'no_show',
      ),
    ).toBe(false);
  });

  it('hands every event out once while it is claimed, and again after the lease', async () => {
    const outbox = createOutbox(city.database);
    const { booking } = await held();
    const claim = async (leaseMs: number) =>
      (await outbox.claimUndelivered({ olderThanMs: 0, limit: 10_000, leaseMs })).filter(
        (event) => event.bookingId === booking.id,
      ).length;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await claim(50)).toBe(1);
    expect(await claim(50)).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await claim(1)).toBe(1);
    await outbox.markDelivered([{ bookingId: booking.id, version: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await claim(1)).toBe(0);
  });
});
