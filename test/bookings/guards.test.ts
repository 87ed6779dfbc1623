import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';

import { allowedSteps } from '../../domain/contracts/booking-lifecycle';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

const citizen = { channel: 'web', actor: 'citizen' } as const;

describe('the rules that PostgreSQL keeps by itself, broken on purpose', () => {
  let city: TestCity;
  let residentId: string;
  let slotId: string;
  beforeAll(async () => {
    city = await createTestCity();
    residentId = await city.addResident();
    slotId = await city.addSlot({ capacity: 2 });
  });
  afterAll(() => city.close());

  function booking(values: Record<string, unknown> = {}) {
    return {
      id: uuidv7(),
      programme_id: city.version.programmeId,
      programme_version_id: city.version.id,
      resident_id: residentId,
      dose: 1,
      slot_id: slotId,
      channel: 'web',
      state: 'held',
      version: 1,
      hold_expires_at: new Date(Date.now() + 60_000),
      ...values,
    };
  }
  const broken = (constraint: string) => expect.objectContaining({ constraint }) as unknown;

  it('no more seats taken than there are', async () => {
    await expect(city.database('slot_quota').where({ slot_id: slotId }).update({ taken: 3 })).rejects.toEqual(
      broken('slot_quota_capacity'),
    );
    await expect(city.database('slot_quota').where({ slot_id: slotId }).update({ taken: -1 })).rejects.toMatchObject({
      code: '23514',
    });
  });

  it('one live booking per resident, programme and dose', async () => {
    const person = await city.addResident();
    await city.database('booking').insert(booking({ resident_id: person }));
    for (const state of ['held', 'confirmed', 'attended']) {
      await expect(
        city.database('booking').insert(booking({ resident_id: person, state, reference: '000000000' })),
      ).rejects.toEqual(broken('booking_one_live'));
    }
    await city.database('booking').insert(booking({ resident_id: person, dose: 2 }));
  });

  it('one move at a time', async () => {
    const person = await city.addResident();
    const old = booking({ resident_id: person, state: 'confirmed', reference: '111111111' });
    await city.database('booking').insert(old);
    await city.database('booking').insert(booking({ resident_id: person, replaces: old.id }));
    await expect(city.database('booking').insert(booking({ resident_id: person, replaces: old.id }))).rejects.toEqual(
      broken('booking_one_move'),
    );
  });

  it('no confirmed booking without a reference, no reference twice', async () => {
    const [one, two] = [await city.addResident(), await city.addResident()];
    await expect(city.database('booking').insert(booking({ resident_id: one, state: 'confirmed' }))).rejects.toEqual(
      broken('booking_confirmed_has_reference'),
    );
    await city.database('booking').insert(booking({ resident_id: one, state: 'confirmed', reference: '222222222' }));
    await expect(
      city.database('booking').insert(booking({ resident_id: two, state: 'confirmed', reference: '222222222' })),
    ).rejects.toEqual(broken('booking_reference_once'));
  });

  it('no step that the life of a booking does not have; the same table as the domain', async () => {
    const { rows } = await city.database.raw<{ rows: { from_state: string; to_state: string }[] }>(
      'SELECT from_state, to_state FROM booking_transition',
    );
    const inDomain = allowedSteps().map(({ from, to }) => `${from} ${to}`);
    expect(rows.map((row) => `${row.from_state} ${row.to_state}`).sort()).toEqual(inDomain.sort());
    const row = booking({ resident_id: await city.addResident() });
    await city.database('booking').insert(row);
    await expect(
      city.database('booking').where({ id: row.id }).update({ state: 'attended', reference: '333333333' }),
    ).rejects.toMatchObject({ code: 'TK002' });
  });

  it('events are only ever added', async () => {
    const person = await city.addResident();
    const held = await city.bookings.hold({ ...citizen, residentId: person, slotId, dose: 1 });
    if (!held.ok) throw new Error(held.code);
    const events = () => city.database('booking_event').where({ booking_id: held.booking.id });
    await expect(events().update({ type: 'confirmed' })).rejects.toMatchObject({ code: 'TK003' });
    await expect(events().update({ facts: '{}' })).rejects.toMatchObject({ code: 'TK003' });
    await expect(events().delete()).rejects.toMatchObject({ code: 'TK003' });
    await expect(
      city
        .database('booking_event')
        .insert({ booking_id: held.booking.id, version: 1, type: 'held', actor: 'citizen', facts: '{}' }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(await events().update({ delivered_at: new Date() })).toBe(1);
  });

  it('a published programme version never changes', async () => {
    const version = () => city.database('programme_version').where({ id: city.version.id });
    await expect(version().update({ document: '{}' })).rejects.toMatchObject({ code: 'TK001' });
    await expect(version().update({ status: 'draft' })).rejects.toMatchObject({ code: 'TK001' });
    await expect(version().delete()).rejects.toMatchObject({ code: 'TK001' });
  });

  it('the same slot, coupon number or notice once', async () => {
    const slot = await city.database('slot').where({ id: slotId }).first<Record<string, unknown>>();
    await expect(city.database('slot').insert({ ...slot, id: uuidv7() })).rejects.toEqual(broken('slot_once'));
    const resident = await city.database('resident').where({ id: residentId }).first<Record<string, unknown>>();
    await expect(city.database('resident').insert({ ...resident, id: uuidv7() })).rejects.toEqual(
      broken('resident_coupon_once'),
    );
    const [row] = await city.database('booking').limit(1).select<{ id: string }[]>('id');
    const notice = { booking_id: row?.id, step: 'confirmation', occurrence: '1', status: 'queued' };
    await city.database('notice').insert({ id: uuidv7(), ...notice });
    await expect(city.database('notice').insert({ id: uuidv7(), ...notice })).rejects.toEqual(broken('notice_once'));
  });
});

describe('whatever people do, in whatever order and at once', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity();
  });
  afterAll(() => city.close());

  it('seats taken are seats of live bookings, and never more than there are', async () => {
    const slots = [
      await city.addSlot({ daysAhead: 3, capacity: 1 }),
      await city.addSlot({ daysAhead: 4, capacity: 2 }),
      await city.addSlot({ daysAhead: 5, capacity: 1 }),
      await city.addSlot({ dose: 2, daysAhead: 30, capacity: 1 }),
      await city.addSlot({ dose: 2, daysAhead: 31, capacity: 2 }),
    ];
    const people = await Promise.all(Array.from({ length: 6 }, () => city.addResident()));
    const operation = fc.record({
      person: fc.nat(people.length - 1),
      slot: fc.nat(slots.length - 1),
      kind: fc.constantFrom('hold', 'hold', 'move', 'confirm', 'confirm', 'cancel', 'run out', 'check in'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        async (rounds) => {
          for (const round of rounds) await Promise.all(round.map(perform));
          const { rows } = await city.database.raw<{ rows: unknown[] }>(`
          SELECT q.slot_id, q.taken, q.capacity, count(b.id)::int AS live FROM slot_quota q
          LEFT JOIN booking b ON b.slot_id = q.slot_id AND b.channel = q.channel AND b.state IN ('held', 'confirmed', 'attended', 'no_show')
          GROUP BY q.slot_id, q.taken, q.capacity HAVING q.taken <> count(b.id) OR q.taken > q.capacity`);
          expect(rows).toEqual([]);
          const { rows: gaps } = await city.database.raw<{ rows: unknown[] }>(`
          SELECT b.id FROM booking b JOIN booking_event e ON e.booking_id = b.id GROUP BY b.id, b.version
          HAVING b.version <> count(*) OR b.version <> max(e.version)`);
          expect(gaps).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );

    async function perform({ person, slot, kind }: { person: number; slot: number; kind: string }): Promise<void> {
      const residentId = people[person] as string;
      const slotId = slots[slot] as string;
      const mine = (await city.bookings.listOf(residentId)).filter((item) =>
        ['held', 'confirmed', 'attended'].includes(item.state),
      );
      const one = mine[slot % Math.max(1, mine.length)];
      const dose = slot < 3 ? 1 : 2;
      switch (kind) {
        case 'hold':
          await city.bookings.hold({ ...citizen, residentId, slotId, dose });
          break;
        case 'move':
          if (one) await city.bookings.hold({ ...citizen, residentId, slotId, dose, replaces: one.id });
          break;
        case 'confirm':
          for (const item of mine)
            await city.bookings.confirm({ ...citizen, residentId, bookingId: item.id, answers: validAnswers });
          break;
        case 'cancel':
          if (one) await city.bookings.cancel({ ...citizen, residentId, bookingId: one.id });
          break;
        case 'run out':
          await city
            .database('booking')
            .where({ resident_id: residentId, state: 'held' })
            .update({ hold_expires_at: new Date(Date.now() - 1) });
          if (one) await city.bookings.expireHold(one.id, new Date().toISOString());
          break;
        case 'check in':
          if (one && slot === 0) await city.bookings.checkIn(one.id, 'venue');
          break;
      }
    }
  });
});
