import { createUnmetSearches } from '../../database/statistics/unmet-searches';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';

let site: StaffSite;
beforeAll(async () => {
  site = await createStaffSite();
});
afterAll(() => site.close());

test('seats and bookings in all, by day, venue, group, dose and channel', async () => {
  const { city } = site;
  const today = cityDate(new Date());
  const day = addDays(today, 6);
  // Just after midnight of the city, which is the day before in UTC.
  const slotId = await city.addSlot({ daysAhead: 6, time: '00:10', capacity: 10 });
  await city.addSlot({ daysAhead: 6, time: '11:00', capacity: 4, channel: 'phone' });
  await city.addSlot({ daysAhead: 7, time: '11:00', capacity: 3 });
  const hold = async () => {
    const residentId = await city.addResident();
    const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    if (!held.ok) throw new Error(held.code);
    return { residentId, bookingId: held.booking.id };
  };
  const confirm = async () => {
    const held = await hold();
    await city.bookings.confirm({ ...held, answers: validAnswers, channel: 'web', actor: 'citizen' });
    return held;
  };
  await hold();
  const stale = await hold();
  await city
    .database('booking')
    .where({ id: stale.bookingId })
    .update({ hold_expires_at: new Date(Date.now() - 1_000) });
  await confirm();
  await city.bookings.checkIn((await confirm()).bookingId, 'venue');
  await city.bookings.cancel({ ...(await confirm()), channel: 'web', actor: 'citizen' });

  const supervisor = await site.colleague('supervisor');
  const read = async (query = '') =>
    (await supervisor.get(`/api/v1/numbers?from=${day}&to=${day}${query}`)).json<{ rows: Record<string, unknown>[] }>()
      .rows;
  const rows = await read();
  const web = { capacity: 10, held: 1, confirmed: 1, attended: 1, noShow: 0, cancelled: 1, unmet: 0 };
  const phone = { capacity: 4, held: 0, confirmed: 0, attended: 0, noShow: 0, cancelled: 0, unmet: 0 };
  const all = { ...web, capacity: 14 };
  const nothing = { day: null, venueId: null, groupCode: null, dose: null, channel: null };
  expect(rows).toEqual(
    expect.arrayContaining([
      { by: 'total', ...nothing, ...all },
      { by: 'day', ...nothing, day, ...all },
      { by: 'venue', ...nothing, venueId: city.venueId, ...all },
      { by: 'venueDay', ...nothing, day, venueId: city.venueId, ...all },
      { by: 'dose', ...nothing, dose: 1, ...all },
      { by: 'channel', ...nothing, channel: 'web', ...web },
      { by: 'channel', ...nothing, channel: 'phone', ...phone },
      { by: 'group', ...nothing, groupCode: 'seniors', ...all, capacity: 0 },
    ]),
  );
  expect(rows).toHaveLength(8);
  expect((await read('&channel=phone')).find((row) => row['by'] === 'total')).toMatchObject(phone);
  expect((await read('&groupCode=general')).find((row) => row['by'] === 'total')).toMatchObject({
    capacity: 14,
    confirmed: 0,
  });
  expect((await read('&dose=2')).find((row) => row['by'] === 'total')).toMatchObject({ capacity: 0, unmet: 0 });
  for (const to of [addDays(day, -1), addDays(day, 184)])
    expect((await supervisor.get(`/api/v1/numbers?from=${day}&to=${to}`)).json()['code']).toBe('range_too_long');

  const file = await supervisor.get(`/api/v1/numbers.csv?from=${day}&to=${day}`);
  expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(file.text.split('\r\n').slice(0, 2)).toEqual([
    '\uFEFF集計の単位,項目,定員,仮押さえ,予約済み,来場済み,来場なし,取り消し,空きがなかった人',
    expect.stringContaining('14,1,1,1,0,1,0') as unknown,
  ]);
});

describe('people who found no seat', () => {
  const unmetOf = async (query = '') => {
    const auditor = await site.colleague('auditor');
    const today = cityDate(new Date());
    return (
      (await auditor.get(`/api/v1/numbers?from=${today}&to=${today}${query}`))
        .json<{ rows: { by: string; unmet: number }[] }>()
        .rows.find((row) => row.by === 'total')?.unmet ?? 0
    );
  };

  test('are counted once a day, by venue, dose and channel, and nothing is kept of who they were', async () => {
    const {
      database,
      version: { programmeId },
      venueId,
    } = site.city;
    let now = new Date();
    const unmetSearches = createUnmetSearches(database, { now: () => now });
    for (const who of ['anna', 'anna', 'bert'])
      unmetSearches.note({ programmeId, venueId, dose: 1, channel: 'web', who });
    unmetSearches.note({ programmeId, dose: 1, channel: 'web', who: 'anna' });
    await unmetSearches.flush();
    unmetSearches.note({ programmeId, venueId, dose: 1, channel: 'web', who: 'carla' });
    await Promise.all([unmetSearches.flush(), unmetSearches.flush()]);
    expect([
      await unmetOf(),
      await unmetOf(`&venueId=${venueId}`),
      await unmetOf('&dose=2'),
      await unmetOf('&channel=phone'),
    ]).toEqual([4, 3, 0, 0]);
    expect(JSON.stringify(await database('unmet_search').select('*'))).not.toMatch(/anna|bert|carla/);
    now = new Date(now.getTime() + 86_400_000);
    unmetSearches.note({ programmeId, venueId, dose: 1, channel: 'web', who: 'anna' });
    await unmetSearches.flush();
    expect(await unmetOf()).toBe(4);
    await database('unmet_search').delete();
  });

  test('an operator who looks for a caller and finds nothing is counted, one call once', async () => {
    const operator = await site.colleague('operator');
    const notes: object[] = [];
    const spy = jest.spyOn(site.services.unmetSearches, 'note').mockImplementation((search) => {
      notes.push(search);
    });
    await operator.get('/api/v1/slots?dose=2');
    spy.mockRestore();
    expect(notes).toEqual([
      {
        programmeId: site.city.version.programmeId,
        venueId: undefined,
        dose: 2,
        channel: 'phone',
        residentId: undefined,
        who: expect.stringContaining(operator.staffId) as unknown,
      },
    ]);
  });

  test('what could not be written is written later', async () => {
    const {
      database,
      version: { programmeId },
    } = site.city;
    let isAway = true;
    const unmetSearches = createUnmetSearches(
      new Proxy(database, {
        get: (target, name) =>
          isAway && name === 'raw' ? () => Promise.reject(new Error('away')) : (Reflect.get(target, name) as unknown),
      }),
    );
    unmetSearches.note({ programmeId, dose: 1, channel: 'line', who: 'anna' });
    await unmetSearches.flush();
    isAway = false;
    unmetSearches.note({ programmeId, dose: 1, channel: 'line', who: 'bert' });
    await unmetSearches.flush();
    expect(await unmetOf('&channel=line')).toBe(2);
  });
});

test('the first page: how full, what waits, is the system well', async () => {
  const reception = await site.colleague('reception');
  const answer = (await reception.get('/api/v1/today')).json<{
    days: string[];
    cells: object[];
    attention: object;
    system: object;
  }>();
  expect(answer.days).toHaveLength(14);
  expect(answer.cells).toContainEqual({
    venueId: site.city.venueId,
    day: addDays(cityDate(new Date()), 6),
    capacity: 14,
    taken: 3,
  });
  expect(answer).toMatchObject({
    attention: {
      callbacks: 0,
      failedNotices: 0,
      importsWaiting: 0,
      assignmentsWaiting: 0,
      exportsWaiting: 0,
      workflows: 0,
    },
    system: { status: 'ready', missing: [], logInBraked: false },
  });
});
