import { createProgrammes, ProgrammeTooNewError } from '../../database/programmes/programmes';
import { createSlotRepository } from '../../database/schedule/slots';
import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

const day = cityDate(new Date());
const group = (code: string, more: Partial<ProgrammeDocument['groups'][number]> = {}) => ({
  code,
  label: code,
  importedAs: [],
  opensAt: '2021-04-19T08:30:00+09:00',
  ...more,
});

describe('a programme that holds seats back, by age, and cools them', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity({
      change: (document) => {
        Object.assign(document, {
          schema: 2,
          groups: [
            group('older', { members: [{ kind: 'born', until: '1991-04-01' }] }),
            group('younger', { members: [{ kind: 'born', from: '1991-04-02' }], opensAt: '2021-09-07T08:00:00+09:00' }),
          ],
          releases: [
            {
              code: 'half',
              groups: ['older'],
              stages: [
                { at: '2021-09-04T09:00:00+09:00', share: 50 },
                { at: '2099-01-01T00:00:00+09:00', share: 100 },
              ],
            },
          ],
          policies: { ...document.policies, coolingMinutes: 60, cutOffHours: 0 },
        });
      },
    });
  });
  afterAll(() => city.close());

  const older = () => city.addResident({ groupCode: 'none', birthDate: '1980-01-01' });
  const younger = () => city.addResident({ groupCode: 'none', birthDate: '2000-01-01' });
  const book = async (residentId: string, slotId: string) => {
    const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    if (!held.ok) return held;
    return city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
  };
  const free = async (slotId: string, limit: { code: string; share: number } | null) => {
    const found = await createSlotRepository(city.database).freeSlots({
      programmeId: city.version.programmeId,
      dose: 1,
      channel: 'web',
      from: day,
      until: addDays(day, 30),
      limit,
    });
    return found.find((slot) => slot.id === slotId)?.free;
  };
  const half = { code: 'half', share: 50 };

  it('lets 100 people at once take exactly the half that is open, and the others the rest', async () => {
    const slotId = await city.addSlot({ capacity: 9, daysAhead: 5 });
    const people = await Promise.all(Array.from({ length: 40 }, older));
    const results = await Promise.all(
      people.map((residentId) => city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(4);
    expect(new Set(results.flatMap((result) => (result.ok ? [] : [result.code])))).toEqual(new Set(['slot_full']));
    expect([await free(slotId, half), await free(slotId, null)]).toEqual([0, 5]);
    const young = await Promise.all(
      (await Promise.all(Array.from({ length: 7 }, younger))).map((residentId) => book(residentId, slotId)),
    );
    expect(young.filter((result) => result.ok)).toHaveLength(5);
    expect(await city.seats(slotId)).toEqual({ taken: 9, capacity: 9 });
  });

  it('counts a seat that is given back, and one whose hold ran out, for the same group again', async () => {
    const slotId = await city.addSlot({ capacity: 2, daysAhead: 6 });
    const [first, second, third] = [await older(), await older(), await older()];
    const held = await city.bookings.hold({ residentId: first, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    expect(await book(second, slotId)).toMatchObject({ code: 'slot_full' });
    if (!held.ok) throw new Error('the first is held');
    await city.bookings.cancel({ residentId: first, bookingId: held.booking.id, channel: 'web', actor: 'citizen' });
    expect(await book(second, slotId)).toMatchObject({ ok: true });
    await city.database('booking').where({ resident_id: second }).update({ group_code: 'older' });
    expect(await book(third, slotId)).toMatchObject({ code: 'slot_full' });
    expect(await city.database('slot_share').where({ slot_id: slotId }).first('taken')).toEqual({ taken: 1 });
    const over = await city.addSlot({ capacity: 2, daysAhead: 7 });
    const stale = await city.bookings.hold({
      residentId: first,
      slotId: over,
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    if (!stale.ok) throw new Error('the first is held');
    await city
      .database('booking')
      .where({ id: stale.booking.id })
      .update({ hold_expires_at: new Date(Date.now() - 1_000) });
    expect(await free(over, half)).toBe(1);
    expect(await book(third, over)).toMatchObject({ ok: true });
  });

  it('keeps a cancelled seat closed for the cooling time, against trading', async () => {
    const slotId = await city.addSlot({ capacity: 1, daysAhead: 8 });
    const [first, second] = [await younger(), await younger()];
    const booked = await book(first, slotId);
    if (!booked.ok) throw new Error('the seat is booked');
    await city.bookings.cancel({ residentId: first, bookingId: booked.booking.id, channel: 'web', actor: 'citizen' });
    expect(await city.seats(slotId)).toEqual({ taken: 1, capacity: 1 });
    expect(await free(slotId, null)).toBe(0);
    expect(await book(second, slotId)).toMatchObject({ code: 'slot_full' });
    await city
      .database('slot_cooling')
      .where({ slot_id: slotId })
      .update({ reopens_at: new Date(Date.now() - 1_000) });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await free(slotId, null)).toBe(1);
    expect(await book(second, slotId)).toMatchObject({ ok: true });
    expect(await city.seats(slotId)).toEqual({ taken: 1, capacity: 1 });
    expect(await city.database('slot_cooling').where({ slot_id: slotId })).toEqual([]);
  });
});

describe('a programme whose second dose is assigned, three weeks later', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity({
      change: (document) => {
        Object.assign(document, {
          schema: 2,
          doses: [
            { number: 1, label: '1回目' },
            {
              number: 2,
              label: '2回目',
              interval: { minDays: 21 },
              seat: { mode: 'assigned', afterDays: 21, fixed: true },
            },
          ],
          bookingWindow: { firstDay: 1, lastDay: 21 },
          policies: { ...document.policies, cutOffHours: 0 },
        });
      },
    });
  });
  afterAll(() => city.close());
  const hold = (
    residentId: string,
    slotId: string,
    more: { dose?: number; replaces?: string; next?: { slotId?: string } } = {},
  ) => city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen', ...more });
  const confirm = (residentId: string, bookingId: string) =>
    city.bookings.confirm({ residentId, bookingId, answers: validAnswers, channel: 'web', actor: 'citizen' });

  it('takes both seats or neither, and confirms both at once', async () => {
    const [one, two, alone] = [
      await city.addSlot({ daysAhead: 5 }),
      await city.addSlot({ dose: 2, daysAhead: 26 }),
      await city.addSlot({ daysAhead: 6 }),
    ];
    const person = await city.addResident();
    expect(await hold(person, alone)).toMatchObject({ code: 'no_seat_for_next_dose' });
    expect(await city.seats(alone)).toMatchObject({ taken: 0 });
    const held = await hold(person, one);
    if (!held.ok || !held.pair) throw new Error('both are held');
    expect(held.pair.slot.startsAt).toEqual(instantOf(addDays(day, 26), '10:30'));
    expect(await confirm(person, held.pair.id)).toMatchObject({ code: 'pair_first' });
    expect(await confirm(person, held.booking.id)).toMatchObject({
      ok: true,
      booking: { state: 'confirmed' },
      pair: { state: 'confirmed', dose: 2 },
    });
    expect([await city.seats(one), await city.seats(two)]).toMatchObject([{ taken: 1 }, { taken: 1 }]);
    expect(
      await hold(person, await city.addSlot({ dose: 2, daysAhead: 20 }), { dose: 2, replaces: held.pair.id }),
    ).toMatchObject({ code: 'fixed_by_city' });
  });

  it('moves both, new seats first, or leaves both as they were', async () => {
    const [one, two, later, laterTwo, lonely] = [
      await city.addSlot({ daysAhead: 9 }),
      await city.addSlot({ dose: 2, daysAhead: 30 }),
      await city.addSlot({ daysAhead: 12 }),
      await city.addSlot({ dose: 2, daysAhead: 33, capacity: 1 }),
      await city.addSlot({ daysAhead: 13 }),
    ];
    const person = await city.addResident();
    const held = await hold(person, one);
    if (!held.ok || !held.pair) throw new Error('both are held');
    await confirm(person, held.booking.id);
    expect(await hold(person, lonely, { replaces: held.booking.id })).toMatchObject({ code: 'no_seat_for_next_dose' });
    const moved = await hold(person, later, { replaces: held.booking.id });
    expect(moved).toMatchObject({ ok: true, pair: { dose: 2, replaces: held.pair.id } });
    expect([
      await city.seats(one),
      await city.seats(two),
      await city.seats(later),
      await city.seats(laterTwo),
    ]).toMatchObject([{ taken: 1 }, { taken: 1 }, { taken: 1 }, { taken: 1 }]);
    if (!moved.ok) return;
    expect(await confirm(person, moved.booking.id)).toMatchObject({ ok: true });
    expect([
      await city.seats(one),
      await city.seats(two),
      await city.seats(later),
      await city.seats(laterTwo),
    ]).toMatchObject([{ taken: 0 }, { taken: 0 }, { taken: 1 }, { taken: 1 }]);
    const live = (await city.bookings.listOf(person))
      .filter((booking) => booking.state === 'confirmed')
      .map((booking) => [booking.dose, cityDate(booking.slot.startsAt)]);
    expect(live.sort()).toEqual([
      [1, addDays(day, 12)],
      [2, addDays(day, 33)],
    ]);
  });

  it('gives both holds back together', async () => {
    const [one, two] = [await city.addSlot({ daysAhead: 15 }), await city.addSlot({ dose: 2, daysAhead: 36 })];
    const person = await city.addResident();
    const held = await hold(person, one);
    if (!held.ok) throw new Error('both are held');
    await city.bookings.cancel({ residentId: person, bookingId: held.booking.id, channel: 'web', actor: 'citizen' });
    expect([await city.seats(one), await city.seats(two)]).toMatchObject([{ taken: 0 }, { taken: 0 }]);
  });
});

test('a process leaves a programme that is newer than itself to newer ones, and says so', async () => {
  const city = await createTestCity();
  try {
    const document = { ...city.version.document, schema: 99, somethingNew: true };
    await city.database('programme_version').where({ id: city.version.id }).update({ status: 'superseded' });
    await city.database('programme_version').insert({
      id: '01900000-0000-7000-8000-000000000001',
      programme_id: city.version.programmeId,
      number: 2,
      status: 'published',
      document: JSON.stringify(document),
      checksum: 'of a newer process',
      published_at: new Date(),
    });
    const refused = createProgrammes(city.database).current();
    await expect(refused).rejects.toThrow(ProgrammeTooNewError);
    await expect(refused).rejects.toThrow('新しい書き方（99）');
    // Bookings that pin the version before go on.
    expect((await createProgrammes(city.database).version(city.version.id)).number).toBe(1);
  } finally {
    await city.close();
  }
});
