import { createNoticeRepository, type NoticeRepository } from '../../database/notices/notices';
import { callbackDueAt } from '../../domain/notices/callback';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
let notices: NoticeRepository;
let operator: Visitor & { readonly staffId: string };
beforeAll(async () => {
  site = await createStaffSite();
  notices = createNoticeRepository(site.city.database);
  operator = await site.colleague('operator');
});
beforeEach(() =>
  site.city.database.raw('DELETE FROM callback_attempt; UPDATE notice SET handled_by = NULL; DELETE FROM callback'),
);
afterAll(() => site.close());

interface Callback {
  id: string;
  residentId: string;
  cause: string;
  dueAt: string;
  version: number;
  assignedTo: { id: string } | null;
  doneAt: string | null;
  end: string | null;
  attempts: number;
  noticeId: string | null;
}

/** A confirmed booking of a new person. */
async function booked(residentId?: string) {
  const resident = residentId ?? (await site.city.addResident());
  const slotId = await site.city.addSlot({ capacity: 1_000 });
  const held = await site.city.bookings.hold({
    residentId: resident,
    slotId,
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  const done = await site.city.bookings.confirm({
    residentId: resident,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
  return { residentId: resident, bookingId: done.booking.id, reference: done.booking.reference ?? '' };
}
async function failed(bookingId: string, step = 'confirmation', occurrence = 'first') {
  const { id } = await notices.find({ bookingId, step, occurrence });
  await notices.markFailed(id, 'smtp 550');
  return id;
}
const patch = (id: string, body: object, by = operator) =>
  by.send('PATCH', `/api/v1/callbacks/${id}`, JSON.stringify(body), {
    headers: { 'content-type': 'application/json' },
  });
const listed = async (query = '') =>
  (await operator.get(`/api/v1/callbacks${query}`)).json<{ callbacks: Callback[]; next: string | null }>();
const theOne = async () => (await listed()).callbacks[0]!;

test('who could not be told is on the list, once however often it fails, with the earlier due time', async () => {
  const { bookingId, residentId } = await booked();
  const first = await failed(bookingId);
  const second = await failed(bookingId, 'reminder');
  await notices.markFailed(first, 'smtp 550');
  const { callbacks } = await listed();
  expect(callbacks).toMatchObject([
    { residentId, cause: 'notice_failed', noticeId: second, assignedTo: null, attempts: 0, booking: { id: bookingId } },
  ]);
  const startsAt = (await site.city.bookings.find(bookingId))!.slot.startsAt;
  expect(Math.abs(Date.parse(callbacks[0]!.dueAt) - callbackDueAt(new Date(), startsAt).getTime())).toBeLessThan(5_000);
  expect((await operator.get('/api/v1/callbacks/counts')).json()).toEqual({
    open: 1,
    overdue: 0,
    unassigned: 1,
    byCause: { notice_failed: 1, no_address: 0, promised: 0 },
  });
});

test('the failure and the call are there together or not at all', async () => {
  const { bookingId } = await booked();
  const { id } = await notices.find({ bookingId, step: 'confirmation', occurrence: 'first' });
  await site.city.database.raw(`ALTER TABLE callback ADD CONSTRAINT broken CHECK (false) NOT VALID`);
  try {
    await expect(notices.markFailed(id, 'smtp 550')).rejects.toThrow('broken');
    expect((await notices.byId(id))?.status).toBe('queued');
  } finally {
    await site.city.database.raw(`ALTER TABLE callback DROP CONSTRAINT broken`);
  }
  expect(await notices.markFailed(id, 'smtp 550')).toBe(true);
  expect((await listed()).callbacks).toHaveLength(1);
});

test('many failures of one person at the same time make one entry', async () => {
  const { bookingId } = await booked();
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => failed(bookingId, 'confirmation', `again/${String(index)}`)),
  );
  expect((await listed()).callbacks).toHaveLength(1);
});

test('a call that nobody takes is due again; one that reaches them ticks the entry off, and the tick can be taken back', async () => {
  const { bookingId, residentId } = await booked();
  const notice = await failed(bookingId);
  const { id, version } = await theOne();
  const attempt = (body: object) => operator.post(`/api/v1/callbacks/${id}/attempts`, body);
  const again = (await attempt({ version, outcome: 'no_answer', note: '留守番電話' })).json<{
    version: number;
    dueAt: string;
  }>();
  expect(Date.parse(again.dueAt) - Date.now()).toBeGreaterThan(3_600_000);
  const reached = (await attempt({ version: again.version, outcome: 'reached', note: '娘さんが出た' })).json<{
    version: number;
  }>();
  expect(reached).toMatchObject({
    end: 'reached',
    doneBy: expect.stringMatching(/^職員/) as unknown,
    attemptList: [
      { outcome: 'no_answer', note: '留守番電話' },
      { outcome: 'reached', note: '娘さんが出た' },
    ],
  });
  expect((await listed()).callbacks).toEqual([]);
  expect((await listed('?state=done')).callbacks).toMatchObject([{ id, end: 'reached' }]);
  const urgency = async () => (await site.services.noticeLists.find(notice))?.urgency;
  expect(await urgency()).toBe(0);
  expect((await attempt({ version: reached.version, outcome: 'busy' })).json()['code']).toBe('callback_done');
  const reopened = (await operator.post(`/api/v1/callbacks/${id}/reopen`, { version: reached.version })).json();
  expect(reopened).toMatchObject({ doneAt: null, end: null, attempts: 2 });
  expect(await urgency()).toBe(2);
  const actions = (await site.audit.list({ residentId, limit: 20 })).map((event) => event.action);
  expect(actions).toEqual(['callback.reopen', 'callback.attempt', 'callback.attempt']);
  expect(JSON.stringify(await site.city.database('audit_event').select('detail'))).not.toContain('娘');
  for (const row of await site.city.database('callback_attempt').select<{ sealed_note: Buffer }[]>('sealed_note'))
    expect(row.sealed_note.includes('娘')).toBe(false);
});

test('a tick that another failure came after cannot be taken back: the new entry is there', async () => {
  const { bookingId } = await booked();
  await failed(bookingId);
  const { id, version } = await theOne();
  const done = (await operator.post(`/api/v1/callbacks/${id}/tick-off`, { version })).json<{ version: number }>();
  await failed(bookingId, 'reminder');
  const other = await theOne();
  const answer = await operator.post(`/api/v1/callbacks/${id}/reopen`, { version: done.version });
  expect([answer.status, answer.json()['code'], answer.json()['facts']]).toEqual([
    409,
    'callback_exists',
    { callbackId: other.id },
  ]);
});

test('a notice that leaves after all settles the call, but not while another is left to tell', async () => {
  const { bookingId } = await booked();
  const failedCount = async () => (await operator.get('/api/v1/notices/counts')).json<{ failed: number }>().failed;
  const before = await failedCount();
  await failed(bookingId, 'confirmation');
  await failed(bookingId, 'reminder');
  expect(await failedCount()).toBe(before + 2);
  const sent = async (step: string) => {
    const { id } = await notices.find({ bookingId, step, occurrence: 'again/x' });
    await notices.startSending(id, 'email');
    await notices.markSent(id);
  };
  await sent('confirmation');
  expect((await listed()).callbacks).toHaveLength(1);
  await sent('reminder');
  expect((await listed('?state=done')).callbacks).toMatchObject([{ end: 'told_by_notice', doneBy: null }]);
  expect(await failedCount()).toBe(before);
});

test('two who ask for the next one get two; nobody gets the same', async () => {
  for (let index = 0; index < 6; index++) await failed((await booked()).bookingId);
  const colleague = await site.colleague('operator');
  const taken = await Promise.all(
    [operator, colleague, operator, colleague, operator, colleague, operator].map((visitor) =>
      visitor.post('/api/v1/callbacks/next', {}),
    ),
  );
  const ids = taken.map((answer) => answer.json<{ callbackId: string | null }>().callbackId);
  expect(new Set(ids.filter(Boolean)).size).toBe(6);
  expect(ids.filter((id) => id === null)).toHaveLength(1);
  expect((await listed('?assigned=me')).callbacks).toHaveLength(
    taken.filter((_, index) => index % 2 === 0 && ids[index]).length,
  );
  expect((await listed('?assigned=nobody')).callbacks).toEqual([]);
});

test('the second of two who change the same entry is told', async () => {
  await failed((await booked()).bookingId);
  const { id, version } = await theOne();
  expect((await patch(id, { version, assignedTo: operator.staffId })).json()).toMatchObject({
    assignedTo: { id: operator.staffId },
  });
  const late = await patch(id, { version, note: '後から' });
  expect([late.status, late.json()['code'], late.json()['facts']]).toEqual([
    412,
    'changed_meanwhile',
    { version: version + 1 },
  ]);
  const together = await Promise.all(
    Array.from({ length: 8 }, () =>
      operator.post(`/api/v1/callbacks/${id}/attempts`, { version: version + 1, outcome: 'busy' }),
    ),
  );
  expect(together.filter((answer) => answer.status === 200)).toHaveLength(1);
  const reception = await site.colleague('reception');
  expect((await patch(id, { version: version + 2, assignedTo: reception.staffId })).json()['code']).toBe(
    'assignee_unknown',
  );
});

test('a call is promised once; whom to call is shown on purpose and recorded', async () => {
  const { residentId, bookingId } = await booked();
  const promise = () =>
    operator.post(`/api/v1/residents/${residentId}/callbacks`, {
      dueAt: '2030-01-01T10:00:00+09:00',
      note: '午後がよい',
      bookingId,
    });
  const answers = await Promise.all([promise(), promise(), promise()]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
  const { id } = answers.find((answer) => answer.status === 201)!.json<{ id: string }>();
  expect((await operator.get(`/api/v1/callbacks/${id}`)).json()).toMatchObject({
    cause: 'promised',
    note: '午後がよい',
    dueAt: '2030-01-01T01:00:00.000Z',
  });
  expect((await operator.post(`/api/v1/callbacks/${id}/contact`)).json()).toMatchObject({
    telephones: [{ digits: '09012345678', display: '090-1234-5678' }],
    protected: false,
    notices: [],
  });
  expect((await site.audit.list({ residentId, limit: 1 }))[0]).toMatchObject({ action: 'callback.show_contact' });
  await site.city.database('resident').where({ id: residentId }).update({ protected: true });
  expect((await operator.post(`/api/v1/callbacks/${id}/contact`)).json()['code']).toBe('protected_resident');
  expect((await (await site.colleague('supervisor')).post(`/api/v1/callbacks/${id}/contact`)).json()).toMatchObject({
    protected: true,
  });
  expect(
    (
      await operator.post('/api/v1/residents/00000000-0000-4000-8000-000000000000/callbacks', {
        dueAt: '2030-01-01T10:00:00+09:00',
      })
    ).json()['code'],
  ).toBe('resident_unknown');
});

test('pages follow each other without gap or repetition, also where many are due at the same moment', async () => {
  for (let index = 0; index < 53; index++) await failed((await booked()).bookingId);
  await site.city.database('callback').update({ due_at: '2030-01-01T00:00:00Z' });
  const first = await listed();
  const second = await listed(`?after=${encodeURIComponent(first.next ?? '')}`);
  expect([first.callbacks.length, second.callbacks.length, second.next]).toEqual([50, 3, null]);
  expect(new Set([...first.callbacks, ...second.callbacks].map((item) => item.id)).size).toBe(53);
  expect((await operator.get('/api/v1/callbacks?after=x~y')).json()['code']).toBe('invalid_request');
});
