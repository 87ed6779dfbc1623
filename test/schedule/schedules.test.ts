import { createSlotRepository } from '../../database/schedule/slots';
import { addDays, cityDate, instantOf, weekdayOf } from '../../domain/calendar/city-time';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

interface Line {
  dose: number;
  startsAt: string;
  before: Record<string, number> | null;
  after: Record<string, number> | null;
}
interface Preview {
  fingerprint: string;
  counts: Record<string, number>;
  added: Line[];
  changed: Line[];
  conflicts: (Line & {
    kind: string;
    touched: { reference: string | null; state: string }[];
    other: { scheduleName: string | null } | null;
  })[];
}
interface Problem {
  code: string;
  facts?: Record<string, number>;
  faults?: { field: string; sentence: string }[];
  current?: { preview?: Preview; schedule?: { version: number; name: string } };
}

let site: StaffSite;
let admin: Visitor;
/** A Monday two weeks ahead, so that nothing here is in the past. */
const monday = (() => {
  const day = addDays(cityDate(new Date()), 14);
  return addDays(day, (8 - weekdayOf(day)) % 7);
})();
const plan = (venueId: string, change: object = {}, template: object = {}) => ({
  venueId,
  name: '平日',
  validFrom: monday,
  validUntil: addDays(monday, 7),
  ...change,
  template: {
    week: [1, 2, 3].map((weekday) => ({ weekday, sessions: [{ from: '09:00', until: '12:00' }] })),
    breaks: [{ from: '10:00', until: '10:30' }],
    closedOnHolidays: false,
    exceptions: [],
    blockMinutes: 30,
    seats: [
      { dose: 1, channel: 'web', capacity: 5 },
      { dose: 1, channel: 'phone', capacity: 2 },
      { dose: 2, channel: 'web', capacity: 4 },
    ],
    vaccine: null,
    ...template,
  },
});
const nothing = { added: 0, changed: 0, removed: 0, kept: 0, conflicts: 0, unchanged: 0 };
let venues = 0;

beforeAll(async () => {
  site = await createStaffSite();
  admin = await site.colleague('city_admin');
});
afterAll(() => site.close());

const newVenue = async (): Promise<string> => {
  const answer = await admin.post('/api/v1/city/venues', {
    code: `place-${String(++venues)}`,
    name: '会場',
    ward: '西区',
    address: '1番地',
  });
  return answer.json<{ id: string }>().id;
};
const preview = async (schedule: object, rest: object = {}) =>
  (await admin.post('/api/v1/city/schedules/preview', { schedule, ...rest })).json<Preview & Record<string, unknown>>();
const add = async (schedule: object, rest: object = {}) => {
  const { fingerprint } = await preview(schedule, rest);
  return admin.post('/api/v1/city/schedules', { schedule, fingerprint, ...rest });
};
const patch = (id: string, body: object) =>
  admin.send('PATCH', `/api/v1/city/schedules/${id}`, JSON.stringify(body), {
    headers: { 'content-type': 'application/json' },
  });
const week = async (venueId: string) =>
  (await admin.get(`/api/v1/city/slots/week?venueId=${venueId}&from=${monday}&to=${addDays(monday, 6)}`)).json<{
    slots: {
      id: string;
      dose: number;
      startsAt: string;
      setByHand: boolean;
      seats: { channel: string; planned: number; held: number; booked: number; free: number }[];
    }[];
  }>().slots;
const slotAt = async (venueId: string, time: string, dose = 1) =>
  (await week(venueId)).find((slot) => slot.dose === dose && slot.startsAt === instantOf(monday, time).toISOString());
const webOf = (slot: Awaited<ReturnType<typeof slotAt>>) => slot?.seats.find((seat) => seat.channel === 'web');
async function book(slotId: string): Promise<string> {
  const residentId = await site.city.addResident();
  const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  const done = await site.city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
  return done.booking.reference ?? '';
}
const capacities = (changes: object[], dryRun = false) =>
  admin.post('/api/v1/city/slots/capacities', { changes, dryRun });

test('a week is planned: shown first, made as shown, and making it again changes nothing', async () => {
  const venueId = await newVenue();
  const shown = await preview(plan(venueId));
  // Three days of five half hours for two doses.
  expect(shown.counts).toEqual({ ...nothing, added: 30 });
  expect(await week(venueId)).toEqual([]);
  const saved = await add(plan(venueId));
  expect(saved.status).toBe(201);
  expect(await week(venueId)).toHaveLength(30);
  expect((await slotAt(venueId, '10:30'))?.seats).toEqual([
    { channel: 'web', planned: 5, held: 0, booked: 0, free: 5 },
    { channel: 'phone', planned: 2, held: 0, booked: 0, free: 2 },
    { channel: 'line', planned: 0, held: 0, booked: 0, free: 0 },
    { channel: 'venue', planned: 0, held: 0, booked: 0, free: 0 },
  ]);
  const { schedule } = saved.json<{ schedule: { id: string; version: number } } & Record<string, unknown>>();
  const again = await preview(plan(venueId), { id: schedule.id });
  expect(again.counts).toEqual({ ...nothing, unchanged: 30 });
  await patch(schedule.id, { schedule: plan(venueId), version: schedule.version, fingerprint: again.fingerprint });
  expect(await week(venueId)).toHaveLength(30);
});

test('a new plan is on the citizen’s side within two seconds', async () => {
  const venueId = await newVenue();
  const citizen = createSlotRepository(site.city.database);
  const free = () =>
    citizen.freeSlots({
      programmeId: site.city.version.programmeId,
      dose: 1,
      channel: 'web',
      venueId,
      from: monday,
      until: addDays(monday, 7),
    });
  expect(await free()).toEqual([]);
  await add(plan(venueId));
  const since = Date.now();
  while ((await free()).length === 0 && Date.now() - since < 2_000)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await free()).toHaveLength(15);
});

test('a changed plan: what is new, changed, gone and in the way is named before, and nothing is saved until that is consented to', async () => {
  const venueId = await newVenue();
  const { schedule } = (await add(plan(venueId))).json<{ schedule: { id: string } } & Record<string, unknown>>();
  const reference = await book((await slotAt(venueId, '09:00'))!.id);
  // Opens later, and with more seats.
  const later = plan(
    venueId,
    {},
    {
      week: [1, 2, 3].map((weekday) => ({ weekday, sessions: [{ from: '09:30', until: '12:30' }] })),
      seats: [
        { dose: 1, channel: 'web', capacity: 8 },
        { dose: 1, channel: 'phone', capacity: 2 },
      ],
    },
  );
  const shown = await preview(later, { id: schedule.id });
  expect(shown.counts).toEqual({ added: 3, changed: 12, removed: 17, kept: 0, conflicts: 1, unchanged: 0 });
  expect(shown.conflicts).toMatchObject([
    {
      kind: 'removed_booked',
      startsAt: instantOf(monday, '09:00').toISOString(),
      touched: [{ reference, state: 'confirmed' }],
    },
  ]);
  const body = { schedule: later, version: 1, fingerprint: shown.fingerprint };
  const refused = await patch(schedule.id, body);
  expect([refused.status, refused.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'plan_in_conflict', facts: { conflicts: 1 } }),
  ]);
  expect(webOf(await slotAt(venueId, '09:30'))?.planned).toBe(5);
  expect((await patch(schedule.id, { ...body, leaveConflicts: true })).status).toBe(200);
  expect(webOf(await slotAt(venueId, '09:30'))).toEqual({ channel: 'web', planned: 8, held: 0, booked: 0, free: 8 });
  // The one that a person has stays and takes nobody else; its neighbours of the same time on other days are gone.
  expect(webOf(await slotAt(venueId, '09:00'))).toEqual({ channel: 'web', planned: 5, held: 0, booked: 1, free: 0 });
  expect(await week(venueId)).toHaveLength(16);
  expect((await preview(later, { id: schedule.id })).counts).toEqual({ ...nothing, conflicts: 1, unchanged: 15 });
});

test('what was shown no longer holds: 412 with what it would do now', async () => {
  const venueId = await newVenue();
  const shown = await preview(plan(venueId));
  await add(plan(venueId, { name: '先の人' }));
  const late = await admin.post('/api/v1/city/schedules', { schedule: plan(venueId), fingerprint: shown.fingerprint });
  expect([late.status, late.json<Problem & Record<string, unknown>>().current?.preview?.counts]).toEqual([
    412,
    { ...nothing, conflicts: 30 },
  ]);
});

test('two people edit one plan: the second is told and sees the other’s', async () => {
  const venueId = await newVenue();
  const { schedule } = (await add(plan(venueId))).json<{ schedule: { id: string } } & Record<string, unknown>>();
  const change = async (name: string) =>
    patch(schedule.id, {
      schedule: plan(venueId, { name }),
      version: 1,
      fingerprint: (await preview(plan(venueId, { name }), { id: schedule.id })).fingerprint,
    });
  expect((await change('一人目')).status).toBe(200);
  const late = await change('二人目');
  expect([late.status, late.json()]).toEqual([
    412,
    expect.objectContaining({
      code: 'changed_meanwhile',
      current: { schedule: expect.objectContaining({ name: '一人目', version: 2 }) as unknown },
    }),
  ]);
});

test('two plans of one venue that run into each other are named, other doses may stand beside', async () => {
  const venueId = await newVenue();
  await add(plan(venueId, { name: '午前' }, { seats: [{ dose: 1, channel: 'web', capacity: 5 }] }));
  const shifted = plan(
    venueId,
    { name: 'ずれた' },
    { week: [{ weekday: 1, sessions: [{ from: '09:15', until: '10:15' }] }], breaks: [] },
  );
  const shown = await preview(shifted);
  expect(shown.counts).toMatchObject({ added: 2, conflicts: 2 });
  expect(shown.conflicts[0]).toMatchObject({ kind: 'overlap', dose: 1, other: { scheduleName: '午前' } });
});

test('seats set by hand survive the plan, unless told otherwise', async () => {
  const venueId = await newVenue();
  const { schedule } = (await add(plan(venueId))).json<{ schedule: { id: string } } & Record<string, unknown>>();
  const slot = await slotAt(venueId, '09:00');
  expect((await capacities([{ slotId: slot!.id, channel: 'web', was: 5, capacity: 9 }])).json()).toEqual({
    applied: true,
    changed: 1,
  });
  expect((await preview(plan(venueId), { id: schedule.id })).counts).toEqual({ ...nothing, kept: 1, unchanged: 29 });
  expect((await preview(plan(venueId), { id: schedule.id, overwriteHandSet: true })).counts).toEqual({
    ...nothing,
    changed: 1,
    unchanged: 29,
  });
});

test('a plan is taken away with its free slots; those that people have stay, where that is consented to', async () => {
  const venueId = await newVenue();
  const { schedule } = (await add(plan(venueId))).json<{ schedule: { id: string } } & Record<string, unknown>>();
  await book((await slotAt(venueId, '09:00'))!.id);
  const shown = (await admin.get(`/api/v1/city/schedules/${schedule.id}/removal`)).json<
    Preview & Record<string, unknown>
  >();
  expect(shown.counts).toEqual({ ...nothing, removed: 29, conflicts: 1 });
  const path = `/api/v1/city/schedules/${schedule.id}?version=1&fingerprint=${shown.fingerprint}`;
  expect((await admin.delete(path)).json()).toMatchObject({ code: 'plan_in_conflict' });
  expect((await admin.delete(`${path}&leaveConflicts=true`)).status).toBe(200);
  expect(await week(venueId)).toMatchObject([{ dose: 1, startsAt: instantOf(monday, '09:00').toISOString() }]);
  // Planned again, the same slots come back.
  const again = await preview(plan(venueId));
  expect(again.counts).toEqual({ ...nothing, changed: 29, unchanged: 1 });
});

test.each([
  [{ validUntil: monday }, {}, 422, 'schedule_too_long'],
  [{ validUntil: addDays(monday, 401) }, {}, 422, 'schedule_too_long'],
  [{}, { seats: [{ dose: 3, channel: 'web', capacity: 1 }] }, 422, 'dose_unknown'],
  [{}, { week: [] }, 400, 'invalid_request'],
  [{ name: '' }, {}, 400, 'invalid_request'],
])('%j %j is refused', async (change, template, status, code) => {
  const answer = await admin.post('/api/v1/city/schedules/preview', {
    schedule: plan(site.city.venueId, change, template),
  });
  expect([answer.status, answer.json()['code']]).toEqual([status, code]);
});

test('what is wrong is said beside its field', async () => {
  const answer = await admin.post('/api/v1/city/schedules/preview', {
    schedule: plan(site.city.venueId, { name: ' ' }, { blockMinutes: 1 }),
  });
  expect(answer.json<Problem & Record<string, unknown>>().faults).toEqual([
    { field: 'schedule.name', code: 'malformed', sentence: '日程の名前を入力してください。' },
    { field: 'schedule.template.blockMinutes', code: 'malformed', sentence: '1枠の長さは5分以上にしてください。' },
  ]);
});

test('holidays have their names', async () => {
  expect((await admin.get('/api/v1/city/holidays?from=2026-05-01&to=2026-05-06')).json()).toEqual({
    holidays: [
      { date: '2026-05-03', name: '憲法記念日' },
      { date: '2026-05-04', name: 'みどりの日' },
      { date: '2026-05-05', name: 'こどもの日' },
      { date: '2026-05-06', name: 'こどもの日 振替休日' },
    ],
  });
});

describe('seats of one or many slots', () => {
  test('up at once; below what is booked refused with who is touched, and then nothing at all is changed', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const [slot, other] = [(await slotAt(venueId, '09:00'))!, (await slotAt(venueId, '09:30'))!];
    const reference = await book(slot.id);
    const residentId = await site.city.addResident();
    await site.city.bookings.hold({ residentId, slotId: slot.id, dose: 1, channel: 'web', actor: 'citizen' });
    const changes = [
      { slotId: slot.id, channel: 'web', was: 5, capacity: 1 },
      { slotId: other.id, channel: 'web', was: 5, capacity: 1 },
    ];
    for (const dryRun of [true, false]) {
      const refused = await capacities(changes, dryRun);
      expect([refused.status, refused.json()]).toEqual([
        409,
        expect.objectContaining({ code: 'below_booked', facts: { seats: 1 } }),
      ]);
      const { current } = refused.json<
        {
          current: {
            short: { taken: number; wanted: number; touched: { reference: string | null; state: string }[] }[];
          };
        } & Record<string, unknown>
      >();
      expect(current.short).toMatchObject([
        {
          slotId: slot.id,
          channel: 'web',
          taken: 2,
          wanted: 1,
          touched: [
            { reference, state: 'confirmed' },
            { reference: null, state: 'held' },
          ],
        },
      ]);
      expect(JSON.stringify(refused.json())).not.toMatch(/1947|98000/);
    }
    expect(webOf(await slotAt(venueId, '09:30'))?.planned).toBe(5);
    expect(
      (
        await capacities([
          { slotId: slot.id, channel: 'web', was: 5, capacity: 2 },
          { slotId: slot.id, channel: 'phone', was: 2, capacity: 5 },
        ])
      ).status,
    ).toBe(200);
    expect((await slotAt(venueId, '09:00'))?.seats.slice(0, 2)).toEqual([
      { channel: 'web', planned: 2, held: 1, booked: 1, free: 0 },
      { channel: 'phone', planned: 5, held: 0, booked: 0, free: 5 },
    ]);
    const bookings = (await admin.get(`/api/v1/city/slots/${slot.id}/bookings`)).json<{ bookings: unknown[] }>()
      .bookings;
    expect(bookings).toHaveLength(2);
  });

  test('a channel that had no seats gets some; a look changes nothing', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const slot = (await slotAt(venueId, '09:00'))!;
    const change = [{ slotId: slot.id, channel: 'line', was: 0, capacity: 3 }];
    expect((await capacities(change, true)).json()).toEqual({ applied: false, changed: 1 });
    expect((await slotAt(venueId, '09:00'))?.seats[2]?.planned).toBe(0);
    await capacities(change);
    expect((await slotAt(venueId, '09:00'))?.seats[2]?.planned).toBe(3);
  });

  test('the second of two who change the same seats is told what they are now', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const slot = (await slotAt(venueId, '09:00'))!;
    const answers = await Promise.all(
      [7, 8, 9].map((capacity) => capacities([{ slotId: slot.id, channel: 'web', was: 5, capacity }])),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
    const planned = webOf(await slotAt(venueId, '09:00'))?.planned;
    const late = answers.find((answer) => answer.status === 412);
    expect(late?.json()).toMatchObject({
      code: 'changed_meanwhile',
      current: { seats: [{ slotId: slot.id, channel: 'web', capacity: planned }] },
    });
  });

  test('the constraint itself refuses fewer seats than are taken', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const slot = (await slotAt(venueId, '09:00'))!;
    await book(slot.id);
    await expect(
      site.city.database('slot_quota').where({ slot_id: slot.id, channel: 'web' }).update({ capacity: 0 }),
    ).rejects.toThrow(/slot_quota_capacity/);
  });

  test('while citizens hold, seats go down and up: never more taken than there are, and no seat is lost', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const slot = (await slotAt(venueId, '09:00'))!;
    const residents = await Promise.all(Array.from({ length: 24 }, () => site.city.addResident()));
    let planned = 5;
    const outcomes = { up: 0, down: 0, refused: 0 };
    const holding = Promise.all(
      residents.map((residentId) =>
        site.city.bookings.hold({ residentId, slotId: slot.id, dose: 1, channel: 'web', actor: 'citizen' }),
      ),
    );
    for (const capacity of [12, 3, 8, 1, 10, 6, 15, 2]) {
      const answer = await capacities([{ slotId: slot.id, channel: 'web', was: planned, capacity }]);
      expect([200, 409]).toContain(answer.status);
      if (answer.status === 200) {
        outcomes[capacity > planned ? 'up' : 'down']++;
        planned = capacity;
      } else outcomes.refused++;
    }
    const held = (await holding).filter((result) => result.ok).length;
    const [row] = (
      await site.city.database.raw<{ rows: { capacity: number; taken: number; bookings: number }[] }>(
        `SELECT q.capacity, q.taken, (SELECT count(*)::int FROM booking b WHERE b.slot_id = q.slot_id AND b.state = 'held') AS bookings FROM slot_quota q WHERE q.slot_id = ? AND q.channel = 'web'`,
        [slot.id],
      )
    ).rows;
    expect(row).toEqual({ capacity: planned, taken: held, bookings: held });
    expect(held).toBeLessThanOrEqual(planned);
    expect(outcomes.up).toBeGreaterThan(0);
  });

  test('the history says who, when, and what it was before and after', async () => {
    const venueId = await newVenue();
    await add(plan(venueId));
    const slot = (await slotAt(venueId, '09:00'))!;
    await capacities([{ slotId: slot.id, channel: 'web', was: 5, capacity: 6 }]);
    const path = `/api/v1/city/slots/history?venueId=${venueId}`;
    const { changes } = (await admin.get(path)).json<{ changes: Record<string, unknown>[] }>();
    expect(changes).toMatchObject([
      { kind: 'capacity', changed: 1, by: expect.stringMatching(/^職員/) as string },
      { kind: 'plan', added: 30 },
    ]);
    const ofSlot = (await admin.get(`${path}&dose=1&startsAt=${encodeURIComponent(slot.startsAt)}`)).json<{
      changes: { items: unknown[] }[];
    }>().changes;
    expect(ofSlot.map((change) => change.items)).toMatchObject([
      [{ before: { web: 5, phone: 2 }, after: { web: 6, phone: 2 } }],
      [{ before: null, after: { web: 5, phone: 2 } }],
    ]);
    await expect(site.city.database('slot_change').update({ added: 1 })).rejects.toThrow(/append-only/);
    const events = await site.audit.list({ action: 'slots.capacity', limit: 1 });
    expect(events).toMatchObject([{ subjectId: venueId, detail: { slots: 1 } }]);
  });
});

describe('slots as a sheet', () => {
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  const header = '会場コード,日付,開始,終了,回,Web,電話\r\n';
  interface SheetPlan extends Record<string, unknown> {
    fingerprint: string;
    errorCount: number;
    errors: { line: number; faults: { sentence: string }[] }[];
    venues: { preview: Preview }[];
  }
  const look = async (text: string) =>
    (await admin.post('/api/v1/city/slots/sheet/preview', { content: base64(text) })).json<SheetPlan>();
  const load = (text: string, fingerprint: string, rest: object = {}) =>
    admin.post('/api/v1/city/slots/sheet', { content: base64(text), fingerprint, ...rest });

  test('loaded twice it changes nothing (Saitama 2021), and columns that it leaves out stay', async () => {
    const venueId = await newVenue();
    const code = `place-${String(venues)}`;
    const text = `${header}${code},${monday},9:00,9:30,1,5,2\r\n${code},${monday},9:30,10:00,1,5,2\r\n${code},${monday},9:00,9:30,2,4,1\r\n`;
    const shown = await look(text);
    expect([shown.errorCount, shown.venues[0]?.preview.counts]).toEqual([0, { ...nothing, added: 3 }]);
    expect((await load(text, shown.fingerprint)).status).toBe(200);
    const again = await look(text);
    expect(again.venues[0]?.preview.counts).toEqual({ ...nothing, unchanged: 3 });
    await load(text, again.fingerprint);
    expect(await week(venueId)).toHaveLength(3);
    const onlyWeb = `会場コード,日付,開始,終了,回,Web\r\n${code},${monday},9:00,9:30,1,7\r\n`;
    await load(onlyWeb, (await look(onlyWeb)).fingerprint);
    expect((await slotAt(venueId, '09:00'))?.seats.map((seat) => seat.planned)).toEqual([7, 2, 0, 0]);
    expect(await week(venueId)).toHaveLength(3);
  });

  test('what was exported is loaded again without a change', async () => {
    const venueId = await newVenue();
    await add(plan(venueId, {}, { vaccine: '=危険' }));
    const exported = await admin.get(
      `/api/v1/city/slots/sheet?venueId=${venueId}&from=${monday}&to=${addDays(monday, 6)}`,
    );
    expect(exported.text).toContain(",'=危険,");
    expect((await look(exported.text)).venues[0]?.preview.counts).toEqual({ ...nothing, unchanged: 30 });
  });

  test('wrong rows are named by line and nothing is written', async () => {
    const venueId = await newVenue();
    const code = `place-${String(venues)}`;
    const text = `${header}${code},${monday},9:00,9:30,1,5,2\r\nnowhere,${monday},9:00,9:30,1,5,2\r\n${code},${monday},9:00,9:30,1,6,2\r\n${code},${monday},9:15,9:45,1,6,2\r\n${code},2026-02-30,9:00,9:30,1,5,2\r\n`;
    const shown = await look(text);
    expect(shown.errors.map((item) => [item.line, item.faults.map((fault) => fault.sentence)])).toEqual([
      [3, ['会場コード「nowhere」の会場がありません。先に会場を登録してください。']],
      [4, ['2行目と同じ会場・回・開始の枠です。']],
      [5, ['2行目の枠（09:00から09:30）と時間が重なっています。']],
      [6, ['日付「2026-02-30」を読み取れません。2026-05-29 のように入力してください。']],
    ]);
    expect((await load(text, shown.fingerprint)).json()).toMatchObject({ code: 'sheet_refused', facts: { errors: 4 } });
    expect(await week(venueId)).toEqual([]);
  });

  test('fewer seats than are booked: named, and refused with that', async () => {
    const venueId = await newVenue();
    const code = `place-${String(venues)}`;
    await add(plan(venueId));
    const reference = await book((await slotAt(venueId, '09:00'))!.id);
    const text = `${header}${code},${monday},9:00,9:30,1,0,2\r\n`;
    const shown = await look(text);
    expect(shown.venues[0]?.preview.conflicts).toMatchObject([{ kind: 'below_booked', touched: [{ reference }] }]);
    expect((await load(text, shown.fingerprint)).json()).toMatchObject({ code: 'plan_in_conflict' });
    expect(webOf(await slotAt(venueId, '09:00'))?.planned).toBe(5);
  });
});

test('days of all venues, and the balance of doses', async () => {
  const venueId = await newVenue();
  await add(plan(venueId));
  const { days } = (await admin.get(`/api/v1/city/slots/days?from=${monday}&to=${addDays(monday, 6)}`)).json<{
    days: { venueId: string; date: string; dose: number; planned: number }[];
  }>();
  expect(days.filter((day) => day.venueId === venueId && day.dose === 1)).toMatchObject(
    [0, 1, 2].map((offset) => ({ date: addDays(monday, offset), planned: 35 })),
  );
  const { balance } = (await admin.get(`/api/v1/city/slots/balance?venueId=${venueId}`)).json<{
    balance: { notPlannedYet: number; nextSeats: number }[];
  }>();
  // The next dose is three weeks later, and nothing is planned there.
  expect(balance).toMatchObject([{ dose: 1, nextDose: 2, notPlannedYet: 105, missing: 0 }]);
});

test('only the city admin changes anything', async () => {
  const supervisor = await site.colleague('supervisor');
  expect((await supervisor.post('/api/v1/city/slots/capacities', { changes: [] })).status).toBe(403);
  expect((await supervisor.get('/api/v1/city/schedules')).status).toBe(200);
});
