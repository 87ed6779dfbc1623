import { request } from 'node:http';

import fc from 'fast-check';

import { createLineApi } from '../../activities/notices/line-api';
import { createLineEvents, type LineEvents } from '../../database/notices/line-events';
import { createLineLinks, type LineLinks } from '../../database/notices/line-links';
import { linkPostback } from '../../domain/notices/line-linking';
import { createLineEventWork } from '../../engine/loops/line-events';
import { type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { FakeLineServer, freshLineUser } from '../worlds/fake-line-server';
import { type Visitor } from '../worlds/visitor';

const line = new FakeLineServer();
let site: CitySite;
let links: LineLinks;
let events: LineEvents;
let work: () => Promise<void>;
beforeAll(async () => {
  const apiUrl = await line.start();
  site = await createCitySite({
    line: ({ database, keys }) => ({
      links: createLineLinks({ database, keys }),
      events: createLineEvents({ database, keys }),
      connection: { kind: 'account', accountId: '@toki', accessUrl: 'https://access.line.me' },
      channelSecret: line.channelSecret,
    }),
  });
  const { database, keys } = site.city;
  links = createLineLinks({ database, keys });
  events = createLineEvents({ database, keys });
  const dealWith = createLineEventWork({
    links,
    api: createLineApi({ apiUrl, channelAccessToken: line.channelAccessToken }),
    publicUrl: 'https://yoyaku.example.jp',
  });
  work = async () => {
    while (await events.workOff(dealWith));
  };
});
afterAll(async () => {
  await site.close();
  await line.stop();
});

let ids = 0;
const eventId = () => `01FZ74A0TDDPYRVKNK77X${String(++ids).padStart(5, '0')}`;

function event(userId: string, more: object, id = eventId()) {
  return {
    webhookEventId: id,
    mode: 'active',
    timestamp: 1_462_629_479_859,
    deliveryContext: { isRedelivery: false },
    source: { type: 'user', userId },
    ...more,
  };
}
const message = (text: string) => ({
  type: 'message',
  replyToken: `reply${String(++ids)}`,
  message: { id: '444573844083572737', type: 'text', text, quoteToken: 'q' },
});
const accountLink = (nonce: string, result = 'ok') => ({
  type: 'accountLink',
  replyToken: `reply${String(++ids)}`,
  link: { result, nonce },
});
const body = (...list: object[]) => JSON.stringify({ destination: `U${'0'.repeat(32)}`, events: list });

function tell(text: string | Buffer, signature?: string | null) {
  const sent = signature === undefined ? line.sign(text.toString()) : signature;
  return site.visitor().send('POST', '/line/webhook', text, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(sent === null ? {} : { 'x-line-signature': sent }),
    },
  });
}

const stored = async () =>
  (await site.city.database('line_event').count<{ count: number }[]>('* as count'))[0]?.count ?? 0;

/** Asks in the chat, and gives the path that the account answers with. */
async function askToLink(user: string): Promise<string> {
  expect((await tell(body(event(user, message('予約の連携'))))).status).toBe(200);
  await work();
  const url = /https:\/\/\S+/.exec(line.replies.at(-1)?.texts[0] ?? '')?.[0] ?? '';
  return new URL(url).pathname + new URL(url).search;
}

/** Through the log-in to the nonce that LINE is given. */
async function begin(path: string): Promise<{ nonce: string; residentId: string; visitor: Visitor; location: URL }> {
  const couponNumber = freshCoupon();
  const residentId = await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
  const visitor = site.visitor();
  const opened = await visitor.get(path);
  expect(opened.status).toBe(303);
  const login = opened.headers.location ?? '';
  expect(login).toMatch(/^\/login\?next=/);
  const back = await visitor.fill(login, '/login', {
    next: path,
    couponNumber,
    birthYear: '1947',
    birthMonth: '4',
    birthDay: '1',
  });
  expect(back.headers.location).toBe(path);
  // Browsers follow the form's answer to LINE only where the page said so.
  expect((await visitor.get(path)).headers['content-security-policy']).toContain(
    "form-action 'self' https://access.line.me;",
  );
  const answer = await visitor.fill(path, '/line/link', {});
  expect(answer.status).toBe(303);
  const location = new URL(answer.headers.location ?? '');
  return { nonce: location.searchParams.get('nonce') ?? '', residentId, visitor, location };
}

describe('the webhook', () => {
  test('takes what is signed, once, and answers before anything is done about it', async () => {
    const user = freshLineUser();
    const text = body(event(user, message('連携したい')));
    const [before, replies] = [await stored(), line.replies.length];
    expect((await tell(text)).status).toBe(200);
    expect((await tell(text)).status).toBe(200);
    expect(await stored()).toBe(before + 1);
    expect(line.replies).toHaveLength(replies);
    await Promise.all([work(), work()]);
    expect(line.replies).toHaveLength(replies + 1);
    // Redelivered after it was dealt with: known still.
    expect((await tell(text)).status).toBe(200);
    await work();
    expect(line.replies).toHaveLength(replies + 1);
  });

  test.each([
    ['no signature', null],
    ['an empty one', ''],
    ['one of another body', line.sign('{"events":[]}')],
    ['one that is no base64', '☃'.repeat(11)],
    ['a longer one', `${line.sign('x')}${line.sign('y')}`],
  ])('refuses %s, whatever the body is', async (_name, signature) => {
    const before = await stored();
    const header = signature === null ? null : Buffer.from(signature, 'utf8').toString('latin1');
    for (const text of [body(event(freshLineUser(), message('連携'))), '{', ''])
      expect((await tell(text, header)).status).toBe(401);
    expect(await stored()).toBe(before);
  });

  test('refuses a body that was changed by one byte', async () => {
    const text = body(event(freshLineUser(), message('連携')));
    expect((await tell(text.replace('active', 'actwve'), line.sign(text))).status).toBe(401);
  });

  test('refuses what is larger than anything LINE sends, told or not', async () => {
    const large = Buffer.alloc(300 * 1024, 0x20);
    expect((await tell(large)).status).toBe(413);
    const status = await new Promise<number>((resolve) => {
      const url = new URL(site.url);
      const sending = request(
        {
          host: url.hostname,
          port: url.port,
          path: '/line/webhook',
          method: 'POST',
          headers: { 'transfer-encoding': 'chunked' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      sending.on('error', () => {
        resolve(413);
      });
      sending.write(large);
      sending.end();
    });
    expect(status).toBe(413);
  });

  test('is no page: nothing but POST, no cookie, no form token', async () => {
    expect((await site.visitor().get('/line/webhook')).status).toBe(405);
    const answer = await tell(body());
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toEqual([]);
  });

  test('keeps nothing of what people write, nor of what it does not know', async () => {
    const before = await stored();
    const user = freshLineUser();
    const group = { ...event(user, message('連携')), source: { type: 'group', groupId: 'C1', userId: user } };
    const text = body(
      event(
        user,
        message(
          '熱が38度あります。連携ではなく相談です、長いですがお願いします。どうしたらよいでしょうか。どこに電話をすればよいですか。',
        ),
      ),
      event(user, { type: 'message', replyToken: 'r', message: { type: 'image', id: '1' } }),
      event(user, { type: 'follow', replyToken: 'r' }),
      event(user, { type: 'brandNew', x: [1] }),
      event('U1', message('連携')),
      event(user, accountLink('n', 'failed')),
      group,
      event(user, { type: 'postback', replyToken: 'r', postback: { data: 'other' } }),
      event(user, message('連携'), '../../etc'),
      event(user, message('連携'), ''),
      { ...event(user, message('連携')), replyToken: undefined },
    );
    expect((await tell(text)).status).toBe(200);
    expect(await stored()).toBe(before);
  });

  test('survives signed nonsense', async () => {
    const before = await stored();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((value) => `{"events":[${value}]}`),
          fc
            .json()
            .map(
              (value) =>
                `{"events":[{"type":"message","source":${value},"message":${value},"webhookEventId":${value}}]}`,
            ),
        ),
        async (text) => {
          expect([200, 400]).toContain((await tell(text)).status);
        },
      ),
      { numRuns: 150 },
    );
    expect(await stored()).toBe(before);
  });
});

describe('linking', () => {
  test('from the chat through the log-in to LINE’s own page; then the account is linked, and its id is nowhere in clear', async () => {
    const user = freshLineUser();
    const path = await askToLink(user);
    expect(path).toMatch(/^\/line\/link\?linkToken=[0-9a-f]{32}$/);
    const { nonce, residentId, visitor, location } = await begin(path);
    expect(location.origin + location.pathname).toBe('https://access.line.me/dialog/bot/accountLink');
    expect(line.linkTokens.get(location.searchParams.get('linkToken') ?? '')).toBe(user);
    expect(Buffer.from(nonce, 'base64url')).toHaveLength(32);
    expect(await links.isLinked(residentId)).toBe(false);

    expect((await tell(body(event(user, accountLink(nonce))))).status).toBe(200);
    await work();
    expect(await links.userOf(residentId)).toBe(user);
    expect(line.replies.at(-1)?.texts[0]).toContain('つながりました');
    expect((await visitor.get('/line')).text).toContain('つながりを外す');

    const { rows: tables } = await site.city.database.raw<{ rows: { name: string }[] }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      for (const secret of [user, nonce, location.searchParams.get('linkToken') ?? '']) {
        const { rows } = await site.city.database.raw<{ rows: { found: number }[] }>(
          `SELECT count(*)::int AS found FROM "${name}" t WHERE t::text LIKE ? OR t::text LIKE ?`,
          [`%${secret}%`, `%${Buffer.from(secret).toString('hex')}%`],
        );
        expect([name, rows[0]?.found]).toEqual([name, 0]);
      }
    }
    expect(site.logText()).not.toContain(user);
    expect(site.logText()).not.toContain(nonce);
    expect(site.logText()).not.toContain(location.searchParams.get('linkToken'));
  });

  test('a tap in the menu asks as well', async () => {
    const replies = line.replies.length;
    await tell(body(event(freshLineUser(), { type: 'postback', replyToken: 'r1', postback: { data: linkPostback } })));
    await work();
    expect(line.replies).toHaveLength(replies + 1);
  });

  test('the link of the chat works once', async () => {
    const path = await askToLink(freshLineUser());
    const { visitor } = await begin(path);
    const again = await visitor.get(path);
    expect(again.status).toBe(410);
    expect(again.text).toContain('有効時間');
    const other = await site.citizen();
    expect((await other.get(path)).status).toBe(410);
  });

  test('two people who press at the same time with one link: one nonce', async () => {
    const path = await askToLink(freshLineUser());
    const linkToken = new URLSearchParams(path.split('?')[1]).get('linkToken') ?? '';
    const residentId = await site.city.addResident();
    const nonces = await Promise.all(Array.from({ length: 10 }, () => links.beginLink(linkToken, residentId)));
    expect(nonces.filter((nonce) => nonce !== undefined)).toHaveLength(1);
  });

  test('after ten minutes neither the link nor the nonce is good', async () => {
    const { database } = site.city;
    const late = { created_at: database.raw(`now() - interval '10 minutes 1 second'`) };
    const path = await askToLink(freshLineUser());
    await database('line_link_token').update(late);
    expect((await (await site.citizen()).get(path)).status).toBe(410);

    const user = freshLineUser();
    const { nonce, residentId } = await begin(await askToLink(user));
    await database('line_nonce').update(late);
    await tell(body(event(user, accountLink(nonce))));
    await work();
    expect(await links.isLinked(residentId)).toBe(false);
    await links.removeOutdated();
    expect(await database('line_nonce').select('*')).toEqual([]);
  });

  test('a nonce is used once, and an invented one never', async () => {
    const [user, thief] = [freshLineUser(), freshLineUser()];
    const { nonce, residentId } = await begin(await askToLink(user));
    await tell(body(event(thief, accountLink('x'.repeat(43)))));
    await tell(body(event(user, accountLink(nonce)), event(thief, accountLink(nonce))));
    await work();
    expect(await links.userOf(residentId)).toBe(user);
    expect(await links.unlinkUser(thief)).toBe(0);
  });

  test('an invented link token opens nothing', async () => {
    const citizen = await site.citizen();
    for (const token of ['f'.repeat(32), '', '%27%20OR%201=1', 'a'.repeat(500)])
      expect((await citizen.get(`/line/link?linkToken=${token}`)).status).toBe(410);
    expect((await citizen.fill('/line', '/line/unlink', {}).catch(() => undefined))?.status).toBeUndefined();
  });

  test('linking again replaces; one account may stand for several people; blocking takes all of its links', async () => {
    const [first, helper] = [freshLineUser(), freshLineUser()];
    const [mother, father] = [await site.city.addResident(), await site.city.addResident()];
    await links.link(mother, first);
    await links.link(mother, helper);
    await links.link(father, helper);
    expect(await links.userOf(mother)).toBe(helper);
    await tell(body(event(first, { type: 'unfollow' })));
    await work();
    expect(await links.userOf(mother)).toBe(helper);
    await tell(body(event(helper, { type: 'unfollow' })));
    await work();
    expect([await links.isLinked(mother), await links.isLinked(father)]).toEqual([false, false]);
  });

  test('a citizen takes the link off on the site', async () => {
    const citizen = await site.citizen();
    await links.link(citizen.residentId, freshLineUser());
    const answer = await citizen.follow(await citizen.fill('/line', '/line/unlink', {}));
    expect(answer.text).toContain('外しました');
    expect(await links.isLinked(citizen.residentId)).toBe(false);
    expect(answer.text).toContain('https://line.me/R/ti/p/%40toki');
    expect((await citizen.get('/bookings')).text).toContain('href="/line"');
  });

  test('an event that LINE does not let us deal with comes up again, and is given up in the end', async () => {
    await tell(body(event(freshLineUser(), message('連携'))));
    const { database } = site.city;
    let tries = 0;
    for (let round = 0; round < 20; round++) {
      await database('line_event').whereNull('done_at').update({ due_at: database.fn.now() });
      await events
        .workOff(() => {
          tries += 1;
          return Promise.reject(new Error('LINE is away'));
        })
        .catch(() => undefined);
    }
    expect(tries).toBe(8);
    expect(await database('line_event').whereNotNull('sealed').select('id')).toEqual([]);
  });
});

test('who came by LINE’s link books the seats that the city gave to LINE, and the web’s where it gave none', async () => {
  const before = await begin(await askToLink(freshLineUser()));
  const web = await site.city.addSlot({ daysAhead: 6, capacity: 2, channel: 'web' });
  const lineSeats = await site.city.addSlot({ daysAhead: 7, capacity: 2, channel: 'line' });
  expect((await before.visitor.post('/api/v1/bookings', { slotId: web, dose: 1 })).status).toBe(201);
  const after = await begin(await askToLink(freshLineUser()));
  expect((await after.visitor.post('/api/v1/bookings', { slotId: web, dose: 1 })).json()['code']).toBe('slot_full');
  expect((await after.visitor.post('/api/v1/bookings', { slotId: lineSeats, dose: 1 })).status).toBe(201);
  expect(await site.city.seats(lineSeats, 'line')).toEqual({ taken: 1, capacity: 2 });
  const row = await site.city
    .database('booking')
    .where({ resident_id: after.residentId })
    .first<{ channel: string }>('channel');
  expect(row.channel).toBe('line');
  // Anybody else's log-in is the web's, whatever the city gave to LINE.
  const citizen = await site.citizen();
  expect((await citizen.post('/api/v1/bookings', { slotId: lineSeats, dose: 1 })).json()['code']).toBe('slot_full');
});

test('without LINE nothing is said of it; in the demo a page plays its part', async () => {
  const plain = await createCitySite();
  const demo = await createCitySite({
    line: ({ database, keys }) => ({
      links: createLineLinks({ database, keys }),
      events: createLineEvents({ database, keys }),
      connection: { kind: 'demo' },
    }),
  });
  try {
    const nobody = await plain.citizen();
    expect((await nobody.get('/line')).status).toBe(404);
    for (const path of ['/bookings', '/privacy']) expect((await nobody.get(path)).text).not.toContain('LINE');
    expect((await nobody.post('/line/webhook', {})).status).not.toBe(200);
    const citizen = await demo.citizen();
    expect((await citizen.get('/line')).text).toContain('デモ');
    expect((await citizen.get('/privacy')).text).toContain('LINEのアカウントの番号');
    const answer = await citizen.follow(await citizen.fill('/line', '/line/demo', {}));
    expect(answer.text).toContain('LINEとつながりました');
    expect(
      await createLineLinks({ database: demo.city.database, keys: demo.city.keys }).isLinked(citizen.residentId),
    ).toBe(true);
    expect((await site.visitor().submit('/line/demo', {})).status).toBeGreaterThanOrEqual(400);
  } finally {
    await plain.close();
    await demo.close();
  }
});
