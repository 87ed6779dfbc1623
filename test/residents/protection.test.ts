import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';

import { createLineLinks } from '../../database/notices/line-links';
import { createSessionRepository } from '../../database/residents/resident-sessions';
import { ticksText } from '../../domain/reception/ticks';
import { createProtectedWorld, person, type ProtectedWorld, secondDay, today } from '../worlds/protected-world';

let world: ProtectedWorld;
beforeAll(async () => {
  world = await createProtectedWorld();
  await world.book();
});
afterAll(() => world.close());

const told = (text: string) => {
  const { place, time, clock, person: names } = world.markers();
  return [...place, ...time, ...clock, ...names, person.number, person.kana].filter((marker) => text.includes(marker));
};
const checked = { couponNumber: person.number, birthDate: person.birthDate, kana: person.kana };

test('protecting takes LINE off, ends sessions, keeps new links out, and hurries calls without a hint at the day', async () => {
  const { database, keys } = world.site.city;
  const links = createLineLinks({ database, keys });
  const sessions = createSessionRepository({ database, keys });
  await links.link(world.residentId, 'U0123456789abcdef0123456789abcdef');
  const token = await sessions.open(world.residentId);
  expect(await sessions.find(token)).toBeDefined();
  await links.keepToken('link-token-1');
  await links.keepToken('link-token-2');
  const nonce = await links.beginLink('link-token-1', world.residentId);
  await world.protect();
  expect(await links.isLinked(world.residentId)).toBe(false);
  expect(await links.completeLink(nonce!, 'U0123456789abcdef0123456789abcdef')).toBe(false);
  // Begun by a session that nobody ended in time.
  const late = await links.beginLink('link-token-2', world.residentId);
  expect(await links.completeLink(late!, 'U0123456789abcdef0123456789abcdef')).toBe(false);
  expect(await sessions.find(token)).toBeUndefined();
  expect(await sessions.find(await sessions.open(world.residentId))).toBeUndefined();
  const { due_at: due } = await database('callback')
    .where({ resident_id: world.residentId, cause: 'notice_failed' })
    .first<{ due_at: Date }>('due_at');
  expect(Math.abs(due.getTime() - Date.now() - 7_200_000)).toBeLessThan(60_000);
  const [entry] = await world.site.audit.list({ residentId: world.residentId, action: 'resident.protect', limit: 1 });
  expect(entry).toMatchObject({ result: 'done', detail: { unlinked: true } });
});

test('a supervisor who has three answers sees everything again; ending the protection needs the same', async () => {
  const supervisor = await world.visitor('supervisor');
  const end = () =>
    supervisor.post(`/api/v1/residents/${world.residentId}/protection`, { isProtected: false, reason: '解除の連絡' });
  expect((await end()).json()['code']).toBe('identity_required');
  const { couponNumber, birthDate } = checked;
  expect(
    (await supervisor.post(`/api/v1/residents/${world.residentId}/identity`, { couponNumber, birthDate })).json()[
      'code'
    ],
  ).toBe('identity_incomplete');
  expect((await supervisor.post(`/api/v1/residents/${world.residentId}/identity`, checked)).status).toBe(200);
  for (const path of [
    `bookings/${world.ids.booking}`,
    `bookings/${world.ids.booking}/history`,
    `bookings?reference=${world.ids.reference}`,
    `notices/${world.ids.notice}`,
    `callbacks/${world.ids.callback}`,
  ])
    expect((await supervisor.get(`/api/v1/${path}`)).text).toContain(world.ids.reference);
  // What leaves, and the venue's list, stay as they are.
  const list = await supervisor.get(`/api/v1/reception/day?venueId=${world.venueId}&date=${today}`);
  expect(list.text).not.toContain(world.ids.reference);
  await supervisor.post(`/api/v1/residents/${world.residentId}/close`);
  expect((await supervisor.get(`/api/v1/bookings/${world.ids.booking}`)).json()['code']).toBe('identity_required');
});

test('a notice is not sent again before an address is confirmed', async () => {
  const supervisor = await world.visitor('supervisor');
  await supervisor.post(`/api/v1/residents/${world.residentId}/identity`, checked);
  const again = async () => (await supervisor.post(`/api/v1/notices/${world.ids.notice}/send-again`)).json()['code'];
  const confirm = (email: string | null) =>
    supervisor.post(`/api/v1/residents/${world.residentId}/confirmed-address`, { email });
  expect(await again()).toBe('notice_withheld');
  expect((await confirm('no address')).status).toBe(422);
  expect((await confirm('new@safe.example.jp')).status).toBe(204);
  // Past the rule; in this world nobody hears the request.
  expect(await again()).toBe('engine_unreachable');
  expect((await supervisor.post(`/api/v1/notices/${world.ids.notice}/address`)).json()).toEqual({
    address: 'new@safe.example.jp',
  });
  const stored = await world.site.city.database('confirmed_address').first<{ sealed_email: Buffer }>('sealed_email');
  expect(stored.sealed_email.toString('utf8')).not.toContain('safe');
  expect((await confirm(null)).status).toBe(204);
  expect(await again()).toBe('notice_withheld');
  const operator = await world.visitor('operator');
  expect((await operator.post(`/api/v1/residents/${world.residentId}/confirmed-address`, { email: null })).status).toBe(
    403,
  );
  await supervisor.post(`/api/v1/residents/${world.residentId}/close`);
  expect((await confirm('other@example.jp')).json()['code']).toBe('identity_required');
});

test('an operator is not given a protected resident to call, and a supervisor is', async () => {
  const [operator, supervisor] = [await world.visitor('operator'), await world.visitor('supervisor')];
  expect((await operator.post('/api/v1/callbacks/next', {})).json()).toEqual({ callbackId: null });
  expect((await operator.get('/api/v1/callbacks')).json()).toMatchObject({
    callbacks: [{ isProtected: true, residentId: null, booking: null, noticeId: null, noticeStep: null }],
  });
  expect((await supervisor.get(`/api/v1/callbacks/${world.ids.callback}`)).json()).toMatchObject({
    residentId: world.residentId,
    booking: null,
  });
  expect((await supervisor.post('/api/v1/callbacks/next', {})).json()).toEqual({ callbackId: world.ids.callback });
});

describe('at the venue', () => {
  const checkIn = async (body: object) => {
    const reception = await world.visitor('reception');
    return reception.post('/api/v1/check-ins', { venueId: world.venueId, ...body });
  };

  test('the list shows a seat without a name', async () => {
    const reception = await world.visitor('reception');
    const list = await reception.get(`/api/v1/reception/day?venueId=${world.venueId}&date=${today}`);
    expect(list.json()).toMatchObject({
      entries: [{ isProtected: true, state: 'confirmed', dose: 1, bookingId: null }],
    });
    for (const secret of [
      world.residentId,
      world.ids.reference,
      world.ids.booking,
      person.birthDate,
      person.kana,
      '1234',
    ])
      expect(list.text).not.toContain(secret);
    const file = await reception.get(`/api/v1/reception/day.csv?venueId=${world.venueId}&date=${today}`);
    expect(file.text.split('\r\n')[1]).toBe('23:47,保護対象,,,,1,,予約済み,,');
  });

  test('the file that is taken along has the seat alone, and its tick comes back to the booking', async () => {
    const reception = await world.visitor('reception');
    const passphrase = 'きつね りんご ゆき そら';
    const page = (
      await reception.post('/api/v1/reception/day-files', { venueId: world.venueId, date: today, passphrase })
    ).text;
    const sealed = JSON.parse(/id="sealed">\s*(\{.*\})/.exec(page)![1]!) as Record<string, string> & {
      iterations: number;
    };
    const part = (name: string) => Buffer.from(sealed[name]!, 'base64');
    const key = pbkdf2Sync(passphrase.normalize('NFKC'), part('salt'), sealed.iterations, 32, 'sha256');
    const decipher = createDecipheriv('aes-256-gcm', key, part('iv')).setAAD(Buffer.from(sealed['file']!));
    const body = part('body');
    decipher.setAuthTag(body.subarray(-16));
    const plain = Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]).toString('utf8');
    const list = JSON.parse(plain) as {
      tickKey: string;
      entries: { id: string; isProtected?: boolean; time: string }[];
    };
    expect(list.entries).toMatchObject([{ isProtected: true, label: '保護対象', time: '23:47' }]);
    expect(told(plain)).toEqual(['23:47']);
    const ticks = {
      kind: 'toki-day-ticks' as const,
      file: sealed['file']!,
      ticks: [[list.entries[0]!.id, Math.floor(Date.now() / 1_000)] as const],
    };
    const signature = createHmac('sha256', Buffer.from(list.tickKey, 'base64'))
      .update(ticksText(ticks))
      .digest('base64');
    const loaded = await reception.post('/api/v1/reception/ticks', { ...ticks, signature });
    expect(loaded.json()).toMatchObject({ applied: 1, refused: [] });
    expect(await world.site.city.bookings.find(world.ids.booking)).toMatchObject({ state: 'attended' });
    const undone = await reception.post(`/api/v1/bookings/${world.ids.booking}/undo-check-in`, { reason: 'slip' });
    expect(undone.json()).toEqual({
      id: world.ids.booking,
      state: 'confirmed',
      version: expect.any(Number) as unknown,
      isProtected: true,
    });
  });

  test('number or reference and the birth date check them in here and today, and nowhere else is anything found', async () => {
    const codeOf = async (body: object) => (await checkIn(body)).json()['code'];
    const elsewhere = world.site.city.venueId;
    const birthDate = person.birthDate;
    expect(await codeOf({ code: person.number, birthDate, venueId: elsewhere })).toBe('nothing_booked');
    expect(await codeOf({ code: world.ids.reference, birthDate, venueId: elsewhere })).toBe('booking_unknown');
    expect(await codeOf({ code: person.number })).toBe('birth_date_needed');
    expect(await codeOf({ code: person.number, birthDate: '1951-02-04' })).toBe('birth_date_other');
    const answer = await checkIn({ code: person.number, birthDate: '昭和26年2月3日' });
    expect(answer.json()).toMatchObject({
      outcome: 'checked_in',
      entry: { isProtected: true, state: 'attended', bookingId: world.ids.booking },
    });
    for (const secret of [world.residentId, world.ids.reference, person.birthDate, person.kana])
      expect(answer.text).not.toContain(secret);
    expect(await codeOf({ code: world.ids.reference })).toBe('birth_date_needed');
    expect((await checkIn({ code: world.ids.reference, birthDate })).json()).toMatchObject({ outcome: 'already' });
  });

  test('guessing the birth date ends after five wrong ones', async () => {
    for (let index = 0; index < 5; index++)
      await checkIn({ code: person.number, birthDate: `1960-01-0${String(index + 1)}` });
    expect((await checkIn({ code: person.number, birthDate: person.birthDate })).json()['code']).toBe(
      'identity_locked',
    );
  });

  test('without a booking: who they are, and none of their bookings', async () => {
    const reception = await world.visitor('reception');
    const answer = await reception.post('/api/v1/reception/persons', {
      venueId: world.venueId,
      couponNumber: person.number,
    });
    expect(answer.json()).toMatchObject({ resident: { id: world.residentId }, bookings: [] });
  });
});

test('an export keeps the rows, and says of each that a person is protected', async () => {
  const [supervisor, admin] = [await world.visitor('supervisor'), await world.visitor('city_admin')];
  const { id } = (
    await supervisor.post('/api/v1/exports', { from: today, to: secondDay, reason: '接種記録との突き合わせのため' })
  ).json<{ id: string }>();
  await admin.post(`/api/v1/exports/${id}/approve`);
  const rows = (await supervisor.post(`/api/v1/exports/${id}/file`)).text.trimEnd().split('\r\n');
  expect(rows.slice(1).map((row) => row.split(',').filter((cell) => cell !== ''))).toEqual([
    ['保護対象', '来場済み', '1'],
    ['保護対象', '予約済み', '2'],
  ]);
  expect(rows.map((row) => row.split(',').length)).toEqual([13, 13, 13]);
  expect(told(rows.slice(1).join('\n'))).toEqual([]);
});

test('ending the protection sends nothing that was withheld, and forgets the confirmed address', async () => {
  const { database } = world.site.city;
  const supervisor = await world.visitor('supervisor');
  await database('identity_check').where({ passed: false }).delete();
  await supervisor.post(`/api/v1/residents/${world.residentId}/identity`, checked);
  await supervisor.post(`/api/v1/residents/${world.residentId}/confirmed-address`, { email: 'new@safe.example.jp' });
  const before = await database('notice').orderBy('id').select('id', 'status');
  expect(
    (
      await supervisor.post(`/api/v1/residents/${world.residentId}/protection`, {
        isProtected: false,
        reason: '解除の連絡',
      })
    ).status,
  ).toBe(204);
  expect(await database('notice').orderBy('id').select('id', 'status')).toEqual(before);
  expect(await database('confirmed_address').select('resident_id')).toEqual([]);
  expect(
    (
      await supervisor.post(`/api/v1/residents/${world.residentId}/confirmed-address`, { email: 'a@example.jp' })
    ).json()['code'],
  ).toBe('not_protected');
});
