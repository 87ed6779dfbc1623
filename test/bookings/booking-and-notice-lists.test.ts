import { createNoticeRepository, type NoticeRepository } from '../../database/notices/notices';
import { formatReference } from '../../domain/bookings/reference';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
let notices: NoticeRepository;
let operator: Visitor & { readonly staffId: string };
let auditor: Visitor & { readonly staffId: string };
beforeEach(async () => {
  site = await createStaffSite();
  notices = createNoticeRepository(site.city.database);
  operator = await site.colleague('operator');
  auditor = await site.colleague('auditor');
});
afterEach(() => site.close());

interface Line {
  id: string;
  state: string;
  reference: string | null;
  attention: boolean;
  startsAt: string;
  channel: string;
  dose: number;
}
interface NoticeLine {
  id: string;
  status: string;
  urgency: number;
  maskedAddress: string | null;
  reason: string | null;
  label: string;
  again: boolean;
  step: string;
}

async function booked({
  daysAhead = 5,
  time = '10:30',
  confirm = true,
  channel = 'web',
}: { daysAhead?: number; time?: string; confirm?: boolean; channel?: 'web' | 'phone' } = {}) {
  const residentId = await site.city.addResident();
  const slotId = await site.city.addSlot({ daysAhead, time, channel, capacity: 1_000 });
  const actor = channel === 'web' ? ('citizen' as const) : ('operator' as const);
  const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel, actor });
  if (!held.ok) throw new Error(held.code);
  const done = confirm
    ? await site.city.bookings.confirm({
        residentId,
        bookingId: held.booking.id,
        answers: validAnswers,
        channel,
        actor,
      })
    : held;
  if (!done.ok) throw new Error(done.code);
  return { residentId, bookingId: done.booking.id, reference: done.booking.reference ?? '', slotId };
}
const listed = async (query = '') =>
  (await auditor.get(`/api/v1/bookings${query}`)).json<{ bookings: Line[]; next: string | null }>();
const noticed = async (query = '') =>
  (await auditor.get(`/api/v1/notices${query}`)).json<{ notices: NoticeLine[]; next: string | null }>();

describe('bookings', () => {
  test('are found by state, day, channel, reference and what needs a person', async () => {
    const [near, far, held, phone] = [
      await booked({ daysAhead: 3 }),
      await booked({ daysAhead: 9 }),
      await booked({ confirm: false }),
      await booked({ channel: 'phone', time: '11:00' }),
    ];
    const today = cityDate(new Date());
    const ids = async (query: string) => (await listed(query)).bookings.map((item) => item.id);
    expect(await ids('')).toEqual([near, held, phone, far].map((item) => item.bookingId));
    expect(await ids('?state=held')).toEqual([held.bookingId]);
    expect(await ids('?channel=phone')).toEqual([phone.bookingId]);
    expect(await ids(`?from=${addDays(today, 9)}&to=${addDays(today, 9)}`)).toEqual([far.bookingId]);
    expect(await ids('?order=latest')).toEqual((await ids('')).reverse());
    expect(await ids(`?reference=${encodeURIComponent(formatReference(near.reference))}`)).toEqual([near.bookingId]);
    expect((await auditor.get('/api/v1/bookings?reference=123')).json()['code']).toBe('reference_malformed');
    expect(await ids('?attention=yes')).toEqual([]);
    const notice = await notices.find({ bookingId: far.bookingId, step: 'confirmation', occurrence: 'first' });
    await notices.markFailed(notice.id, 'smtp 550');
    expect((await listed('?attention=yes')).bookings).toMatchObject([{ id: far.bookingId, attention: true }]);
    expect(await ids(`?venue=${site.city.venueId}&dose=1&state=confirmed&from=${today}`)).toHaveLength(3);
    // Looked up by its reference, a booking is one person's: that is in the record.
    expect((await site.audit.list({ residentId: near.residentId, limit: 5 })).map((event) => event.action)).toEqual([
      'booking.list',
    ]);
  });

  test('a hold whose time is over is told as expired', async () => {
    const { bookingId } = await booked({ confirm: false });
    await site.city
      .database('booking')
      .where({ id: bookingId })
      .update({ hold_expires_at: new Date(Date.now() - 1_000) });
    expect((await listed('?state=held')).bookings).toEqual([]);
    expect((await listed('?state=expired')).bookings).toMatchObject([{ id: bookingId, state: 'expired' }]);
  });

  test('pages follow each other without gap or repetition, in both directions', async () => {
    for (let index = 0; index < 57; index++)
      await booked({ daysAhead: 3 + (index % 3), time: index % 2 === 0 ? '09:00' : '10:00' });
    for (const order of ['soonest', 'latest']) {
      const first = await listed(`?order=${order}`);
      const second = await listed(`?order=${order}&after=${encodeURIComponent(first.next ?? '')}`);
      expect([first.bookings.length, second.bookings.length, second.next]).toEqual([50, 7, null]);
      const all = [...first.bookings, ...second.bookings];
      expect(new Set(all.map((item) => item.id)).size).toBe(57);
      const times = all.map((item) => item.startsAt);
      expect(times).toEqual(order === 'soonest' ? [...times].sort() : [...times].sort().reverse());
    }
  });

  test('the history says who, by which channel, when, and leads to the workflow', async () => {
    const residentId = await site.city.addResident();
    const slotId = await site.city.addSlot({ channel: 'phone' });
    await site.identified(operator.staffId, residentId);
    const held = (await operator.post(`/api/v1/residents/${residentId}/bookings`, { slotId, dose: 1 })).json<{
      id: string;
    }>();
    await operator.post(`/api/v1/bookings/${held.id}/confirm`, { answers: validAnswers });
    await notices.find({ bookingId: held.id, step: 'confirmation', occurrence: 'first' });
    const history = (await auditor.get(`/api/v1/bookings/${held.id}/history`)).json<{
      events: object[];
      workflowUrl: string;
    }>();
    const name = (await site.city.database('staff').where({ id: operator.staffId }).first<{ display_name: string }>())
      .display_name;
    expect(history).toMatchObject({
      events: [
        { type: 'held', actor: 'operator', channel: 'phone', staffName: name },
        { type: 'confirmed', staffName: name },
      ],
      notices: [
        { step: 'confirmation', label: '予約確定のお知らせ', status: 'queued', maskedAddress: 'h•••@example.jp' },
      ],
      workflowUrl: `http://localhost:8233/namespaces/default/workflows/booking%2F${held.id}`,
    });
    const web = await booked({ time: '13:00' });
    expect((await auditor.get(`/api/v1/bookings/${web.bookingId}/history`)).json()).toMatchObject({
      events: [{ actor: 'citizen', channel: 'web', staffName: null }, { type: 'confirmed' }],
    });
    expect((await auditor.get(`/api/v1/bookings/${slotId}/history`)).json()['code']).toBe('booking_unknown');
  });
});

describe('notices', () => {
  test('failed ones come first, then unclear ones; addresses are masked until a person asks, and that is recorded', async () => {
    const { bookingId, residentId, reference } = await booked();
    const make = async (step: string, end?: (id: string) => Promise<unknown>) => {
      const { id } = await notices.find({ bookingId, step, occurrence: 'first' });
      await end?.(id);
      return id;
    };
    const failed = await make('confirmation', (id) => notices.markFailed(id, 'smtp 550'));
    const unclear = await make('reminder', async (id) => {
      await notices.startSending(id, 'email');
      await notices.markUnclear(id, 'attempt lost');
    });
    const skipped = await make('change', (id) => notices.skip(id, 'booking_confirmed'));
    const queued = await make('invitation');
    const { notices: lines } = await noticed();
    expect(lines.map((line) => line.id)).toEqual([failed, unclear, queued, skipped]);
    expect(lines[0]).toMatchObject({
      urgency: 2,
      maskedAddress: 'h•••@example.jp',
      reason: '宛先に届きませんでした（smtp 550）',
      label: '予約確定のお知らせ',
      again: false,
    });
    expect(JSON.stringify(lines)).not.toContain(validAnswers.email);
    expect((await noticed('?status=skipped')).notices.map((line) => line.id)).toEqual([skipped]);
    expect((await noticed('?step=reminder')).notices.map((line) => line.id)).toEqual([unclear]);
    expect((await noticed(`?reference=${reference}`)).notices).toHaveLength(4);
    const today = cityDate(new Date());
    expect((await noticed(`?from=${today}&to=${today}`)).notices).toHaveLength(4);
    expect((await noticed(`?to=${addDays(today, -1)}`)).notices).toEqual([]);
    expect((await auditor.get('/api/v1/notices/counts')).json()).toMatchObject({
      failed: 1,
      unclear: 1,
      steps: [{ id: 'confirmation', label: '予約確定のお知らせ' }, {}, {}, {}, {}],
    });
    expect((await auditor.post(`/api/v1/notices/${failed}/address`)).status).toBe(403);
    expect((await operator.post(`/api/v1/notices/${failed}/address`)).json()).toEqual({ address: validAnswers.email });
    expect((await site.audit.list({ residentId, limit: 1 }))[0]).toMatchObject({
      action: 'notice.show_address',
      subjectId: failed,
      actorId: operator.staffId,
    });
  });

  test('pages go on through the urgent ones into the others', async () => {
    const { bookingId } = await booked();
    for (let index = 0; index < 60; index++) {
      const { id } = await notices.find({ bookingId, step: 'confirmation', occurrence: `again/${String(index)}` });
      if (index % 5 === 0) await notices.markFailed(id, 'smtp 550');
    }
    const first = await noticed();
    const second = await noticed(`?after=${encodeURIComponent(first.next ?? '')}`);
    const all = [...first.notices, ...second.notices];
    expect([all.length, new Set(all.map((line) => line.id)).size]).toEqual([60, 60]);
    expect(all.map((line) => line.urgency)).toEqual([
      ...Array.from({ length: 12 }, () => 2),
      ...Array.from({ length: 48 }, () => 0),
    ]);
  });

  test('one is sent again at most three times a day, however many press at once', async () => {
    const { bookingId, residentId } = await booked();
    const { id } = await notices.find({ bookingId, step: 'confirmation', occurrence: 'first' });
    await notices.markFailed(id, 'smtp 550');
    site.sendAgain = async (request) => {
      const row = await notices.find(request);
      await notices.startSending(row.id, 'email');
      await notices.markFailed(row.id, 'smtp 550');
      return 'accepted';
    };
    const press = () => operator.post(`/api/v1/notices/${id}/send-again`);
    const codes: unknown[] = [];
    for (let round = 0; round < 4; round++)
      for (const answer of await Promise.all([press(), press(), press()]))
        codes.push(answer.status === 200 ? answer.json()['status'] : answer.json()['code']);
    expect(codes.filter((code) => code === 'failed')).toHaveLength(3);
    expect(
      codes.filter((code) => code !== 'failed' && code !== 'notice_under_way' && code !== 'notice_cap_reached'),
    ).toEqual([]);
    expect((await press()).json()['code']).toBe('notice_cap_reached');
    expect(await site.city.database('notice').where({ booking_id: bookingId })).toHaveLength(4);
    const results = (await site.audit.list({ residentId, action: 'notice.send_again', limit: 100 })).map(
      (event) => event.result,
    );
    expect(results.filter((result) => result === 'failed')).toHaveLength(3);
  });

  test('what the workflows did not hear is not sent, and does not count', async () => {
    const { bookingId } = await booked();
    const { id } = await notices.find({ bookingId, step: 'confirmation', occurrence: 'first' });
    expect((await operator.post(`/api/v1/notices/${id}/send-again`)).json()['code']).toBe('notice_under_way');
    await notices.markFailed(id, 'smtp 550');
    for (let index = 0; index < 5; index++) {
      const answer = await operator.post(`/api/v1/notices/${id}/send-again`);
      expect([answer.status, answer.json()['code']]).toEqual([503, 'engine_unreachable']);
    }
    site.sendAgain = () => Promise.resolve('refused');
    expect((await operator.post(`/api/v1/notices/${id}/send-again`)).json()['code']).toBe('notice_not_resendable');
    const rows = await site.city
      .database('notice')
      .whereNot({ occurrence: 'first' })
      .select<{ status: string }[]>('status');
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['skipped']));
    // It was heard after all, and too late: the row says no.
    const lost = await notices.find({ bookingId, step: 'confirmation', occurrence: 'again/late' });
    await notices.skip(lost.id, 'not_reached');
    expect(await notices.startSending(lost.id, 'email')).toBe(false);
  });
});

describe('whose data was touched', () => {
  test('by time, person and action: how many, which, as a file without names', async () => {
    const [a, b, c] = [await booked(), await booked(), await booked()];
    const colleague = await site.colleague('supervisor');
    const start = new Date();
    for (const item of [a, b]) await operator.get(`/api/v1/bookings/${item.bookingId}/history`);
    await operator.get(`/api/v1/bookings/${a.bookingId}/history`);
    await colleague.get(`/api/v1/bookings/${c.bookingId}/history`);
    await colleague.get(`/api/v1/residents/${c.residentId}`);
    const range = `from=${start.toISOString()}&until=${new Date(Date.now() + 1_000).toISOString()}`;
    const touched = async (query: string) =>
      (await auditor.get(`/api/v1/audit/touched?${range}${query}`)).json<{
        residents: number;
        events: number;
        people: number;
        list: { residentId: string; events: number; actions: string[] }[];
      }>();
    expect(await touched('')).toMatchObject({ residents: 3, events: 5, people: 2 });
    const own = await touched(`&actorId=${operator.staffId}`);
    expect(own).toMatchObject({
      residents: 2,
      events: 3,
      people: 1,
      list: [
        { residentId: a.residentId, events: 2, actions: ['booking.read'] },
        { residentId: b.residentId, events: 1 },
      ],
    });
    expect(await touched('&action=resident.read')).toMatchObject({
      residents: 1,
      list: [{ residentId: c.residentId }],
    });
    const file = await auditor.get(`/api/v1/audit/touched.csv?${range}`);
    expect([file.status, file.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(file.text.replace(/^\uFEFF/, '').split('\r\n')[0]).toBe('対象者ID,件数,職員の数,最初,最後,操作');
    expect(file.text).toContain(a.residentId);
    expect((await operator.get(`/api/v1/audit/touched.csv?${range}`)).status).toBe(403);
    expect(
      (await auditor.get(`/api/v1/audit/touched?from=${start.toISOString()}&until=${start.toISOString()}`)).json()[
        'code'
      ],
    ).toBe('range_backwards');
    const choices = (await auditor.get('/api/v1/audit/choices')).json<{ actions: string[]; staff: { id: string }[] }>();
    expect(choices.actions).toEqual(expect.arrayContaining(['audit.touched', 'booking.read', 'resident.read']));
    expect(choices.staff.map((person) => person.id)).toContain(operator.staffId);
    const events = (await auditor.get(`/api/v1/audit?action=booking.read&from=${start.toISOString()}`)).json<{
      events: { actorName: string }[];
    }>().events;
    expect([events.length, events[0]!.actorName.startsWith('職員')]).toEqual([4, true]);
  });
});
