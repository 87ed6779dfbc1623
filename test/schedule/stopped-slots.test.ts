import { createBookingRepository } from '../../database/bookings/bookings';
import { createProgrammes } from '../../database/programmes/programmes';
import { createSlotRepository } from '../../database/schedule/slots';
import { addDays, cityDate, instantOf, weekdayOf } from '../../domain/calendar/city-time';
import type { Channel } from '../../domain/contracts/booking-workflow';
import { defined } from '../../domain/text/defined';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { testKeys, validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
let admin: Visitor;
beforeAll(async () => {
  site = await createStaffSite();
  admin = await site.colleague('city_admin');
});
afterAll(() => site.close());

const channels = ['web', 'phone', 'line', 'venue'] as const;
/** A Monday ahead, but soon enough to be booked. */
const monday = (() => {
  const day = addDays(cityDate(new Date()), 3);
  return addDays(day, (8 - weekdayOf(day)) % 7);
})();
const week = { from: monday, until: addDays(monday, 6) };
let venues = 0;

interface Preview extends Record<string, unknown> {
  fingerprint: string;
  counts: Record<string, number>;
  reopenedSlots: number;
}

/** A venue with one plan: a Monday morning of two slots for every channel. */
async function plannedVenue() {
  const code = `stop-${String(++venues)}`;
  const venueId = (
    await admin.post('/api/v1/city/venues', { code, name: '会場', ward: '西区', address: '1番地' })
  ).json<{ id: string }>().id;
  const plan = (exceptions: object[] = []) => ({
    venueId,
    name: '月曜',
    validFrom: monday,
    validUntil: addDays(monday, 7),
    template: {
      week: [{ weekday: 1, sessions: [{ from: '09:00', until: '10:00' }] }],
      breaks: [],
      closedOnHolidays: false,
      exceptions,
      blockMinutes: 30,
      seats: channels.map((channel) => ({ dose: 1, channel, capacity: 5 })),
      vaccine: null,
    },
  });
  const look = async (schedule: object, rest: object = {}) =>
    (await admin.post('/api/v1/city/schedules/preview', { schedule, ...rest })).json<Preview>();
  const { fingerprint } = await look(plan());
  let { schedule } = (await admin.post('/api/v1/city/schedules', { schedule: plan(), fingerprint })).json<{
    schedule: { id: string; version: number };
  }>();
  const save = async (exceptions: object[]) => {
    const shown = await look(plan(exceptions), { id: schedule.id });
    const answer = await admin.send(
      'PATCH',
      `/api/v1/city/schedules/${schedule.id}`,
      JSON.stringify({
        schedule: plan(exceptions),
        version: schedule.version,
        fingerprint: shown.fingerprint,
        leaveConflicts: true,
      }),
      { headers: { 'content-type': 'application/json' } },
    );
    if (answer.status === 200) ({ schedule } = answer.json<{ schedule: typeof schedule }>());
    return { shown, status: answer.status };
  };
  const slotId = async (time: string) =>
    (
      await site.city
        .database('slot')
        .where({ venue_id: venueId, starts_at: instantOf(monday, time) })
        .first<{ id: string }>('id')
    ).id;
  return {
    code,
    venueId,
    id: () => schedule.id,
    first: await slotId('09:00'),
    second: await slotId('09:30'),
    close: () => save([{ kind: 'closed', date: monday, note: '' }]),
    open: () => save([]),
    grid: async () =>
      (await admin.get(`/api/v1/city/slots/week?venueId=${venueId}&from=${week.from}&to=${week.until}`)).json<{
        slots: { stopped: boolean; seats: { channel: string; booked: number; held: number; free: number }[] }[];
      }>().slots,
    switchTo: async (active: boolean) => {
      const { version } = (await admin.get(`/api/v1/city/venues/${venueId}`)).json<{ version: number }>();
      return admin.send('PATCH', `/api/v1/city/venues/${venueId}`, JSON.stringify({ version, active }), {
        headers: { 'content-type': 'application/json' },
      });
    },
  };
}

const hold = async (slotId: string, rest: { channel?: Channel; residentId?: string; replaces?: string } = {}) => {
  const { channel = 'web', residentId = await site.city.addResident(), replaces } = rest;
  return site.city.bookings.hold({
    residentId,
    slotId,
    dose: 1,
    channel,
    actor: channel === 'phone' ? 'operator' : 'citizen',
    ...defined({ replaces }),
  });
};
async function held(slotId: string) {
  const result = await hold(slotId);
  if (!result.ok) throw new Error(result.code);
  return { residentId: result.booking.residentId, bookingId: result.booking.id };
}
const confirm = (person: { residentId: string; bookingId: string }) =>
  site.city.bookings.confirm({ ...person, channel: 'web', actor: 'citizen', answers: validAnswers });
/** A fresh repository: what it reads was never read before. */
const offered = async (venueId: string, channel: Channel = 'web') => {
  const query = {
    programmeId: site.city.version.programmeId,
    dose: 1,
    from: week.from,
    until: addDays(week.until, 1),
  };
  const slots = createSlotRepository(site.city.database);
  return {
    slots: (await slots.freeSlots({ ...query, channel, venueId })).length,
    day: (await slots.freeByDay({ ...query, venueId })).length,
    venue: (await slots.freeByVenue({ ...query, channel })).filter((item) => item.venueId === venueId).length,
  };
};
const nothing = { slots: 0, day: 0, venue: 0 };

describe('a day that is closed while people have it', () => {
  test('takes no new bookings on any channel and offers nothing; what stands stays, and a hold under way may be confirmed', async () => {
    const venue = await plannedVenue();
    const [booked, underWay, elsewhere] = [
      await held(venue.first),
      await held(venue.first),
      await held(await site.city.addSlot({ daysAhead: 4, time: '15:00' })),
    ];
    await confirm(booked);
    await confirm(elsewhere);
    expect((await venue.close()).status).toBe(200);

    for (const channel of channels)
      expect([channel, await hold(venue.first, { channel })]).toMatchObject([channel, { ok: false }]);
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
    expect(await hold(venue.first, { channel: 'phone' })).toMatchObject({ code: 'slot_closed' });
    expect(await hold(venue.first, { residentId: elsewhere.residentId, replaces: elsewhere.bookingId })).toMatchObject({
      code: 'slot_closed',
    });
    expect(
      await site.city.bookings.walkIn({
        residentId: await site.city.addResident(),
        slotId: venue.first,
        dose: 1,
        answers: validAnswers,
      }),
    ).toMatchObject({ code: 'slot_closed' });
    const assigned = { slotId: venue.first, dose: 1, channel: 'web', answers: {} } as const;
    expect(await site.city.bookings.rehearseAssignments(await site.city.addResident(), [assigned])).toMatchObject([
      { code: 'slot_closed' },
    ]);
    expect(
      await site.city.bookings.assign({ ...assigned, residentId: await site.city.addResident() }, () =>
        Promise.resolve(true),
      ),
    ).toMatchObject({ code: 'slot_closed' });

    for (const channel of channels) expect(await offered(venue.venueId, channel)).toEqual(nothing);
    expect(await venue.grid()).toMatchObject([
      {
        stopped: true,
        seats: channels.map((channel) => (channel === 'web' ? { booked: 1, held: 1, free: 0 } : { free: 0 })),
      },
    ]);
    const { days } = (await admin.get(`/api/v1/city/slots/days?from=${week.from}&to=${week.until}`)).json<{
      days: { venueId: string }[];
    }>();
    expect(days.filter((day) => day.venueId === venue.venueId)).toMatchObject([
      { planned: 2, held: 1, booked: 1, free: 0, slots: 1, stoppedSlots: 1 },
    ]);
    const { rows } = (
      await admin.get(`/api/v1/numbers?from=${week.from}&to=${week.until}&venueId=${venue.venueId}`)
    ).json<{ rows: { by: string }[] }>();
    expect(rows.find((row) => row.by === 'total')).toMatchObject({ capacity: 2, held: 1, confirmed: 1 });

    expect(await confirm(underWay)).toMatchObject({ ok: true });
    expect((await site.city.bookings.find(booked.bookingId))?.state).toBe('confirmed');
    expect(await site.city.seats(venue.first)).toEqual({ taken: 2, capacity: 5 });
    // A seat that is given back is not sold again either.
    await site.city.bookings.cancelByCity(booked.bookingId, 'city');
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
  });

  test('opened again it takes bookings, and both are in the history', async () => {
    const venue = await plannedVenue();
    await confirm(await held(venue.first));
    await venue.close();
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
    const { shown, status } = await venue.open();
    expect([status, shown.reopenedSlots]).toEqual([200, 1]);
    for (const channel of ['web', 'phone'] as const)
      expect(await hold(venue.first, { channel })).toMatchObject({ ok: true });
    expect(await venue.grid()).toMatchObject([{ stopped: false }, { stopped: false }]);
    const { changes } = (await admin.get(`/api/v1/city/slots/history?venueId=${venue.venueId}`)).json<{
      changes: unknown[];
    }>();
    expect(changes).toMatchObject([
      { stopped: 0, reopened: 1 },
      { stopped: 1, reopened: 0, removed: 1 },
      { stopped: 0, reopened: 0, added: 2 },
    ]);
  });

  test('a slot whose seats were set by hand opens again with them', async () => {
    const venue = await plannedVenue();
    await admin.post('/api/v1/city/slots/capacities', {
      changes: [{ slotId: venue.first, channel: 'web', was: 5, capacity: 9 }],
    });
    await confirm(await held(venue.first));
    await venue.close();
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
    await venue.open();
    expect(await hold(venue.first)).toMatchObject({ ok: true });
    expect(await site.city.seats(venue.first)).toEqual({ taken: 2, capacity: 9 });
  });

  test('what stays when its plan is taken away takes no new bookings, and an exported sheet does not open it', async () => {
    const venue = await plannedVenue();
    await confirm(await held(venue.first));
    const { fingerprint } = (await admin.get(`/api/v1/city/schedules/${venue.id()}/removal`)).json<Preview>();
    const path = `/api/v1/city/schedules/${venue.id()}?version=1&fingerprint=${fingerprint}&leaveConflicts=true`;
    expect((await admin.delete(path)).status).toBe(200);
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
    const sheet = await admin.get(
      `/api/v1/city/slots/sheet?venueId=${venue.venueId}&from=${week.from}&to=${week.until}`,
    );
    expect(sheet.text).not.toContain(venue.code);
  });
});

describe('a venue that is switched off while people have bookings there', () => {
  test('keeps them and takes no new ones; switched on it takes them again', async () => {
    const venue = await plannedVenue();
    const [booked, underWay] = [await held(venue.first), await held(venue.first)];
    await confirm(booked);
    const off = await venue.switchTo(false);
    expect([off.status, off.json()]).toMatchObject([200, { active: false, upcoming: 2 }]);
    for (const channel of ['web', 'phone'] as const)
      expect(await hold(venue.first, { channel })).toMatchObject({ code: 'slot_closed' });
    expect(await offered(venue.venueId)).toEqual(nothing);
    expect(await confirm(underWay)).toMatchObject({ ok: true });
    expect((await site.city.bookings.find(booked.bookingId))?.state).toBe('confirmed');
    // The reception still finds it.
    const reception = await site.colleague('reception');
    const list = (await reception.get('/api/v1/venues')).json<{ venues: { id: string }[] }>().venues;
    expect(list.map((item) => item.id)).toContain(venue.venueId);
    expect((await venue.switchTo(true)).status).toBe(200);
    expect(await hold(venue.first)).toMatchObject({ ok: true });
  });
});

/** What is done while a hold has begun: it has read that its slot is open, and waits for its seat. */
describe('a hold at the very moment of the stop', () => {
  async function atTheSameMoment(slotId: string, stop: () => Promise<unknown>): Promise<string[]> {
    const { database } = site.city;
    const order: string[] = [];
    const lock = await database.transaction();
    await lock.raw('SELECT 1 FROM slot_quota WHERE slot_id = ? FOR UPDATE', [slotId]);
    const holding = hold(slotId).then((result) => order.push(result.ok ? 'held' : result.code));
    await untilWaiting(1);
    const stopping = stop().then(() => order.push('stopped'));
    // Either it waits for the hold, or it does not and is done.
    for (let look = 0; look < 400 && order.length === 0 && (await waiting()) < 2; look++) await pause();
    await lock.rollback();
    await Promise.all([holding, stopping]);
    return order;
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, 25));
  const waiting = async () =>
    (
      await site.city.database.raw<{ rows: { n: number }[] }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    ).rows[0]?.n ?? 0;
  async function untilWaiting(wanted: number): Promise<void> {
    for (let look = 0; look < 400; look++) {
      if ((await waiting()) >= wanted) return;
      await pause();
    }
    throw new Error('the hold does not wait for its seat');
  }

  test('a hold that came first is done before the venue is off; nothing slips in after', async () => {
    const venue = await plannedVenue();
    expect(await atTheSameMoment(venue.first, () => venue.switchTo(false))).toEqual(['held', 'stopped']);
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
  });

  test('a hold that came first is done before the day is closed; nothing slips in after', async () => {
    const venue = await plannedVenue();
    await confirm(await held(venue.first));
    expect(await atTheSameMoment(venue.first, () => venue.close())).toEqual(['held', 'stopped']);
    expect(await hold(venue.first)).toMatchObject({ code: 'slot_closed' });
  });

  test('a hold that comes while the venue is being switched off waits, and sees it', async () => {
    const venue = await plannedVenue();
    const off = await site.city.database.transaction();
    await off('venue').where({ id: venue.venueId }).forUpdate().select('id');
    await off('venue').where({ id: venue.venueId }).update({ active: false });
    const holding = hold(venue.first);
    await untilWaiting(1);
    await off.commit();
    expect(await holding).toMatchObject({ code: 'slot_closed' });
  });

  test('many at once, again and again: after the answer of the stop no seat is taken', async () => {
    const venue = await plannedVenue();
    const bookings = createBookingRepository({
      database: site.city.database,
      keys: testKeys,
      programmes: createProgrammes(site.city.database),
    });
    for (let round = 0; round < 4; round++) {
      const residents = await Promise.all(Array.from({ length: 8 }, () => site.city.addResident()));
      const holding = residents.map((residentId) =>
        bookings.hold({ residentId, slotId: venue.second, dose: 1, channel: 'phone', actor: 'operator' }),
      );
      expect((await venue.switchTo(false)).status).toBe(200);
      const taken = await site.city.seats(venue.second, 'phone');
      const codes = (await Promise.all(holding)).flatMap((result) => (result.ok ? [] : [result.code]));
      expect(await site.city.seats(venue.second, 'phone')).toEqual(taken);
      for (const code of codes) expect(['slot_full', 'slot_closed']).toContain(code);
      await venue.switchTo(true);
    }
  });
});
