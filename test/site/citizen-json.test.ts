import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { addDays, cityDate } from '../../domain/calendar/city-time';
import { refusals } from '../../domain/contracts/booking-refusals';
import { type Citizen, type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { validAnswers } from '../worlds/test-city';
import type { Answer } from '../worlds/visitor';

let site: CitySite;

beforeAll(async () => {
  site = await createCitySite();
});

afterAll(() => site.close());

const uuidPattern = /^[0-9a-f-]{36}$/;

function expectProblem(answer: Answer, code: keyof typeof refusals): void {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ code, status: refusals[code].http, title: refusals[code].sentence });
  expect(answer.status).toBe(refusals[code].http);
}

async function book(citizen: Citizen, slotId: string, dose = 1): Promise<{ id: string; reference: string }> {
  const held = await citizen.post('/api/v1/bookings', { slotId, dose });
  expect(held.status).toBe(201);
  const { id } = held.json<{ id: string }>();
  const confirmed = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers });
  expect(confirmed.status).toBe(200);
  return confirmed.json();
}

describe('the way through', () => {
  test('log in, look, hold, confirm, list, cancel, log out', async () => {
    const slotId = await site.city.addSlot();
    const couponNumber = freshCoupon();
    await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
    const visitor = site.visitor();

    const session = await visitor.post('/api/v1/session', { couponNumber, birthDate: '昭和22年4月1日' });
    expect(session.status).toBe(200);
    expect(session.headers['content-type']).toMatch(/^application\/json/);
    const me = await visitor.get('/api/v1/me');
    expect(me.json()).toEqual({
      programme: { name: '新型コロナワクチン接種', city: '新潟市' },
      group: { code: 'seniors', label: '65歳以上の方' },
      booking: { open: true },
      declarable: [],
      doses: [
        { number: 1, label: '1回目', interval: null },
        { number: 2, label: '2回目', interval: { minDays: 21 } },
      ],
    });

    const venues = await visitor.get('/api/v1/venues');
    expect(venues.json()).toEqual({
      venues: [
        {
          id: site.city.venueId,
          name: '桜木会場',
          address: '新潟市中央区1番地',
          ward: '中央区',
          access: '駅から5分',
          features: ['step_free'],
          mapUrl: null,
          notes: '',
        },
      ],
    });

    const day = addDays(cityDate(new Date()), 5);
    const slots = await visitor.get(`/api/v1/slots?venue=${site.city.venueId}&dose=1&from=${day}&to=${day}`);
    expect(slots.json<{ slots: unknown[] }>().slots).toContainEqual({
      id: slotId,
      venueId: site.city.venueId,
      dose: 1,
      startsAt: `${day}T01:30:00.000Z`,
      endsAt: `${day}T02:00:00.000Z`,
      free: 5,
    });

    const form = await visitor.get('/api/v1/form');
    expect(
      form.json<{ fields: { name: string; kind: string; required: boolean; label: string }[] }>().fields[0],
    ).toMatchObject({
      name: 'telephone',
      kind: 'telephone',
      required: true,
      label: '電話番号',
    });

    const held = await visitor.post('/api/v1/bookings', { slotId, dose: 1 });
    expect(held.status).toBe(201);
    const { id, state, holdExpiresAt } = held.json<{ id: string; state: string; holdExpiresAt: string }>();
    expect(id).toMatch(uuidPattern);
    expect(state).toBe('held');
    expect(Date.parse(holdExpiresAt) - Date.now()).toBeGreaterThan(9 * 60_000);

    const confirmed = await visitor.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers });
    expect(confirmed.status).toBe(200);
    const { reference } = confirmed.json<{ reference: string }>();
    expect(reference).toMatch(/^\d{9}$/);
    expect(confirmed.json()).toEqual({ id, reference, state: 'confirmed' });
    expect(site.handedOver.filter((event) => event.bookingId === id).map((event) => event.type)).toEqual([
      'held',
      'confirmed',
    ]);

    const list = await visitor.get('/api/v1/bookings');
    expect(list.json<{ bookings: unknown[] }>().bookings).toEqual([
      expect.objectContaining({
        id,
        state: 'confirmed',
        dose: 1,
        reference,
        slot: expect.objectContaining({ id: slotId, startsAt: `${day}T01:30:00.000Z` }) as unknown,
      }),
    ]);

    const cancelled = await visitor.post(`/api/v1/bookings/${id}/cancel`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.json()).toEqual({ id, state: 'cancelled' });

    const out = await visitor.delete('/api/v1/session');
    expect(out.status).toBe(204);
    expectProblem(await visitor.get('/api/v1/me'), 'not_logged_in');
  });

  test('a move swaps both bookings at its confirmation', async () => {
    const [first, second] = [await site.city.addSlot({ time: '13:00' }), await site.city.addSlot({ time: '14:00' })];
    const citizen = await site.citizen();
    const old = await book(citizen, first);
    const held = await citizen.post('/api/v1/bookings', { slotId: second, dose: 1, replaces: old.id });
    expect(held.status).toBe(201);
    const { id } = held.json<{ id: string }>();
    const confirmed = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers });
    expect(confirmed.status).toBe(200);
    const { bookings } = (await citizen.get('/api/v1/bookings')).json<{
      bookings: { id: string; state: string; replacedBy: string | null }[];
    }>();
    expect(bookings.find((item) => item.id === old.id)).toMatchObject({ state: 'cancelled', replacedBy: id });
    expect(bookings.find((item) => item.id === id)).toMatchObject({ state: 'confirmed' });
  });
});

describe('refusals', () => {
  test('a full slot', async () => {
    const slotId = await site.city.addSlot({ time: '09:00', capacity: 1 });
    await book(await site.citizen(), slotId);
    expectProblem(await (await site.citizen()).post('/api/v1/bookings', { slotId, dose: 1 }), 'slot_full');
  });

  test('the second dose before the first, and too early after it; the sentence names the day', async () => {
    const first = await site.city.addSlot({ time: '09:30' });
    const early = await site.city.addSlot({ dose: 2, daysAhead: 20, time: '09:30' });
    const citizen = await site.citizen();
    expectProblem(await citizen.post('/api/v1/bookings', { slotId: early, dose: 2 }), 'previous_dose_missing');
    await book(citizen, first);
    const refused = await citizen.post('/api/v1/bookings', { slotId: early, dose: 2 });
    expectProblem(refused, 'too_early_for_dose');
    const earliest = addDays(cityDate(new Date()), 26);
    expect(refused.json()).toMatchObject({
      facts: { earliest },
      detail: expect.stringContaining(`${String(Number(earliest.slice(8)))}日`) as unknown,
    });
  });

  test('a slot of the other dose', async () => {
    const slotId = await site.city.addSlot({ dose: 2, daysAhead: 30 });
    expectProblem(await (await site.citizen()).post('/api/v1/bookings', { slotId, dose: 1 }), 'wrong_dose');
  });

  test('answers that the form does not allow, by field', async () => {
    const slotId = await site.city.addSlot({ time: '15:00' });
    const citizen = await site.citizen();
    const { id } = (await citizen.post('/api/v1/bookings', { slotId, dose: 1 })).json<{ id: string }>();
    const refused = await citizen.post(`/api/v1/bookings/${id}/confirm`, {
      answers: { telephone: '12', consentRules: true, consentUse: true, extra: 1 },
    });
    expectProblem(refused, 'invalid_answers');
    const { faults } = refused.json<{ faults: { field: string; sentence: string }[] }>();
    expect(faults.map((fault) => fault.field).sort()).toEqual(['extra', 'telephone']);
  });

  test('a group whose time has not come', async () => {
    const later = await createCitySite({
      change: (document) => {
        for (const group of document.groups) group.opensAt = '2099-04-19T08:30:00+09:00';
      },
    });
    try {
      const slotId = await later.city.addSlot();
      const refused = await (await later.citizen()).post('/api/v1/bookings', { slotId, dose: 1 });
      expectProblem(refused, 'not_open_yet');
      expect(refused.json()).toMatchObject({
        detail: 'まだ予約の受付が始まっていません。2099年4月19日（日）午前8時30分から受け付けます。',
      });
    } finally {
      await later.close();
    }
  });
});

describe('another person’s booking does not exist', () => {
  test('to read, confirm, cancel or replace', async () => {
    const [mine, other] = [await site.city.addSlot({ time: '11:00' }), await site.city.addSlot({ time: '11:30' })];
    const owner = await site.citizen();
    const stranger = await site.citizen();
    const { id } = (await owner.post('/api/v1/bookings', { slotId: mine, dose: 1 })).json<{ id: string }>();
    expectProblem(await stranger.get(`/api/v1/bookings/${id}`), 'booking_unknown');
    expectProblem(await stranger.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers }), 'booking_unknown');
    expectProblem(await stranger.post(`/api/v1/bookings/${id}/cancel`), 'booking_unknown');
    expectProblem(await stranger.post('/api/v1/bookings', { slotId: other, dose: 1, replaces: id }), 'booking_unknown');
    const list = await stranger.get('/api/v1/bookings');
    expect(list.json()).toEqual({ bookings: [] });
    for (const path of [
      `/bookings/${id}`,
      `/bookings/${id}/done`,
      `/bookings/${id}/calendar.ics`,
      `/bookings/${id}/cancel`,
      `/holds/${id}/details`,
      `/holds/${id}/review`,
    ]) {
      expect([path, (await stranger.get(path)).status]).toEqual([path, 404]);
    }
    expect((await owner.get(`/api/v1/bookings/${id}`)).json()).toMatchObject({ state: 'held' });
  });
});

describe('Idempotency-Key', () => {
  test('the same request again is answered the same and takes no second seat', async () => {
    const slotId = await site.city.addSlot({ time: '16:00' });
    const citizen = await site.citizen();
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = await Promise.all(
      [1, 2].map(() => citizen.post('/api/v1/bookings', { slotId, dose: 1 }, { headers })),
    );
    expect(first?.status).toBe(201);
    expect(second?.json()).toEqual(first?.json());
    expect(await site.city.seats(slotId)).toMatchObject({ taken: 1 });
    const { id } = first?.json<{ id: string }>() ?? { id: '' };
    const key = { headers: { 'idempotency-key': randomUUID() } };
    const confirmed = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers }, key);
    const again = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers }, key);
    expect(again.json()).toEqual(confirmed.json());
  });

  test('with other content it is refused, and so is one that is none', async () => {
    const [one, two] = [await site.city.addSlot({ time: '16:30' }), await site.city.addSlot({ time: '17:00' })];
    const citizen = await site.citizen();
    const headers = { 'idempotency-key': randomUUID() };
    await citizen.post('/api/v1/bookings', { slotId: one, dose: 1 }, { headers });
    expectProblem(
      await citizen.post('/api/v1/bookings', { slotId: two, dose: 1 }, { headers }),
      'idempotency_mismatch',
    );
    expectProblem(
      await citizen.post(
        '/api/v1/bookings',
        { slotId: two, dose: 1 },
        { headers: { 'idempotency-key': 'x'.repeat(500) } },
      ),
      'invalid_request',
    );
  });
});

describe('bad input', () => {
  const badBodies: (string | undefined)[] = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '42',
    '{}',
    '{"slotId":null}',
    '{"answers":null}',
    '{"__proto__":{"x":1}}',
    '{"slotId":"\\u0000","dose":1}',
    undefined,
  ];
  const paths = [
    '/session',
    '/bookings',
    '/bookings/x/confirm',
    '/bookings/x/cancel',
    `/bookings/${randomUUID()}/confirm`,
    `/bookings/${randomUUID()}/cancel`,
  ];

  function expectOrderly(answer: Answer, what: string): void {
    expect([what, answer.status < 500]).toEqual([what, true]);
    if (answer.status >= 400) {
      expect([what, answer.headers['content-type']]).toEqual([what, 'application/problem+json']);
      expect(Object.keys(refusals)).toContain(answer.json<{ code: string }>().code);
    }
  }

  test('every route × bad body, logged in or not, gives a problem document', async () => {
    const citizen = await site.citizen();
    const nobody = site.visitor();
    for (const who of [citizen, nobody]) {
      for (const path of paths) {
        for (const body of badBodies) {
          const answer = await who.send('POST', `/api/v1${path}`, body, {
            headers: { 'content-type': 'application/json' },
          });
          expect([path, body, answer.status >= 400 && answer.status < 500]).toEqual([path, body, true]);
          expectOrderly(answer, `${path} ${body ?? ''}`);
        }
      }
    }
  });

  test('other content types, encodings, sizes, methods and paths', async () => {
    const citizen = await site.citizen();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
    ]) {
      expectProblem(
        await citizen.send('POST', '/api/v1/bookings', '{"dose":1}', { headers: { 'content-type': type } }),
        'unsupported_media_type',
      );
    }
    expectProblem(
      await citizen.send('POST', '/api/v1/bookings', 'x', {
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      }),
      'unsupported_media_type',
    );
    expectProblem(
      await citizen.send('POST', '/api/v1/bookings', 'x'.repeat(200_000), {
        headers: { 'content-type': 'application/json' },
      }),
      'payload_too_large',
    );
    const wrongMethod = await citizen.send('PUT', '/api/v1/bookings', '{}', {
      headers: { 'content-type': 'application/json' },
    });
    expectProblem(wrongMethod, 'method_not_allowed');
    expect(wrongMethod.headers.allow).toContain('POST');
    for (const method of ['PROPFIND', 'PATCH', 'TRACE'])
      expectOrderly(await citizen.send(method, '/api/v1/bookings', undefined), method);
    expectProblem(await citizen.get('/api/v1/nowhere'), 'not_found');
    for (const path of [
      '/api/v1/%E0%A4%A',
      '/api/v1/bookings/%00',
      '/api/v1/bookings/..%2f..%2fetc',
      `/api/v1/bookings/${'9'.repeat(3_000)}`,
    ]) {
      expectOrderly(await citizen.get(path), path);
    }
    for (const query of [
      'venue=x',
      'dose=0',
      'dose=1&dose=2',
      'from=2021-02-30',
      'to=x',
      `from=0001-01-01&to=9999-12-31`,
      'venue[]=1',
    ]) {
      expectOrderly(await citizen.get(`/api/v1/slots?${query}`), query);
    }
  });

  test('invented bodies', async () => {
    const citizen = await site.citizen();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.json(), async (path, body) => {
        expectOrderly(
          await citizen.send('POST', `/api/v1${path}`, body, { headers: { 'content-type': 'application/json' } }),
          path,
        );
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({ couponNumber: fc.string({ unit: 'binary' }), birthDate: fc.string({ unit: 'binary' }) }),
        async (body) => {
          const answer = await citizen.post('/api/v1/session', body);
          expectOrderly(answer, JSON.stringify(body));
          expect(answer.status).toBeGreaterThanOrEqual(400);
        },
      ),
      { numRuns: 40 },
    );
    const slotId = await site.city.addSlot({ time: '17:30' });
    const { id } = (await citizen.post('/api/v1/bookings', { slotId, dose: 1 })).json<{ id: string }>();
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.anything({ withNullPrototype: false })), async (answers) => {
        expectOrderly(await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers }), 'confirm');
      }),
      { numRuns: 40 },
    );
  });
});

test('the log says what happened, and of nobody', async () => {
  const couponNumber = freshCoupon();
  await site.city.addResident({ number: couponNumber, birthDate: '1938-11-23', kana: 'トキノ　ハナ' });
  const visitor = site.visitor();
  await visitor.post('/api/v1/session', { couponNumber, birthDate: '1938-11-24' });
  await visitor.post('/api/v1/session', { couponNumber, birthDate: '昭和13年11月23日' });
  await visitor.get('/api/v1/slots?from=2021-05-29');
  await visitor.get(`/api/v1/bookings/${randomUUID()}?x=hidden-query`);
  const log = site.logText();
  expect(log).toContain('/api/v1/bookings/:id');
  for (const secret of [
    couponNumber,
    // Not the year alone: four digits are in many an id.
    '1938-11',
    '193811',
    '昭和13',
    'トキノ',
    'hidden-query',
    '2021-05-29',
    ...visitor.cookies.values(),
  ])
    expect(log).not.toContain(secret);
});
