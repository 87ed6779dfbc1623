import { Writable } from 'node:stream';

import pino from 'pino';
import { v7 as uuidv7 } from 'uuid';

import { createStaffApp } from '../../api/staff/app';
import { createOutbox } from '../../database/bookings/outbox';
import { createNoticeRepository } from '../../database/notices/notices';
import { createOperatingFigures } from '../../database/upkeep/operating-figures';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { listenerOf, serve, type Serving } from '../../runtime/processes/serve';
import { projectRoot } from '../../runtime/root';
import { createTestCity, type TestCity, testKeys } from '../worlds/test-city';
import { Visitor } from '../worlds/visitor';

let city: TestCity;
let demo: { serving: Serving; visitor: Visitor };
let real: { serving: Serving; visitor: Visitor };
const uiOrigin = 'http://localhost:8233';

async function start(isDemo: boolean): Promise<{ serving: Serving; visitor: Visitor }> {
  const outbox = createOutbox(city.database);
  const figures = createOperatingFigures(city.database);
  const app = createStaffApp({
    health: {
      database: () => city.database.raw('SELECT 1'),
      temporal: () => Promise.resolve(),
      backlog: () => outbox.backlog(),
    },
    metrics: { figures: () => figures.read(), backlog: () => outbox.backlog() },
    notices: createNoticeRepository(city.database),
    codec: new EncryptionCodec(testKeys),
    temporalUiOrigin: () => uiOrigin,
    demo: isDemo,
    https: false,
    log: pino(
      {},
      new Writable({
        write(_chunk, _encoding, done) {
          done();
        },
      }),
    ),
    projectRoot,
  });
  const serving = await serve(listenerOf(app), 0);
  const address = serving.server.address();
  return {
    serving,
    visitor: new Visitor(`http://localhost:${String(typeof address === 'object' ? address?.port : '')}`),
  };
}

beforeAll(async () => {
  city = await createTestCity();
  demo = await start(true);
  real = await start(false);
});

afterAll(async () => {
  await demo.serving.stop(500);
  await real.serving.stop(500);
  await city.close();
});

async function sendNotice(): Promise<void> {
  const residentId = await city.addResident();
  const held = await city.bookings.hold({
    residentId,
    slotId: await city.addSlot(),
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  const notices = createNoticeRepository(city.database);
  const notice = await notices.find({ bookingId: held.booking.id, step: 'confirmation', occurrence: uuidv7() });
  await notices.deliverToInbox(notice.id, {
    channel: 'email',
    recipient: 'hana@example.jp',
    subject: '予約を受け付けました',
    text: '日時：5月29日\n<b>会場</b>',
    html: '<p>x</p>',
  });
}

test('the inbox shows what would have been sent', async () => {
  expect((await demo.visitor.get('/inbox')).text).toContain('まだ何も送られていません');
  await sendNotice();
  const { messages } = (await demo.visitor.get('/inbox.json')).json<{ messages: unknown[] }>();
  expect(messages).toEqual([
    {
      channel: 'email',
      to: 'hana@example.jp',
      subject: '予約を受け付けました',
      text: '日時：5月29日\n<b>会場</b>',
      sentAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    },
  ]);
  const page = await demo.visitor.get('/inbox');
  expect(page.status).toBe(200);
  expect(page.text).toContain('&lt;b&gt;会場&lt;/b&gt;');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
});

test('inbox and codec are there in demo mode only, and only for this machine itself', async () => {
  for (const path of ['/inbox', '/inbox.json', '/codec/decode']) {
    const method = path.startsWith('/codec') ? 'POST' : 'GET';
    expect([path, (await real.visitor.send(method, path, undefined)).status]).toEqual([path, 404]);
    for (const headers of [
      { 'x-forwarded-for': '192.0.2.1' },
      { forwarded: 'for=192.0.2.1' },
      { host: 'rebound.example:3001' },
    ]) {
      expect([path, (await demo.visitor.send(method, path, undefined, { headers: headers })).status]).toEqual([
        path,
        404,
      ]);
    }
  }
});

test('metrics for Prometheus', async () => {
  await sendNotice();
  await demo.visitor.get('/healthz');
  const answer = await demo.visitor.get('/metrics');
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  for (const line of [
    'toki_database_up 1',
    'toki_bookings{state="held"}',
    'toki_notices{status="sent"}',
    'toki_hand_over_backlog ',
    'toki_http_request_seconds_count{method="GET",route="/healthz",status="200"}',
  ]) {
    expect(answer.text).toContain(line);
  }
});

describe('the codec', () => {
  const plain = {
    metadata: { encoding: Buffer.from('json/plain').toString('base64') },
    data: Buffer.from('{"dose":1}').toString('base64'),
  };

  test('reads for the Temporal UI what the worker wrote', async () => {
    const encoded = await demo.visitor.post('/codec/encode', { payloads: [plain] });
    const { payloads } = encoded.json<{ payloads: { metadata: Record<string, string>; data: string }[] }>();
    expect(Buffer.from(payloads[0]?.metadata['encoding'] ?? '', 'base64').toString()).toBe('binary/encrypted');
    expect(encoded.text).not.toContain(plain.data);
    const decoded = await demo.visitor.post(
      '/codec/decode',
      { payloads },
      { headers: { origin: uiOrigin, 'x-namespace': 'default' } },
    );
    expect(decoded.json()).toEqual({ payloads: [plain] });
    expect(decoded.headers['access-control-allow-origin']).toBe(uiOrigin);
  });

  test('answers the browser’s question for the Temporal UI alone', async () => {
    const ask = (origin: string) =>
      demo.visitor.send('OPTIONS', '/codec/decode', undefined, {
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await ask(uiOrigin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': uiOrigin,
      'access-control-allow-headers': 'content-type, x-namespace, authorization',
    });
    for (const origin of ['https://evil.example', 'http://localhost:9999', 'null']) {
      const refused = await ask(origin);
      expect(refused.status).toBe(403);
      expect(refused.headers['access-control-allow-origin']).toBeUndefined();
      expect((await demo.visitor.post('/codec/decode', { payloads: [plain] }, { headers: { origin } })).status).toBe(
        403,
      );
    }
  });

  test('what it cannot read is refused, never a 5xx', async () => {
    const sealed = {
      metadata: {
        encoding: Buffer.from('binary/encrypted').toString('base64'),
        'encryption-key-id': Buffer.from('gone').toString('base64'),
      },
      data: 'AAAA',
    };
    for (const body of [{ payloads: [sealed] }, { payloads: 'x' }, {}, { payloads: [{ data: 1 }] }]) {
      const answer = await demo.visitor.post('/codec/decode', body);
      expect([body, answer.status]).toEqual([body, 400]);
    }
  });
});

test('what is not there is a problem document', async () => {
  const answer = await demo.visitor.get('/nowhere');
  expect(answer.status).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'not_found' });
});
