import { formatReference } from '../../domain/bookings/reference';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
let operator: Visitor & { readonly staffId: string };
beforeAll(async () => {
  site = await createStaffSite();
  operator = await site.colleague('operator');
});
afterAll(() => site.close());

let numbers = 5_500_000_000;
let hours = 8;
/** A resident, and a slot of the telephone at a time of its own. */
async function caller(capacity = 5, resident: { birthDate?: string; kana?: string; groupCode?: string } = {}) {
  const number = String(numbers++);
  const residentId = await site.city.addResident({ number, ...resident });
  await site.identified(operator.staffId, residentId);
  const slot = () =>
    site.city.addSlot({
      channel: 'phone',
      capacity,
      time: `${String(++hours % 24).padStart(2, '0')}:${String(Math.floor(hours / 24) * 5).padStart(2, '0')}`,
    });
  return { number, residentId, slotId: await slot(), slot };
}

interface Booking {
  id: string;
  state: string;
  reference: string;
  channel: string;
}
const hold = (residentId: string, body: object, headers: Record<string, string> = {}) =>
  operator.post(`/api/v1/residents/${residentId}/bookings`, body, { headers });
async function booked(residentId: string, slotId: string): Promise<Booking> {
  const held = (await hold(residentId, { slotId, dose: 1 })).json<Booking & { id: string }>();
  return (await operator.post(`/api/v1/bookings/${held.id}/confirm`, { answers: validAnswers })).json<
    Booking & { id: string }
  >();
}
/** Action and result of what is recorded about a resident, the oldest first. */
async function recordedOf(residentId: string): Promise<string[]> {
  return (await site.audit.list({ residentId, limit: 100 }))
    .reverse()
    .map((event) => `${event.action} ${event.result}`);
}

test('a caller is found by number, booked on the telephone’s seats, moved and cancelled; every step is recorded', async () => {
  const { number, residentId, slotId, slot } = await caller();
  const found = await operator.post('/api/v1/residents/find', { text: ` ${number.slice(0, 4)}－${number.slice(4)}` });
  expect(found.json()).toEqual({
    by: ['couponNumber'],
    candidates: [{ id: residentId, kana: null, numberEnd: number.slice(-2) }],
    next: null,
  });

  const held = await hold(residentId, { slotId, dose: 1 });
  expect([held.status, held.json()]).toEqual([
    201,
    expect.objectContaining({ state: 'held', channel: 'phone', residentId }),
  ]);
  const first = held.json<Booking>();
  const missing = await operator.post(`/api/v1/bookings/${first.id}/confirm`, { answers: {} });
  expect([missing.status, missing.json()['code']]).toEqual([422, 'invalid_answers']);
  const confirmed = await operator.post(`/api/v1/bookings/${first.id}/confirm`, { answers: validAnswers });
  expect(confirmed.json()).toMatchObject({
    state: 'confirmed',
    reference: expect.stringMatching(/^\d{9}$/) as unknown,
  });
  expect(await site.city.seats(slotId, 'phone')).toEqual({ taken: 1, capacity: 5 });

  const moved = (await hold(residentId, { slotId: await slot(), dose: 1, replaces: first.id })).json<Booking>();
  await operator.post(`/api/v1/bookings/${moved.id}/confirm`, { answers: validAnswers });
  expect(await site.city.seats(slotId, 'phone')).toEqual({ taken: 0, capacity: 5 });
  expect((await operator.post(`/api/v1/bookings/${moved.id}/cancel`)).json()).toMatchObject({
    state: 'cancelled',
    endReason: 'operator',
  });
  expect(
    (await operator.get(`/api/v1/residents/${residentId}`))
      .json<{ bookings: Booking[] }>()
      .bookings.map((item) => item.state),
  ).toEqual(['cancelled', 'cancelled']);

  expect(
    site.handedOver.filter((event) => event.bookingId === moved.id).map((event) => [event.type, event.actor]),
  ).toEqual([
    ['held', 'operator'],
    ['confirmed', 'operator'],
    ['cancelled', 'operator'],
  ]);
  expect(await recordedOf(residentId)).toEqual([
    'resident.find done',
    'booking.hold begun',
    'booking.hold done',
    'booking.confirm begun',
    'booking.confirm invalid_answers',
    'booking.confirm begun',
    'booking.confirm done',
    'booking.move begun',
    'booking.move done',
    'booking.confirm begun',
    'booking.confirm done',
    'booking.cancel begun',
    'booking.cancel done',
    'resident.read done',
  ]);
  const rows = JSON.stringify(await site.city.database('audit_event').select('*'));
  for (const personal of [number, '1947-04-01', validAnswers.telephone, validAnswers.email]) {
    expect(rows).not.toContain(personal);
    expect(site.logLines.join('')).not.toContain(personal);
  }
});

test('a booking by its reference, with its history and its workflow’s timeline', async () => {
  const { residentId, slotId } = await caller();
  const { id, reference } = await booked(residentId, slotId);
  const found = await operator.post('/api/v1/residents/find', { text: formatReference(reference) });
  expect(found.json()).toMatchObject({ by: ['reference'], candidates: [{ id: residentId }] });

  const silent = (await operator.get(`/api/v1/bookings/${id}`)).json();
  expect(silent).toMatchObject({
    events: [{ type: 'held', actor: 'operator', channel: 'phone' }, { type: 'confirmed' }],
    timeline: { reachable: false, done: [], toCome: [] },
  });
  const entry = {
    kind: 'notice' as const,
    name: 'reminder',
    at: new Date().toISOString(),
    status: 'to_come' as const,
    label: '前日のお知らせ',
  };
  site.timeline = { bookingId: id, state: 'confirmed', version: 2, done: [], toCome: [entry] };
  expect((await operator.get(`/api/v1/bookings/${id}`)).json()).toMatchObject({
    timeline: { reachable: true, toCome: [entry] },
  });
  expect((await recordedOf(residentId)).slice(-2)).toEqual(['booking.read done', 'booking.read done']);
});

test('nobody is found by what is mistyped, and that is recorded without what was typed', async () => {
  const find = async (text: string) =>
    (await operator.post('/api/v1/residents/find', { text })).json<{
      candidates?: unknown[];
      code?: string;
      faults?: { sentence: string }[];
    }>();
  expect(await find('0000000001')).toEqual({ by: ['couponNumber'], candidates: [], next: null });
  expect(await find('12')).toMatchObject({
    code: 'invalid_answers',
    faults: [{ field: 'text', sentence: expect.stringContaining('けた数') as unknown }],
  });
  expect(await find('佐藤')).toMatchObject({
    faults: [{ sentence: expect.stringContaining('漢字では探せません') as unknown }],
  });
  const [latest, , before] = await site.audit.list({ actorId: operator.staffId, limit: 3 });
  expect(latest).toMatchObject({ action: 'resident.find', result: 'unreadable', residentId: null, detail: {} });
  expect(before).toMatchObject({ result: 'resident_unknown', detail: { by: 'couponNumber', found: 0 } });
});

test('the double click gets the first answer; two operators with the same key do not meet', async () => {
  const { residentId, slotId } = await caller();
  const [one, two] = await Promise.all(
    [1, 2].map(() => hold(residentId, { slotId, dose: 1 }, { 'idempotency-key': 'click-1' })),
  );
  expect(one!.json()['id']).toBe(two!.json()['id']);
  expect(await site.city.seats(slotId, 'phone')).toEqual({ taken: 1, capacity: 5 });
  expect((await hold(residentId, { slotId, dose: 2 }, { 'idempotency-key': 'click-1' })).json()['code']).toBe(
    'idempotency_mismatch',
  );
  const colleague = await site.colleague('operator');
  await site.identified(colleague.staffId, residentId);
  const other = await colleague.post(
    `/api/v1/residents/${residentId}/bookings`,
    { slotId, dose: 1 },
    { headers: { 'idempotency-key': 'click-1' } },
  );
  expect(other.json()['code']).toBe('already_booked');
  expect((await hold(residentId, { slotId, dose: 1 }, { 'idempotency-key': 'ünlesbar' })).status).toBe(400);
});

test('the telephone’s seats and all seats are both shown', async () => {
  const { slotId, residentId } = await caller(3);
  await site.city.database('slot_quota').insert({ slot_id: slotId, channel: 'web', capacity: 2, taken: 1 });
  await hold(residentId, { slotId, dose: 1 });
  const { slots } = (await operator.get('/api/v1/slots?dose=1')).json<{ slots: { id: string }[] }>();
  expect(slots.find((slot) => slot.id === slotId)).toMatchObject({
    phone: { free: 2, capacity: 3 },
    all: { free: 3, capacity: 5 },
  });
  const { days } = (await operator.get('/api/v1/slots/days?dose=1')).json<{
    days: { day: string; phone: { free: number; capacity: number }; all: { free: number; capacity: number } }[];
  }>();
  expect(days[0]!.all.capacity).toBe(days[0]!.phone.capacity + 2);
  expect(days[0]!.all.free).toBe(days[0]!.phone.free + 1);
  const { venues } = (await operator.get('/api/v1/slots/venues?dose=1')).json<{ venues: object[] }>();
  expect(venues).toMatchObject([
    { venue: { id: site.city.venueId }, phone: days[0]!.phone, all: days[0]!.all, nextDay: days[0]!.day },
  ]);
  expect((await operator.get('/api/v1/slots?dose=1&from=2020-13-45')).json()).toMatchObject({
    code: 'invalid_request',
    faults: [{ field: 'from' }],
  });
  expect(
    (await operator.get('/api/v1/form')).json<{ fields: { name: string }[] }>().fields.map((field) => field.name),
  ).toContain('telephone');
});

test('a log-in lock is cleared for a caller', async () => {
  const { number, residentId } = await caller();
  const attempt = (device?: string, couponNumber = number) =>
    site.services.throttle.attempt({
      programmeId: site.city.version.programmeId,
      couponNumber,
      network: '203.0.113.9',
      device,
    });
  const bystander = String(numbers++);
  for (let index = 0; index < 5; index++)
    for (const end of [attempt(), attempt('known-device'), attempt(undefined, bystander)]) await (await end).failed();
  expect([(await attempt()).verdict, (await attempt('known-device')).verdict]).toEqual(['locked', 'locked']);
  const lockedUntil = async () =>
    (await operator.get(`/api/v1/residents/${residentId}`)).json<{ lockedUntil: string | null }>().lockedUntil;
  expect(Date.parse((await lockedUntil()) ?? '')).toBeGreaterThan(Date.now() + 10 * 60_000);
  expect((await operator.post(`/api/v1/residents/${residentId}/clear-log-in-lock`)).status).toBe(204);
  expect([await lockedUntil(), (await attempt()).verdict, (await attempt('known-device')).verdict]).toEqual([
    null,
    'allowed',
    'allowed',
  ]);
  expect((await attempt(undefined, bystander)).verdict).toBe('locked');
  expect(await recordedOf(residentId)).toEqual([
    'resident.read done',
    'resident.clear_log_in_lock done',
    'resident.read done',
  ]);
});

test('another person’s or nobody’s ids are not found', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  expect((await operator.get(`/api/v1/residents/${nobody}`)).json()['code']).toBe('resident_unknown');
  expect((await operator.get(`/api/v1/bookings/${nobody}`)).json()['code']).toBe('booking_unknown');
  expect((await hold(nobody, { slotId: nobody, dose: 1 })).json()['code']).toBe('identity_required');
  expect((await operator.post(`/api/v1/bookings/${nobody}/cancel`)).json()['code']).toBe('booking_unknown');
  expect((await operator.get('/api/v1/bookings/x')).json()['code']).toBe('invalid_request');
});
