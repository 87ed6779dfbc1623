import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';

import { createVenueRepository } from '../../database/schedule/venues';
import { formatReference } from '../../domain/bookings/reference';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { ticksText } from '../../domain/reception/ticks';
import { overToday, underWayToday } from '../support/today';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let city: TestCity;
let site: StaffSite;
let reception: Visitor & { readonly staffId: string };
let otherVenue: string;
const today = cityDate(new Date());
beforeAll(async () => {
  city = await createTestCity({ change: withHelp });
  site = await createStaffSite({ city });
  reception = await site.colleague('reception');
  otherVenue = await createVenueRepository(site.city.database).save({
    code: 'elsewhere',
    name: '別の会場',
    ward: '西区',
    address: '新潟市西区1番地',
    access: '',
    features: [],
    mapUrl: null,
    position: 1,
  });
});
afterAll(async () => {
  await site.close();
  await city.close();
});

/** The form with a list of which the reception sees the answers. */
function withHelp(document: ProgrammeDocument): void {
  const options = [
    { value: 'wheelchair', label: '車いすを使う' },
    { value: 'hearing', label: '筆談を希望する' },
  ];
  document.form.fields.push({
    name: 'help',
    kind: 'choices',
    label: '当日のお手伝い',
    required: false,
    shownAtReception: true,
    options,
  });
}

let minutes = 0;
let numbers = 5_600_000_000;
/** A confirmed booking, its appointment `offsetDays` from today (at the venue of the city). */
async function booked({
  offsetDays = 0,
  dose = 1,
  residentId = undefined as string | undefined,
  over = false,
  help = [] as string[],
} = {}) {
  const number = String(numbers++);
  const person = residentId ?? (await city.addResident({ number, kana: 'トキノ　ハナ' }));
  const slotId = await city.addSlot({
    daysAhead: 45 + dose * 3,
    dose,
    time: `${String(9 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes++ % 60).padStart(2, '0')}`,
  });
  const held = await city.bookings.hold({ residentId: person, slotId, dose, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  const done = await city.bookings.confirm({
    residentId: person,
    bookingId: held.booking.id,
    answers: { ...validAnswers, help },
    channel: 'web',
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
  const noon = new Date(`${addDays(today, offsetDays)}T12:00:00+09:00`).getTime() + minutes * 1_000;
  await city
    .database('slot')
    .where({ id: slotId })
    .update(over ? overToday() : { starts_at: new Date(noon), ends_at: new Date(noon + 1_800_000) });
  return { id: done.booking.id, reference: done.booking.reference ?? '', number, residentId: person, slotId };
}

interface CheckIn {
  outcome: string;
  warnings: { code: string; sentence: string }[];
  entry: { bookingId: string; state: string; kana: string };
}
const checkIn = (body: object) => reception.post('/api/v1/check-ins', { venueId: site.city.venueId, ...body });
const outcome = async (body: object) => {
  const answer = await checkIn(body);
  const json = answer.json<CheckIn & { code?: string }>();
  return answer.status === 200
    ? json.warnings.length > 0
      ? `${json.outcome} ${json.warnings.map((item) => item.code).join(' ')}`
      : json.outcome
    : `${String(answer.status)} ${json.code ?? ''}`;
};

const passphrase = 'とき 朱鷺 さど 2021';
async function dayFile() {
  const answer = await reception.post('/api/v1/reception/day-files', {
    venueId: site.city.venueId,
    date: today,
    passphrase,
  });
  expect(answer.status).toBe(200);
  const sealed = JSON.parse(/id="sealed">([^<]*)</.exec(answer.text)?.[1] ?? '{}') as {
    file: string;
    iterations: number;
    salt: string;
    iv: string;
    body: string;
  };
  const key = pbkdf2Sync(
    passphrase.normalize('NFKC'),
    Buffer.from(sealed.salt, 'base64'),
    sealed.iterations,
    32,
    'sha256',
  );
  const body = Buffer.from(sealed.body, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'));
  decipher.setAAD(Buffer.from(sealed.file));
  decipher.setAuthTag(body.subarray(-16));
  const content = JSON.parse(decipher.update(body.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')) as {
    tickKey: string;
    entries: { id: string; coupon: string; told: string }[];
  };
  return { page: answer.text, ...sealed, ...content };
}

describe('at the reception', () => {
  test('by reference, by its QR code, by coupon number, from the list; a second time is told', async () => {
    const [one, two, three] = [await booked(), await booked(), await booked()];
    expect(
      (await checkIn({ code: formatReference(one.reference) })).json<CheckIn & Record<string, unknown>>(),
    ).toMatchObject({
      outcome: 'checked_in',
      entry: { bookingId: one.id, state: 'attended', kana: 'トキノ　ハナ', couponEnd: one.number.slice(-4) },
    });
    expect(await outcome({ code: one.reference })).toBe('already');
    expect(await outcome({ code: ` ${two.number.slice(0, 5)}－${two.number.slice(5)} ` })).toBe('checked_in');
    expect(await outcome({ code: two.number })).toBe('already');
    expect(await outcome({ bookingId: three.id })).toBe('checked_in');
    expect(
      site.handedOver.filter((event) => event.bookingId === one.id).map((event) => [event.type, event.actor]),
    ).toEqual([['attended', 'venue']]);
  });

  test('what does not fit is warned of and let through with a reason', async () => {
    const tomorrow = await booked({ offsetDays: 1 });
    expect(await outcome({ code: tomorrow.reference })).toBe('warning wrong_day');
    expect(await outcome({ code: tomorrow.reference, venueId: otherVenue })).toBe('warning wrong_day wrong_venue');
    expect(await outcome({ code: tomorrow.reference, letThrough: 'because' })).toBe('400 invalid_request');
    expect(await site.city.bookings.find(tomorrow.id)).toMatchObject({ state: 'confirmed' });
    expect(await outcome({ code: tomorrow.reference, venueId: otherVenue, letThrough: 'mistook_venue' })).toBe(
      'checked_in wrong_day wrong_venue',
    );
    const here = await booked();
    expect(await outcome({ code: here.reference, dose: 2 })).toBe('warning wrong_dose');
    const events = await site.audit.list({ residentId: tomorrow.residentId, limit: 20 });
    expect(events.map((event) => event.result).reverse()).toEqual([
      'warned:wrong_day',
      'warned:wrong_day,wrong_venue',
      'begun',
      'done',
    ]);
    expect(events[0]).toMatchObject({
      detail: { venueId: otherVenue, letThrough: 'mistook_venue', although: 'wrong_day,wrong_venue' },
    });
  });

  test('what a venue may not decide is refused, reason or not', async () => {
    const cancelled = await booked();
    await site.city.bookings.cancelByCity(cancelled.id, 'city');
    expect(await outcome({ code: cancelled.reference, letThrough: 'decided_here' })).toBe('409 booking_cancelled');
    const first = await booked({ offsetDays: -14 });
    await site.city.bookings.checkIn(first.id, 'venue');
    const second = await booked({ dose: 2, residentId: first.residentId, offsetDays: 7 });
    expect(await outcome({ code: second.reference, letThrough: 'decided_here' })).toBe('409 too_early_here');
    const stranger = String(numbers++);
    const without = await site.city.addResident({ number: stranger });
    expect(await outcome({ code: stranger })).toBe('404 nothing_booked');
    expect((await site.audit.list({ residentId: without, limit: 5 }))[0]).toMatchObject({
      action: 'booking.check_in',
      result: 'nothing_booked',
    });
    expect(await outcome({ code: '0000000001' })).toBe('404 resident_unknown');
    expect(await outcome({ code: '000000000' })).toBe('404 booking_unknown');
    expect(await outcome({ code: 'https://evil.example' })).toBe('422 code_malformed');
    expect(await outcome({})).toBe('400 invalid_request');
  });

  test('a check-in is undone, and can be made again', async () => {
    const { id, reference } = await booked();
    const undo = () => reception.post(`/api/v1/bookings/${id}/undo-check-in`, { reason: 'wrong_person' });
    expect((await undo()).json()).toMatchObject({ state: 'confirmed' });
    await checkIn({ code: reference });
    expect((await undo()).json()).toMatchObject({ state: 'confirmed', endReason: null });
    expect(await outcome({ code: reference })).toBe('checked_in');
    expect(site.handedOver.filter((event) => event.bookingId === id).map((event) => event.type)).toEqual([
      'attended',
      'check_in_undone',
      'attended',
    ]);
    expect((await reception.post(`/api/v1/bookings/${id}/undo-check-in`, {})).status).toBe(400);
    for (const role of ['operator', 'auditor'] as const)
      expect(
        (await (await site.colleague(role)).post(`/api/v1/bookings/${id}/undo-check-in`, { reason: 'slip' })).status,
      ).toBe(403);
  });
});

describe('a walk-in', () => {
  test('is found, offered today’s seats of the venue, booked and checked in', async () => {
    const number = String(numbers++);
    await site.city.addResident({ number, kana: 'サトウ　ケン' });
    const slotId = await site.city.addSlot({ daysAhead: 50, time: '18:00', channel: 'venue', capacity: 1 });
    await site.city.database('slot').where({ id: slotId }).update(underWayToday());
    const person = (
      await reception.post('/api/v1/reception/persons', { venueId: site.city.venueId, couponNumber: number })
    ).json<{
      resident: { id: string; kana: string };
      dose: number;
      slots: { id: string; free: number }[];
      sentence: null;
    }>();
    expect(person).toMatchObject({
      resident: { kana: 'サトウ　ケン', birthDate: '1947-04-01' },
      dose: 1,
      sentence: null,
      slots: [{ id: slotId, free: 1 }],
    });
    const body = { residentId: person.resident.id, slotId, dose: 1, answers: validAnswers };
    const done = await reception.post('/api/v1/reception/walk-ins', body);
    expect([done.status, done.json()]).toEqual([201, expect.objectContaining({ state: 'attended', channel: 'venue' })]);
    const again = (
      await reception.post('/api/v1/reception/persons', { venueId: site.city.venueId, couponNumber: number })
    ).json();
    expect(again).toMatchObject({ dose: 2, sentence: '今日のこの会場に、予約のない方のための席は残っていません。' });
    expect((await reception.get('/api/v1/form')).status).toBe(200);
  });
});

describe('the day’s list', () => {
  const list = async () =>
    (await reception.get(`/api/v1/reception/day?venueId=${site.city.venueId}&date=${today}`)).json<{
      entries: { bookingId: string; state: string }[];
      readAt: string;
    }>();

  test('holds everybody of the day, its changes nothing personal', async () => {
    const { id, reference } = await booked();
    await booked({ offsetDays: 1 });
    const { entries, readAt } = await list();
    expect(entries.map((entry) => entry.bookingId)).toContain(id);
    await checkIn({ code: reference });
    const changes = await reception.get(
      `/api/v1/reception/day/changes?venueId=${site.city.venueId}&date=${today}&since=${readAt}`,
    );
    expect(changes.json()).toMatchObject({
      changes: [{ bookingId: id, state: 'attended', arrivedAt: expect.any(String) as unknown }],
    });
    expect(changes.text).not.toMatch(/トキノ|1947|kana|reference/);
    const [last] = await site.audit.list({ actorId: reception.staffId, action: 'day_list.read', limit: 1 });
    expect(last).toMatchObject({
      subjectKind: 'venue',
      subjectId: site.city.venueId,
      detail: { date: today, bookings: entries.length },
    });
  });

  test('as a file shows the last four digits alone', async () => {
    const { number } = await booked();
    const file = await reception.get(`/api/v1/reception/day.csv?venueId=${site.city.venueId}&date=${today}`);
    expect(file.text).toMatch(/^\uFEFF時刻,受付番号,カナ,生年月日,接種券番号の下4桁/);
    expect(file.text).toContain(`,${number.slice(-4)},`);
    expect(file.text).not.toContain(number);
    expect(
      (await reception.get(`/api/v1/reception/day?venueId=${site.city.venueId}&date=${addDays(today, -30)}`)).json(),
    ).toMatchObject({ entries: [], nextDay: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as unknown });
    expect(
      (await reception.get(`/api/v1/reception/day.csv?venueId=${otherVenue}&date=${today}`)).text.trim().split('\r\n'),
    ).toHaveLength(1);
  });

  test('shows what a person asked for on every way to the venue, and nothing else of what they answered', async () => {
    const told = [{ name: 'help', label: '当日のお手伝い', words: '車いすを使う、筆談を希望する' }];
    const words = '当日のお手伝い：車いすを使う、筆談を希望する';
    const [asking, other] = [await booked({ help: ['hearing', 'wheelchair'] }), await booked()];
    const query = `venueId=${site.city.venueId}&date=${today}`;
    const list = await reception.get(`/api/v1/reception/day?${query}`);
    const { entries } = list.json<{ entries: { bookingId: string; told: object[] }[] }>();
    expect(entries.find((entry) => entry.bookingId === asking.id)?.told).toEqual(told);
    expect(entries.find((entry) => entry.bookingId === other.id)?.told).toEqual([]);
    expect(list.text).not.toMatch(/hana@example|09012345678/);
    expect((await checkIn({ code: asking.reference })).json<CheckIn>().entry).toMatchObject({ told });
    expect((await checkIn({ code: asking.reference })).json()).toMatchObject({ outcome: 'already', entry: { told } });
    const csv = (await reception.get(`/api/v1/reception/day.csv?${query}`)).text.split('\r\n');
    expect(csv[0]).toMatch(/,受付への連絡$/);
    expect(csv.filter((line) => line.endsWith(`,${words}`))).toHaveLength(1);
    const file = await dayFile();
    expect(file.entries.find((entry) => entry.id === asking.id)?.told).toBe(words);
    expect(file.entries.find((entry) => entry.id === other.id)?.told).toBe('');
    expect(file.page).not.toContain('車いす');
  });

  test('closing the day counts who was not seen, and only whose time is over', async () => {
    const [missed, later] = [await booked({ over: true }), await booked({ offsetDays: 1 })];
    const body = { venueId: site.city.venueId, date: today };
    const preview = (await reception.get(`/api/v1/reception/missing?venueId=${body.venueId}&date=${body.date}`)).json<{
      count: number;
    }>();
    expect(preview.count).toBeGreaterThanOrEqual(1);
    expect((await reception.post('/api/v1/reception/close-day', body)).json()).toEqual({
      missed: preview.count,
      left: 0,
    });
    expect((await reception.post('/api/v1/reception/close-day', body)).json()).toEqual({ missed: 0, left: 0 });
    expect([
      (await site.city.bookings.find(missed.id))?.state,
      (await site.city.bookings.find(later.id))?.state,
    ]).toEqual(['no_show', 'confirmed']);
    expect(site.handedOver.filter((event) => event.bookingId === missed.id)).toMatchObject([
      { type: 'no_show', actor: 'venue' },
    ]);
    // Late, but on the day: no warning, no refusal.
    expect(await outcome({ code: missed.reference })).toBe('checked_in');
  });
});

describe('the list that works without the network', () => {
  const ticksOf = ({ file, tickKey }: { file: string; tickKey: string }, ids: readonly string[]) => {
    const ticks = ids.map((id) => [id, Math.floor(Date.now() / 1_000)] as const);
    return {
      kind: 'toki-day-ticks',
      file,
      ticks,
      signature: createHmac('sha256', Buffer.from(tickKey, 'base64'))
        .update(ticksText({ file, ticks }))
        .digest('base64'),
    };
  };

  test('shows nothing personal without the passphrase, which is kept nowhere', async () => {
    const { number } = await booked();
    const { page, entries } = await dayFile();
    expect(entries.map((entry) => entry.coupon)).toContain(number);
    expect(page).not.toMatch(/トキノ|1947/);
    expect(page).not.toContain(number);
    // A whole page: its script is there, and nothing is left to be filled in.
    expect(page).toContain("'use strict';");
    expect(page).not.toMatch(/\{\{ ?\w+ ?\}\}/);
    const kept = JSON.stringify([
      await site.city.database('day_file').select('*'),
      await site.city.database('audit_event').select('*'),
      site.logLines,
    ]);
    expect(kept).not.toContain(passphrase);
    expect(
      (
        await reception.post('/api/v1/reception/day-files', {
          venueId: site.city.venueId,
          date: today,
          passphrase: 'kurz',
        })
      ).status,
    ).toBe(400);
  });

  test('its arrivals are loaded once; what was cancelled meanwhile is told', async () => {
    const [one, two, gone, missed] = [await booked(), await booked(), await booked(), await booked()];
    const file = await dayFile();
    await site.city.bookings.cancelByCity(gone.id, 'city');
    await site.city.database.raw(`UPDATE booking SET state = 'no_show', version = version + 1 WHERE id = ?`, [
      missed.id,
    ]);
    await checkIn({ code: two.reference });
    const ticks = ticksOf(file, [one.id, two.id, gone.id, missed.id]);
    expect((await reception.post('/api/v1/reception/ticks', ticks)).json()).toMatchObject({
      applied: 2,
      already: 1,
      refused: [{ bookingId: gone.id, reference: gone.reference, sentence: expect.any(String) as unknown }],
    });
    expect((await reception.post('/api/v1/reception/ticks', ticks)).json()).toMatchObject({ applied: 0, already: 3 });
    expect(
      (await site.audit.list({ residentId: one.residentId, action: 'booking.check_in', limit: 1 }))[0],
    ).toMatchObject({ detail: { dayFile: file.file, arrivedAt: expect.stringMatching(/Z$/) as unknown } });
  });

  test('ticks that nobody of ours made, or that were changed, are refused and change nothing', async () => {
    const { id } = await booked();
    const file = await dayFile();
    const good = ticksOf(file, []);
    const load = async (body: object) => {
      const answer = await reception.post('/api/v1/reception/ticks', body);
      return [answer.status, answer.json()['code']];
    };
    expect(await load({ ...good, ticks: [[id, 1_700_000_000]] })).toEqual([422, 'day_file_changed']);
    expect(await load({ ...good, file: '00000000-0000-4000-8000-000000000000' })).toEqual([404, 'day_file_unknown']);
    expect(await load({ ...good, kind: 'something else' })).toEqual([400, 'invalid_request']);
    expect((await site.city.bookings.find(id))?.state).toBe('confirmed');
  });
});
