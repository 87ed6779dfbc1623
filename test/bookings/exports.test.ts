import { addDays, cityDate } from '../../domain/calendar/city-time';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
let supervisor: Visitor & { readonly staffId: string };
let admin: Visitor & { readonly staffId: string };
const from = addDays(cityDate(new Date()), 5);
beforeAll(async () => {
  site = await createStaffSite();
  [supervisor, admin] = await Promise.all([site.colleague('supervisor'), site.colleague('city_admin')]);
  const slotId = await site.city.addSlot({ daysAhead: 5 });
  const residentId = await site.city.addResident({ number: '9800777001', kana: '=カナ' });
  const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  await site.city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
});
afterAll(() => site.close());

interface Export {
  id: string;
  state: string;
  bookings: number;
}
const ask = async (who: Visitor, body: object = {}) =>
  who.post('/api/v1/exports', { from, to: from, reason: '接種記録との突き合わせのため', ...body });
const asked = async (who: Visitor = supervisor) => (await ask(who)).json<Export & { id: string }>().id;
const codeOf = async (request: Promise<{ status: number; json(): Record<string, unknown> }>) => {
  const answer = await request;
  return [answer.status, answer.json()['code']];
};

test('one asks, another approves, the first fetches it once', async () => {
  const id = await asked();
  expect(await codeOf(supervisor.post(`/api/v1/exports/${id}/file`))).toEqual([409, 'export_not_ready']);
  expect((await admin.post(`/api/v1/exports/${id}/approve`)).json()).toMatchObject({
    state: 'approved',
    bookings: 1,
    usableUntil: expect.any(String) as unknown,
  });
  expect(await codeOf(admin.post(`/api/v1/exports/${id}/file`))).toEqual([403, 'export_not_yours']);
  const file = await supervisor.post(`/api/v1/exports/${id}/file`);
  expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [header, row, end] = file.text.split('\r\n');
  expect(header).toMatch(/^\uFEFF受付番号,状態,日,時刻,会場/);
  // What a spreadsheet would compute stays text.
  expect(row).toMatch(
    new RegExp(
      `^\\d{3}-\\d{3}-\\d{3},予約済み,${from},10:30,桜木会場,1,ウェブ,65歳以上の方,9800777001,1947-04-01,'=カナ,09012345678,hana@example.jp$`,
    ),
  );
  expect(end).toBe('');
  expect(await codeOf(supervisor.post(`/api/v1/exports/${id}/file`))).toEqual([410, 'export_used']);
});

test('nobody approves what they asked for, and nobody without the right approves at all', async () => {
  const own = await asked(admin);
  expect(await codeOf(admin.post(`/api/v1/exports/${own}/approve`))).toEqual([403, 'export_own']);
  const id = await asked();
  for (const role of ['supervisor', 'operator', 'reception', 'auditor'] as const) {
    expect(await codeOf((await site.colleague(role)).post(`/api/v1/exports/${id}/approve`))).toEqual([
      403,
      'forbidden',
    ]);
  }
  for (const role of ['operator', 'reception', 'auditor'] as const)
    expect(await codeOf(ask(await site.colleague(role)))).toEqual([403, 'forbidden']);
  expect(
    (await supervisor.get('/api/v1/exports')).json<{ exports: Export[] }>().exports.find((item) => item.id === id),
  ).toMatchObject({ state: 'waiting' });
});

test('the table itself holds the two persons, the one time and what was asked for', async () => {
  const { database } = site.city;
  const id = await asked();
  const change = (values: object) => database('data_export').where({ id }).update(values);
  await expect(
    change({
      decided_by: supervisor.staffId,
      decided_at: new Date(),
      approved: true,
      usable_until: new Date(Date.now() + 60_000),
    }),
  ).rejects.toMatchObject({ constraint: 'data_export_two_persons' });
  await expect(
    change({ parameters: JSON.stringify({ from: '2000-01-01', to: from, venueId: null }) }),
  ).rejects.toMatchObject({ code: 'TK004' });
  await expect(change({ downloaded_at: new Date() })).rejects.toMatchObject({
    constraint: 'data_export_after_approval',
  });
  await admin.post(`/api/v1/exports/${id}/approve`);
  await expect(change({ usable_until: new Date(Date.now() + 9e9) })).rejects.toMatchObject({ code: 'TK004' });
  await supervisor.post(`/api/v1/exports/${id}/file`);
  await expect(change({ downloaded_at: null })).rejects.toMatchObject({ code: 'TK004' });
});

test('of two clicks one gets the file', async () => {
  const id = await asked();
  await admin.post(`/api/v1/exports/${id}/approve`);
  const answers = await Promise.all([1, 2, 3].map(() => supervisor.post(`/api/v1/exports/${id}/file`)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 410, 410]);
});

test('an approval ends after a day, a rejected one never begins, a decided one stays', async () => {
  const late = await asked();
  await admin.post(`/api/v1/exports/${late}/approve`);
  await site.city.database.raw(`ALTER TABLE data_export DISABLE TRIGGER data_export_guard`);
  await site.city
    .database('data_export')
    .where({ id: late })
    .update({ usable_until: new Date(Date.now() - 1_000) });
  await site.city.database.raw(`ALTER TABLE data_export ENABLE TRIGGER data_export_guard`);
  expect(await codeOf(supervisor.post(`/api/v1/exports/${late}/file`))).toEqual([410, 'export_used']);
  const no = await asked();
  expect((await admin.post(`/api/v1/exports/${no}/reject`)).json()).toMatchObject({
    state: 'rejected',
    usableUntil: null,
  });
  expect(await codeOf(admin.post(`/api/v1/exports/${no}/approve`))).toEqual([409, 'export_decided']);
  expect(await codeOf(supervisor.post(`/api/v1/exports/${no}/file`))).toEqual([409, 'export_not_ready']);
});

test('a reason is needed, and everything is in the audit without what the file holds', async () => {
  expect((await ask(supervisor, { reason: 'なんとなく' })).status).toBe(400);
  expect(await codeOf(ask(supervisor, { to: addDays(from, -1) }))).toEqual([422, 'range_too_long']);
  const rows = await site.city
    .database('audit_event')
    .where('action', 'like', 'export.%')
    .select<{ action: string; result: string; detail: string }[]>('action', 'result', 'detail');
  const seen = new Set(rows.map(({ action, result }) => `${action} ${result}`));
  for (const expected of [
    'export.ask done',
    'export.approve done',
    'export.approve export_own',
    'export.download done',
    'export.download export_used',
    'export.reject done',
  ])
    expect(seen).toContain(expected);
  for (const personal of ['9800777001', 'カナ', '1947-04-01', '突き合わせ'])
    expect(JSON.stringify(rows)).not.toContain(personal);
});
