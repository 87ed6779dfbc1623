import { v7 as uuidv7 } from 'uuid';

import { digestTextOf } from '../../database/residents/residents';
import { searchKeysOf } from '../../database/residents/search-keys';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { testKeys, validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

let site: StaffSite;
type Colleague = Visitor & { readonly staffId: string };
let operator: Colleague;
let supervisor: Colleague;
beforeAll(async () => {
  site = await createStaffSite();
  [operator, supervisor] = [await site.colleague('operator'), await site.colleague('supervisor')];
});
afterAll(() => site.close());

let numbers = 5_600_000_000;
const nextNumber = () => String(numbers++);
interface Candidates {
  by: string[];
  candidates: { id: string; kana: string | null; numberEnd: string }[];
  next: string | null;
  code?: string;
}
const find = async (text: string, after?: string, by: Visitor = operator) =>
  (await by.post('/api/v1/residents/find', { text, ...(after ? { after } : {}) })).json<Candidates>();
const identify = (residentId: string, said: object, by: Visitor = operator) =>
  by.post(`/api/v1/residents/${residentId}/identity`, said);
const read = (residentId: string, by: Visitor = operator) => by.get(`/api/v1/residents/${residentId}`);
async function recordedOf(residentId: string): Promise<string[]> {
  return (await site.audit.list({ residentId, limit: 100 }))
    .reverse()
    .map((event) => `${event.action} ${event.result}`);
}

describe('finding', () => {
  let hanako: string;
  let haruko: string;
  const number = nextNumber();
  beforeAll(async () => {
    hanako = await site.city.addResident({ number, birthDate: '1938-02-03', kana: 'ミズシマ　ハナコ' });
    haruko = await site.city.addResident({ number: nextNumber(), birthDate: '1938-02-03', kana: 'ﾐｽﾞｼﾏ ﾊﾙｺ' });
    await site.city.addResident({ number: nextNumber(), birthDate: '1938-02-04', kana: 'ミズノ　ハナコ' });
    const slotId = await site.city.addSlot({ channel: 'phone' });
    const held = await site.city.bookings.hold({
      residentId: hanako,
      slotId,
      dose: 1,
      channel: 'phone',
      actor: 'operator',
    });
    if (!held.ok) throw new Error(held.code);
    await site.city.bookings.confirm({
      residentId: hanako,
      bookingId: held.booking.id,
      answers: { ...validAnswers, telephone: '025-999-0001' },
      channel: 'phone',
      actor: 'operator',
    });
  });

  test.each([
    ['a beginning of the name, either script', 'みずしま', ['kana'], 2],
    ['two letters', 'ミズ', ['kana'], 3],
    ['more letters than are indexed', 'ミズシマハナ', ['kana'], 1],
    ['birth date in any form', 'S13.2.3', ['birthDate'], 2],
    ['name and birth date', 'ミズ 1938/2/4', ['birthDate', 'kana'], 1],
    ['the telephone given at a confirmation', '０２５ー９９９ー０００１', ['couponNumber', 'telephone'], 1],
    ['a telephone that nobody gave', '025-999-0002', ['couponNumber', 'telephone'], 0],
    ['a name and a date that do not belong together', 'ミズシマ 1938/2/4', ['birthDate', 'kana'], 0],
  ])('by %s', async (_name, text, by, count) => {
    const found = await find(text);
    expect([found.by, found.candidates.length]).toEqual([by, count]);
  });

  test('a list tells first letters and the end of the number, nothing else', async () => {
    const found = await find('ミズシマ');
    expect(found.candidates).toEqual([
      { id: hanako, kana: 'ミ○○○ ハ○○', numberEnd: number.slice(-2) },
      { id: haruko, kana: expect.stringMatching(/^ﾐ○+ ﾊ○+$/) as unknown, numberEnd: expect.any(String) as unknown },
    ]);
    expect((await operator.get(`/api/v1/residents/${hanako}/candidate`)).json()).toEqual(found.candidates[0]);
    // Ids are random, and hold any three digits now and then.
    const told = JSON.stringify(found).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
    for (const personal of ['ハナコ', number, '1938', '025']) expect(told).not.toContain(personal);
  });

  test('a search is recorded by what it looked for, with the resident only where it was one', async () => {
    await find('ミズシマ');
    await find('ミズシマハナ');
    const [one, several] = await site.audit.list({ actorId: operator.staffId, action: 'resident.find', limit: 2 });
    expect([one?.residentId, one?.detail]).toEqual([hanako, { by: 'kana', found: 1 }]);
    expect([several?.residentId, several?.detail]).toEqual([null, { by: 'kana', found: 2 }]);
  });

  test('many are given page by page, each once', async () => {
    const people = Array.from({ length: 45 }, (_, index) => ({
      number: nextNumber(),
      birthDate: `19${String(20 + index)}-05-06`,
      kana: 'ヌノカワ　マサ',
    }));
    await site.city.database('resident').insert(
      people.map((person) => ({
        id: uuidv7(),
        programme_id: site.city.version.programmeId,
        coupon_index: testKeys.blindIndex(person.number),
        sealed: testKeys.seal(JSON.stringify(person)),
        digest: testKeys.blindIndex(digestTextOf(person)),
        search_keys: searchKeysOf(testKeys, person),
        key_id: testKeys.currentKeyId,
        group_code: 'seniors',
      })),
    );
    const seen: string[] = [];
    let pages = 0;
    for (let after: string | undefined; ; pages++) {
      const page = await find('ヌノカワ', after);
      seen.push(...page.candidates.map((item) => item.id));
      if (page.next === null) break;
      after = page.next;
    }
    expect([seen.length, new Set(seen).size, pages]).toEqual([45, 45, 2]);
  });
});

describe('the identity check', () => {
  test('before it nothing is disclosed and nothing is done', async () => {
    const residentId = await site.city.addResident({ number: nextNumber(), kana: 'キタノ　ユキ' });
    const slotId = await site.city.addSlot({ channel: 'phone', time: '11:00' });
    const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel: 'phone', actor: 'operator' });
    if (!held.ok) throw new Error(held.code);
    const answers = await Promise.all([
      read(residentId),
      operator.post(`/api/v1/residents/${residentId}/bookings`, { slotId, dose: 1 }),
      operator.post(`/api/v1/bookings/${held.booking.id}/confirm`, { answers: validAnswers }),
      operator.post(`/api/v1/bookings/${held.booking.id}/cancel`),
      operator.post(`/api/v1/residents/${residentId}/notes`, { text: 'x' }),
      operator.post(`/api/v1/residents/${residentId}/clear-log-in-lock`),
      supervisor.post(`/api/v1/residents/${residentId}/permits`, { dose: 1, reason: '理由があります', days: 1 }),
    ]);
    expect(answers.map((answer) => [answer.status, answer.json()['code']])).toEqual(
      answers.map(() => [403, 'identity_required']),
    );
    expect(answers.map((answer) => answer.text).join('')).not.toMatch(/キタノ|1947/);
    expect((await site.city.bookings.find(held.booking.id))?.state).toBe('held');
    expect(await recordedOf(residentId)).toEqual(
      expect.arrayContaining([
        'resident.read identity_required',
        'booking.hold identity_required',
        'booking.confirm identity_required',
        'booking.cancel identity_required',
        'resident.note identity_required',
        'resident.clear_log_in_lock identity_required',
        'resident.permit identity_required',
      ]),
    );
  });

  test('two right answers open the data to who asked, and to nobody else, until the call is over', async () => {
    const number = nextNumber();
    const residentId = await site.city.addResident({ number, birthDate: '1947-04-01', kana: 'トキノ　ハナ' });
    expect((await identify(residentId, { birthDate: '昭和22年4月1日' })).json()).toMatchObject({
      code: 'identity_incomplete',
      facts: { missing: 1 },
    });
    expect((await identify(residentId, { birthDate: '昭和64年2月1日', kana: '時野' })).json()).toMatchObject({
      code: 'invalid_answers',
      faults: [{ field: 'birthDate' }, { field: 'kana' }],
    });
    const passed = await identify(residentId, { birthDate: '昭和22年4月1日', kana: 'ときのはな' });
    expect(Date.parse(passed.json<{ openUntil: string }>().openUntil)).toBeGreaterThan(Date.now() + 25 * 60_000);
    expect((await read(residentId)).json()).toMatchObject({
      resident: {
        couponNumber: number,
        birthDateWords: '1947年（昭和22年）4月1日',
        kana: 'トキノ　ハナ',
        group: { code: 'seniors', isOpen: true },
        status: 'active',
        isProtected: false,
      },
      doses: [
        { number: 1, state: 'open', dates: { first: expect.any(String) as unknown } },
        { number: 2, state: 'refused', code: 'previous_dose_missing' },
      ],
      bookings: [],
      answers: null,
      notes: [],
      permits: [],
      callbacks: [],
    });
    expect((await read(residentId, supervisor)).json()['code']).toBe('identity_required');
    expect((await operator.post(`/api/v1/residents/${residentId}/close`)).status).toBe(204);
    expect((await read(residentId)).json()['code']).toBe('identity_required');
    const rows =
      JSON.stringify(await site.city.database('audit_event').select('detail', 'action', 'result')) +
      site.logLines.join('');
    for (const said of [number, '昭和22', '1947-', '1947/', '194704', 'ときのはな', 'トキノ'])
      expect(rows).not.toContain(said);
  });

  test('an open look ends by itself', async () => {
    const residentId = await site.city.addResident({ number: nextNumber() });
    await site.identified(operator.staffId, residentId);
    await site.city
      .database('identity_check')
      .where({ resident_id: residentId })
      .update({ open_until: new Date(Date.now() - 1_000) });
    expect((await read(residentId)).json()['code']).toBe('identity_required');
  });

  test('a guesser is stopped, whoever the operator is; a supervisor goes on', async () => {
    const number = nextNumber();
    const residentId = await site.city.addResident({ number, birthDate: '1947-04-01' });
    const colleague = await site.colleague('operator');
    for (let day = 1; day <= 5; day++) {
      expect(
        (
          await identify(
            residentId,
            { couponNumber: number, birthDate: `1950-01-0${String(day)}` },
            day % 2 ? operator : colleague,
          )
        ).json(),
      ).toMatchObject({ code: 'identity_mismatch', facts: { wrong: 'birthDate' } });
    }
    const right = { couponNumber: number, birthDate: '1947-04-01' };
    expect((await identify(residentId, right)).json()['code']).toBe('identity_locked');
    expect((await identify(residentId, right, supervisor)).status).toBe(200);
    expect((await recordedOf(residentId)).slice(-2)).toEqual([
      'resident.identify identity_locked',
      'resident.identify done',
    ]);
  });
});

describe('a protected resident', () => {
  test('is asked more, only a supervisor goes on, and where they will be is told to nobody else', async () => {
    const number = nextNumber();
    const residentId = await site.city.addResident({ number, birthDate: '1980-04-01', kana: 'ヒミツ　アイ' });
    const slotId = await site.city.addSlot({ channel: 'phone', time: '12:00' });
    const held = await site.city.bookings.hold({ residentId, slotId, dose: 1, channel: 'phone', actor: 'operator' });
    if (!held.ok) throw new Error(held.code);
    await site.identified(operator.staffId, residentId);
    expect(
      (await operator.post(`/api/v1/residents/${residentId}/protection`, { isProtected: true, reason: '市からの連絡' }))
        .status,
    ).toBe(403);
    expect(
      (
        await supervisor.post(`/api/v1/residents/${residentId}/protection`, {
          isProtected: true,
          reason: '市からの連絡',
        })
      ).status,
    ).toBe(204);
    await operator.post(`/api/v1/residents/${residentId}/close`);
    expect((await operator.get(`/api/v1/bookings/${held.booking.id}`)).json()['code']).toBe('identity_required');
    const two = { couponNumber: number, birthDate: '1980-04-01' };
    expect((await identify(residentId, two)).json()['code']).toBe('identity_incomplete');
    expect((await identify(residentId, { ...two, kana: 'ヒミツ アイ' })).json()['code']).toBe('protected_resident');
    expect((await identify(residentId, { ...two, kana: 'ヒミツ アイ' }, supervisor)).status).toBe(200);
    expect((await read(residentId, supervisor)).json()).toMatchObject({
      resident: { isProtected: true },
      notes: [{ text: expect.stringContaining('市からの連絡') as unknown }],
    });
    expect(await recordedOf(residentId)).toEqual(
      expect.arrayContaining([
        'resident.protect done',
        'resident.identify protected_resident',
        'booking.read identity_required',
      ]),
    );
  });
});

describe('a permit', () => {
  const early = async () => {
    const residentId = await site.city.addResident({ number: nextNumber(), groupCode: 'later' });
    for (const person of [operator, supervisor]) await site.identified(person.staffId, residentId);
    return residentId;
  };
  let hour = 12;
  const slot = (channel: 'phone' | 'web' = 'phone') => site.city.addSlot({ channel, time: `${String(++hour)}:00` });
  const hold = async (residentId: string, slotId: string) =>
    (await operator.post(`/api/v1/residents/${residentId}/bookings`, { slotId, dose: 1 })).json<{
      code?: string;
      state?: string;
      id: string;
    }>();
  const grant = (residentId: string, body: object = {}, by: Visitor = supervisor) =>
    by.post(`/api/v1/residents/${residentId}/permits`, {
      dose: 1,
      reason: '施設の職員である証明書を確認',
      days: 7,
      ...body,
    });

  test('lets one person be booked before their turn, with its reason in the record', async () => {
    const residentId = await early();
    const slotId = await slot();
    expect((await hold(residentId, slotId)).code).toBe('not_eligible');
    expect((await read(residentId)).json()).toMatchObject({
      doses: [{ number: 1, state: 'refused', code: 'not_eligible' }, {}],
    });
    const { id } = (await grant(residentId)).json<{ id: string }>();
    expect((await read(residentId)).json()).toMatchObject({
      doses: [{ number: 1, state: 'open' }, {}],
      permits: [{ id, dose: 1, reason: '施設の職員である証明書を確認' }],
    });
    expect((await hold(residentId, slotId)).state).toBe('held');
    const events = await site.audit.list({ residentId, limit: 10 });
    expect(events.filter((event) => event.action === 'booking.hold' && event.result === 'done')).toMatchObject([
      { detail: { permit: id } },
    ]);
    expect(events.filter((event) => event.action === 'resident.permit')).toMatchObject([
      { result: 'done', actorId: supervisor.staffId },
      { result: 'begun' },
    ]);
    const stored = await site.city
      .database('booking_permit')
      .where({ id })
      .first<{ sealed_reason: Buffer }>('sealed_reason');
    expect(stored.sealed_reason.toString('utf8')).not.toContain('証明書');
  });

  test('is for one person, one dose, the telephone, and for a time', async () => {
    const [residentId, other] = [await early(), await early()];
    await grant(residentId);
    expect((await hold(other, await slot())).code).toBe('not_eligible');
    const webSlot = await slot('web');
    expect(
      await site.city.bookings.hold({ residentId, slotId: webSlot, dose: 1, channel: 'web', actor: 'citizen' }),
    ).toMatchObject({ code: 'not_eligible' });
    await site.city
      .database('booking_permit')
      .where({ resident_id: residentId })
      .update({ granted_at: new Date(Date.now() - 2_000), expires_at: new Date(Date.now() - 1_000) });
    expect((await hold(residentId, await slot())).code).toBe('not_eligible');
    await grant(residentId, { dose: 2 });
    expect((await hold(residentId, await slot())).code).toBe('not_eligible');
  });

  test('can be taken back, and ends with that', async () => {
    const residentId = await early();
    const { id } = (await grant(residentId)).json<{ id: string }>();
    await grant(residentId);
    expect((await supervisor.delete(`/api/v1/residents/${residentId}/permits/${id}`)).json()['code']).toBe(
      'permit_unknown',
    );
    const [{ id: second }] = (await read(residentId)).json<{ permits: [{ id: string }] }>().permits;
    expect((await supervisor.delete(`/api/v1/residents/${residentId}/permits/${second}`)).status).toBe(204);
    expect((await hold(residentId, await slot())).code).toBe('not_eligible');
    expect((await recordedOf(residentId)).filter((entry) => entry.startsWith('resident.revoke'))).toEqual([
      'resident.revoke_permit permit_unknown',
      'resident.revoke_permit done',
    ]);
  });

  test.each([
    ['no reason', { reason: '' }, 400],
    ['a reason of blanks', { reason: '        ' }, 400],
    ['too long', { days: 31 }, 400],
    ['a dose that is not', { dose: 9 }, 422],
  ])('is refused with %s', async (_name, body, status) => {
    expect((await grant(await early(), body)).status).toBe(status);
  });

  test('is not an operator’s to give', async () => {
    const residentId = await early();
    expect((await grant(residentId, {}, operator)).status).toBe(403);
    expect((await hold(residentId, await slot())).code).toBe('not_eligible');
  });
});

describe('notes', () => {
  test('are added with author and time, sealed, and never changed', async () => {
    const residentId = await site.city.addResident({ number: nextNumber() });
    await site.identified(operator.staffId, residentId);
    expect((await operator.post(`/api/v1/residents/${residentId}/notes`, { text: ' ' })).status).toBe(400);
    await operator.post(`/api/v1/residents/${residentId}/notes`, { text: '耳が遠い。ゆっくり話す' });
    await operator.post(`/api/v1/residents/${residentId}/notes`, { text: '娘さんが同席' });
    const { notes } = (await read(residentId)).json<{
      notes: { id: string; text: string; by: string; at: string }[];
    }>();
    expect(notes.map((note) => note.text)).toEqual(['娘さんが同席', '耳が遠い。ゆっくり話す']);
    expect(notes[0]).toMatchObject({ by: expect.stringMatching(/^職員/) as unknown });
    const rows = await site.city
      .database('resident_note')
      .where({ resident_id: residentId })
      .select<{ id: string; sealed: Buffer }[]>('id', 'sealed');
    expect(rows.map((row) => row.sealed.toString('utf8')).join('')).not.toContain('耳');
    await expect(
      site.city
        .database('resident_note')
        .where({ id: rows[0]!.id })
        .update({ at: new Date(0) }),
    ).rejects.toThrow(/append-only/);
    await expect(site.city.database('resident_note').where({ id: rows[0]!.id }).delete()).rejects.toThrow(
      /append-only/,
    );
  });
});

test('a call that was promised stands with the person', async () => {
  const residentId = await site.city.addResident({ number: nextNumber() });
  await site.identified(operator.staffId, residentId);
  const dueAt = new Date(Date.now() + 3_600_000).toISOString();
  expect((await operator.post(`/api/v1/residents/${residentId}/callbacks`, { dueAt, note: '夕方に' })).status).toBe(
    201,
  );
  expect((await read(residentId)).json()).toMatchObject({
    callbacks: [{ cause: 'promised', dueAt, assignedTo: null }],
  });
});

test('the call script speaks for the programme and never promises to issue a coupon', async () => {
  const { cards } = (await operator.get('/api/v1/call-script')).json<{
    cards: { moment: string; say: string[]; hints: string[] }[];
  }>();
  const lost = cards.find((card) => card.moment === 'coupon_lost')!;
  expect(lost.say.join('')).toContain('お送りすることはできません');
  await site.city.database('site_settings').insert({
    version: 1,
    settings: JSON.stringify({
      publicAddress: null,
      callCentre: null,
      notices: [],
      couponHelp: null,
      couponLost: '中央区役所の2番窓口で再発行します。\n平日の午後5時までです。',
    }),
  });
  const told = (await operator.get('/api/v1/call-script'))
    .json<{ cards: { moment: string; say: string[] }[] }>()
    .cards.find((card) => card.moment === 'coupon_lost')!;
  expect(told.say).toEqual(expect.arrayContaining(['中央区役所の2番窓口で再発行します。', '平日の午後5時までです。']));
  expect(cards.find((card) => card.moment === 'done')!.say.join('')).toContain('接種券（切り離さずに）');
});
