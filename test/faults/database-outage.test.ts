import { connect, createServer, type Server, type Socket } from 'node:net';

import pino from 'pino';

import { createCitizenApp } from '../../api/citizen/app';
import { createBookingRepository } from '../../database/bookings/bookings';
import { createOutbox } from '../../database/bookings/outbox';
import { type Database, openDatabase } from '../../database/foundation/connection';
import { createProgrammes } from '../../database/programmes/programmes';
import { createLoginThrottle } from '../../database/residents/log-in-throttle';
import { createSessionRepository } from '../../database/residents/resident-sessions';
import { createResidentRepository } from '../../database/residents/residents';
import { createSlotRepository } from '../../database/schedule/slots';
import { createSiteSettings } from '../../database/site/site-settings';
import { listenerOf, serve, type Serving } from '../../runtime/processes/serve';
import { projectRoot } from '../../runtime/root';
import { freshCoupon } from '../worlds/city-site';
import { createTestCity, type TestCity, testKeys as keys } from '../worlds/test-city';
import { Visitor } from '../worlds/visitor';

/** A line to PostgreSQL that can be cut. */
class Line {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  async open(target: URL): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          near.destroy();
          far.destroy();
          this.sockets.delete(socket);
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    const address = this.server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>(
      (resolve) =>
        this.server?.close(() => {
          resolve();
        }) ?? resolve(),
    );
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

let city: TestCity;
let line: Line;
let database: Database;
let serving: Serving;
let url: string;

beforeAll(async () => {
  city = await createTestCity();
  line = new Line();
  const target = new URL(city.databaseUrl);
  await line.open(target);
  target.host = `127.0.0.1:${String(line.port)}`;
  database = openDatabase({ url: target.href, applicationName: 'test', poolSize: 5 });
  const programmes = createProgrammes(database);
  const app = createCitizenApp({
    bookings: createBookingRepository({ database, keys, programmes }),
    programmes,
    residents: createResidentRepository({ database, keys }),
    slots: createSlotRepository(database),
    sessions: createSessionRepository({ database, keys }),
    site: createSiteSettings(database),
    throttle: createLoginThrottle({ database, keys }),
    keys,
    handOver: { offer: () => undefined },
    unmetSearches: { note: () => undefined },
    health: {
      database: () => database.raw('SELECT 1'),
      temporal: () => Promise.resolve(),
      backlog: () => createOutbox(database).backlog(),
    },
    log: pino({ level: 'silent' }),
    publicUrl: 'http://localhost:3000',
    trustedProxies: [],
    projectRoot,
  });
  serving = await serve(listenerOf(app), 0);
  const address = serving.server.address();
  url = `http://localhost:${String(typeof address === 'object' ? address?.port : '')}`;
});

afterAll(async () => {
  await serving.stop(500);
  await database.destroy();
  await line.cut();
  await city.close();
});

test('before a programme was ever read, the page still stands', async () => {
  await line.cut();
  const answer = await new Visitor(url).get('/');
  expect(answer.status).toBe(503);
  expect(answer.text).toContain('お手元の通知に書かれているコールセンターへお電話ください。');
  await line.open(new URL(city.databaseUrl));
});

test('without the database: a calm page with the telephone number, try_again for programs, and everything again when it is back', async () => {
  const couponNumber = freshCoupon();
  await city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
  const visitor = new Visitor(url);
  expect((await visitor.post('/api/v1/session', { couponNumber, birthDate: '1947-04-01' })).status).toBe(200);
  expect((await visitor.get('/')).status).toBe(200);
  await line.cut();

  const page = await visitor.get('/bookings');
  expect(page.status).toBe(503);
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
  expect(page.text).toContain('href="tel:0250000000"');
  expect(page.text).toContain('ここまでの予約は失われていません');
  const json = await visitor.get('/api/v1/bookings');
  expect(json.status).toBe(503);
  expect(json.json()).toMatchObject({ code: 'try_again', status: 503 });
  const ready = await visitor.get('/readyz');
  expect(ready.status).toBe(503);
  expect(ready.json()).toMatchObject({ status: 'not_ready', missing: ['database'] });
  expect((await visitor.get('/healthz')).status).toBe(200);

  await line.open(new URL(city.databaseUrl));
  expect((await visitor.get('/bookings')).status).toBe(200);
  expect((await visitor.get('/api/v1/bookings')).status).toBe(200);
});
