import { type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { formOf } from '../worlds/visitor';

let site: CitySite;

beforeAll(async () => {
  site = await createCitySite();
});

afterAll(() => site.close());

describe('sessions', () => {
  test('the table holds only the hash of the cookie', async () => {
    const citizen = await site.citizen();
    const token = citizen.cookies.get('toki') ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const rows = await site.city
      .database('citizen_session')
      .where({ resident_id: citizen.residentId })
      .select<{ token_hash: Buffer }[]>('token_hash');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.token_hash.toString('base64url')).not.toBe(token);
  });

  test('every log-in makes a new one, and an invented cookie is none', async () => {
    const citizen = await site.citizen();
    const before = citizen.cookies.get('toki');
    await citizen.post('/api/v1/session', { couponNumber: citizen.couponNumber, birthDate: '1947-04-01' });
    expect(citizen.cookies.get('toki')).not.toBe(before);
    for (const invented of ['x', 'A'.repeat(43), '%00', "' OR 1=1"]) {
      const visitor = site.visitor();
      visitor.cookies.set('toki', invented);
      expect((await visitor.get('/api/v1/me')).status).toBe(401);
    }
  });

  test.each([
    ['15 minutes without a request', { seen_at: '-16 minutes' }],
    ['60 minutes in all', { created_at: '-61 minutes' }],
  ])('ends after %s', async (_what, shift) => {
    const citizen = await site.citizen();
    expect((await citizen.get('/api/v1/me')).status).toBe(200);
    await age(citizen.residentId, shift);
    expect((await citizen.get('/api/v1/me')).status).toBe(401);
  });

  test('a request within the time keeps it alive, noted at most once a minute', async () => {
    const citizen = await site.citizen();
    const seenAt = async (): Promise<number> =>
      (
        await site.city
          .database('citizen_session')
          .where({ resident_id: citizen.residentId })
          .first<{ seen_at: Date }>('seen_at')
      ).seen_at.getTime();
    const first = await seenAt();
    await citizen.get('/api/v1/me');
    expect(await seenAt()).toBe(first);
    await age(citizen.residentId, { seen_at: '-14 minutes' });
    expect((await citizen.get('/api/v1/me')).status).toBe(200);
    expect(Date.now() - (await seenAt())).toBeLessThan(60_000);
  });

  test('the log-out ends it on the server, and tells the browser to forget', async () => {
    const citizen = await site.citizen();
    const token = citizen.cookies.get('toki') ?? '';
    const out = await citizen.fill('/bookings', '/logout', {});
    expect(out.status).toBe(303);
    expect(out.headers['clear-site-data']).toContain('"cache"');
    expect(citizen.cookies.has('toki')).toBe(false);
    const thief = site.visitor();
    thief.cookies.set('toki', token);
    expect((await thief.get('/api/v1/me')).status).toBe(401);
  });

  async function age(residentId: string, shift: Record<string, string>): Promise<void> {
    const { database } = site.city;
    const [[column, by] = ['', '']] = Object.entries(shift);
    await database('citizen_session')
      .where({ resident_id: residentId })
      .update({ [column]: database.raw('now() + ?::interval', [by]) });
  }
});

describe('headers', () => {
  test('pages allow our own files with a nonce, and nothing else', async () => {
    const [first, second] = [await site.visitor().get('/'), await site.visitor().get('/')];
    const policy = String(first.headers['content-security-policy']);
    const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self'; form-action 'self'; connect-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'`,
    );
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(String(second.headers['content-security-policy'])).not.toContain(nonce);
    for (const [, attributes = ''] of first.text.matchAll(/<(?:script|link rel="stylesheet")([^>]*)>/g)) {
      expect(attributes.replaceAll('&#x3D;', '=')).toContain(`nonce="${nonce}"`);
    }
    expect(first.text).not.toMatch(/ style="| on[a-z]+="|<style/);
    expect(first.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'content-language': 'ja',
      'cache-control': 'no-store',
    });
    expect(first.headers['set-cookie']).toBeUndefined();
    expect(first.headers['strict-transport-security']).toBeUndefined();
  });

  test('data allows nothing at all', async () => {
    const answer = await site.visitor().get('/api/v1/venues');
    expect(answer.headers['content-security-policy']).toBe(
      "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    );
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('files may be kept for a year, compressed, under a name that changes with them', async () => {
    const page = await site.visitor().get('/');
    const url = /href="(\/assets\/site\.[0-9a-f]{12}\.css)"/.exec(page.text)?.[1] ?? '';
    const plain = await site.visitor().get(url);
    expect(plain.status).toBe(200);
    expect(plain.text).toContain('--color-primitive-blue-900:#0017c1');
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const encoding of ['br', 'gzip']) {
      const small = await site.visitor().get(url, { headers: { 'accept-encoding': encoding } });
      expect(small.headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' });
      expect(Number(small.headers['content-length'])).toBeLessThan(plain.text.length / 2);
    }
    expect((await site.visitor().get('/assets/site.000000000000.css')).status).toBe(404);
    expect((await site.visitor().get('/assets/..%2f..%2fpackage.json')).status).toBe(404);
  });

  test('with https: __Host- cookies, Secure, and HSTS', async () => {
    const secure = await createCitySite({ publicUrl: 'https://yoyaku.city.example.jp' });
    try {
      const couponNumber = freshCoupon();
      await secure.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
      const visitor = secure.visitor();
      const answer = await visitor.post('/api/v1/session', { couponNumber, birthDate: '1947-04-01' });
      expect(answer.setCookies).toHaveLength(2);
      for (const cookie of answer.setCookies)
        expect(cookie).toMatch(/^__Host-toki(-device)?=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure/);
      expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
      expect((await visitor.get('/api/v1/me')).status).toBe(200);
      // A neighbour under the same domain can only set a cookie without the prefix.
      const other = secure.visitor();
      other.cookies.set('toki', visitor.cookies.get('__Host-toki') ?? '');
      expect((await other.get('/api/v1/me')).status).toBe(401);
    } finally {
      await secure.close();
    }
  });
});

describe('forged requests', () => {
  test('a form without our token, with an old one or with another person’s is refused', async () => {
    const victim = await site.citizen();
    const attacker = await site.citizen();
    const token = formOf((await attacker.get('/bookings')).text, '/logout')?.hidden['_csrf'] ?? '';
    for (const fields of [{}, { _csrf: '' }, { _csrf: 'x' }, { _csrf: 'A'.repeat(86) }, { _csrf: token }]) {
      const answer = await victim.submit('/logout', fields);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('画面の有効時間が過ぎました');
    }
    expect((await victim.get('/api/v1/me')).status).toBe(200);
  });

  test('a form that the browser says comes from elsewhere is refused in spite of its token', async () => {
    const citizen = await site.citizen();
    const form = formOf((await citizen.get('/bookings')).text, '/logout');
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ]) {
      expect((await citizen.submit('/logout', form?.hidden ?? {}, { headers: headers })).status).toBe(403);
    }
    expect(
      (
        await citizen.submit('/logout', form?.hidden ?? {}, {
          headers: { 'sec-fetch-site': 'same-origin', origin: 'null' },
        })
      ).status,
    ).toBe(303);
  });

  test('JSON needs its content type and our origin, or none', async () => {
    const citizen = await site.citizen();
    const slotId = await site.city.addSlot();
    const hold = (headers: Record<string, string>) =>
      citizen.send('POST', '/api/v1/bookings', JSON.stringify({ slotId, dose: 1 }), { headers });
    expect((await hold({ 'content-type': 'text/plain' })).status).toBe(415);
    expect((await hold({ 'content-type': 'application/json', origin: 'https://evil.example' })).status).toBe(403);
    expect((await hold({ 'content-type': 'application/json', origin: 'null' })).status).toBe(403);
    expect((await hold({ 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(
      (
        await citizen.send('POST', `/api/v1/bookings/x/cancel`, undefined, {
          headers: { origin: 'https://evil.example' },
        })
      ).status,
    ).toBe(403);
    expect(
      (await citizen.send('DELETE', '/api/v1/session', undefined, { headers: { origin: 'https://evil.example' } }))
        .status,
    ).toBe(403);
    expect(
      (await hold({ 'content-type': 'application/json; charset=utf-8', origin: 'http://localhost:3000' })).status,
    ).toBe(201);
  });

  test('the log-in form needs a token too', async () => {
    const visitor = site.visitor();
    expect((await visitor.submit('/login', { couponNumber: '1', birthYear: '1' })).status).toBe(403);
    expect((await visitor.fill('/login', '/login', { couponNumber: '1' })).status).toBe(422);
  });

  test('the token looks different on every page', async () => {
    const citizen = await site.citizen();
    const tokens = [await citizen.get('/bookings'), await citizen.get('/bookings')].map(
      (page) => formOf(page.text, '/logout')?.hidden['_csrf'],
    );
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  test('where to go after the log-in stays on this site', async () => {
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/bookings/../../evil',
      'javascript:alert(1)',
      '/login',
      '/bookings\r\nSet-Cookie: x=1',
    ]) {
      const couponNumber = freshCoupon();
      await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
      const answer = await site
        .visitor()
        .fill('/login', '/login', { couponNumber, birthYear: '1947', birthMonth: '4', birthDay: '1', next });
      expect([next, answer.status, answer.headers.location]).toEqual([next, 303, '/bookings']);
    }
  });
});

test('health says what is missing: without Temporal the app stays open', async () => {
  expect((await site.visitor().get('/healthz')).json()).toEqual({ status: 'alive' });
  const ready = await site.visitor().get('/readyz');
  expect(ready.status).toBe(200);
  expect(ready.json()).toMatchObject({
    status: 'degraded',
    missing: ['temporal'],
    backlog: { count: expect.any(Number) as unknown },
  });
  expect((await site.visitor().get('/metrics')).status).toBe(404);
});
