import { addDays, cityDate } from '../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

interface Affected {
  version: number;
  residents: number;
  withoutBirthDate: number;
  lastImport: { appliedAt: string } | null;
  now: { eligible: number; inNoGroup: number };
  before: { eligible: number; inNoGroup: number } | null;
  groups: { code: string; now: number | null; before: number | null; byDeclaration: boolean }[];
  bookings: { checked: number; noLonger: number; alreadyNot: number; reasons: { fault: string; count: number }[] };
}
const programme = '/api/v1/programmes/test-programme';
let site: StaffSite;
let author: Visitor & { staffId: string };
const booked: Record<string, string> = {};

/** A confirmed booking (or a hold) of a new person. */
async function book(
  name: string,
  person: { birthDate?: string; groupCode?: string },
  { daysAhead, confirmed = true }: { daysAhead: number; confirmed?: boolean },
): Promise<string> {
  const residentId = await site.city.addResident(person);
  const slotId = await site.city.addSlot({ daysAhead });
  const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  if (confirmed)
    await site.city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
  booked[name] = held.booking.id;
  return residentId;
}

beforeAll(async () => {
  site = await createStaffSite();
  author = await site.colleague('supervisor');
  await book('old', { birthDate: '1940-01-01' }, { daysAhead: 5 });
  await book('younger', { birthDate: '1956-01-01' }, { daysAhead: 5 });
  await book('younger and held', { birthDate: '1956-01-02' }, { daysAhead: 6, confirmed: false });
  await book('late', { birthDate: '1940-01-02' }, { daysAhead: 50 });
  for (const birthDate of ['1935-06-01', '1935-06-01', '1957-01-01']) await site.city.addResident({ birthDate });
  const gone = await site.city.addResident({ birthDate: '1930-01-01' });
  await site.city.database('resident').where({ id: gone }).update({ status: 'missing' });
  const unread = await site.city.addResident({ birthDate: '1930-01-02' });
  await site.city.database('resident').where({ id: unread }).update({ search_keys: '{}' });
});
afterAll(() => site.close());
afterEach(() => site.city.database('programme_draft').delete());

async function draft(change: (document: ProgrammeDocument) => void): Promise<void> {
  const begun = (await author.post(`${programme}/draft`, { from: 1 })).json<{
    version: number;
    document: ProgrammeDocument;
  }>();
  change(begun.document);
  const saved = await author.send(
    'PATCH',
    `${programme}/draft`,
    JSON.stringify({ version: begun.version, document: begun.document }),
    { headers: { 'content-type': 'application/json' } },
  );
  expect(saved.status).toBe(200);
}
const affected = async (by: Visitor = author) =>
  (await by.get(`${programme}/affected`)).json<Affected & Record<string, unknown>>();
const list = async (query = '', by: Visitor = author) =>
  (await by.get(`${programme}/affected/bookings${query}`)).json<{
    bookings: { id: string; reference: string | null; fault: string }[];
    next: string | null;
  }>();
const onlyOver = (age: number) => (document: ProgrammeDocument) => {
  const [seniors] = document.groups;
  document.groups = [
    { ...seniors!, members: [{ kind: 'age', on: `${cityDate(new Date()).slice(0, 4)}-03-31`, from: age }] },
  ];
};

test('an edit of the groups says how many may book now and how many before, and which bookings it would not allow', async () => {
  await draft(onlyOver(75));
  const counted = await affected();
  expect(counted).toMatchObject({
    residents: 8,
    withoutBirthDate: 1,
    lastImport: null,
    now: { eligible: 4, inNoGroup: 4 },
    before: { eligible: 8, inNoGroup: 0 },
  });
  expect(counted.groups).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: 'seniors', now: 4, before: 8 }),
      expect.objectContaining({ code: 'general', now: null, before: 0 }),
    ]),
  );
  expect(counted.bookings).toMatchObject({
    checked: 4,
    noLonger: 2,
    alreadyNot: 0,
    reasons: [{ fault: 'not_eligible', count: 2 }],
  });
  expect((await list()).bookings.map(({ id, fault }) => [id, fault])).toEqual([
    [booked['younger'], 'not_eligible'],
    [booked['younger and held'], 'not_eligible'],
  ]);
});

test('nobody is told to lose what only the moment of booking would refuse', async () => {
  await draft((document) => {
    document.bookingWindow = { firstDay: 1, lastDay: 2 };
    for (const group of document.groups) group.opensAt = '2099-01-01T00:00:00+09:00';
  });
  expect((await affected()).bookings).toMatchObject({ checked: 4, noLonger: 0, alreadyNot: 0 });
});

test('the last day of all is about the booking; reasons are counted and listed one by one', async () => {
  await draft((document) => {
    onlyOver(75)(document);
    document.bookingWindow.notAfter = addDays(cityDate(new Date()), 40);
  });
  expect((await affected()).bookings.reasons).toEqual([
    expect.objectContaining({ fault: 'not_eligible', count: 2 }),
    expect.objectContaining({ fault: 'outside_window', count: 1 }),
  ]);
  expect((await list('?fault=outside_window')).bookings.map(({ id }) => id)).toEqual([booked['late']]);
});

test('what the published version does not allow either is not the draft’s doing', async () => {
  const id = await book('stranger', { birthDate: '1940-03-03' }, { daysAhead: 7 });
  await site.city.database('resident').where({ id }).update({ group_code: 'gone' });
  await draft((document) => {
    document.bookingWindow.notBefore = addDays(cityDate(new Date()), 2);
  });
  expect((await affected()).bookings).toMatchObject({ checked: 5, noLonger: 0, alreadyNot: 1 });
  await site.city.database('resident').where({ id }).update({ group_code: 'seniors' });
});

test('counts are told without a draft’s faults, and never of nothing', async () => {
  expect((await author.get(`${programme}/affected`)).status).toBe(404);
  await draft((document) => {
    document.groups[0]!.label = '';
  });
  expect((await author.get(`${programme}/affected`)).json()['code']).toBe('draft_invalid');
});

test('reading the list is in the audit; its page names nobody and holds no personal data', async () => {
  await draft(onlyOver(75));
  const auditor = await site.colleague('auditor');
  const answer = await auditor.get(`${programme}/affected/bookings`);
  expect(Object.keys(answer.json<{ bookings: object[] }>().bookings[0]!).sort()).toEqual([
    'channel',
    'dose',
    'fault',
    'id',
    'isProtected',
    'reference',
    'startsAt',
    'state',
    'venueName',
    'words',
  ]);
  const { action, detail } = await site.city
    .database('audit_event')
    .where({ actor_id: auditor.staffId })
    .orderBy('seq', 'desc')
    .first<{ action: string; detail: string }>('action', 'detail');
  expect([action, JSON.parse(detail)]).toEqual(['programme.affected', { shown: 2 }]);
  expect((await (await site.colleague('operator')).get(`${programme}/affected/bookings`)).status).toBe(403);
});

test('pages of the list are walked to the end, slot by slot', async () => {
  for (let index = 0; index < 60; index++)
    await book(`many ${String(index)}`, { birthDate: '1958-02-02' }, { daysAhead: 8 + (index % 30) });
  await draft(onlyOver(75));
  const seen: string[] = [];
  let after: string | null = '';
  for (let pages = 0; after !== null && pages < 5; pages++) {
    const page: Awaited<ReturnType<typeof list>> = await list(
      after === '' ? '' : `?after=${encodeURIComponent(after)}`,
    );
    seen.push(...page.bookings.map(({ id }) => id));
    after = page.next;
  }
  expect([seen.length, new Set(seen).size, after]).toEqual([62, 62, null]);
});
