import { Client } from 'pg';

import { createAudit } from '../../database/audit/audit';
import { openDatabase } from '../../database/foundation/connection';
import { timeLimits } from '../../database/foundation/time-limits';
import { createSessionRepository } from '../../database/residents/resident-sessions';
import { createStaffRepository } from '../../database/staff/staff-repository';
import { createStaffSessionRepository } from '../../database/staff/staff-sessions';
import { findFreePort } from '../../runtime/servers/free-port';
import { testServices } from '../support/services';
import { tester } from '../worlds/staff-site';
import { createTestCity, type TestCity, testKeys, testKeysText } from '../worlds/test-city';
import { Visitor } from '../worlds/visitor';
import { startTokiProcess, type TokiProcess } from './toki-process';

/** Both apps as they run in production, and a client that begins a transaction, takes a row and goes home. */
let city: TestCity;
let staffApp: TokiProcess;
let citizenApp: TokiProcess;
let operator: Visitor;
let citizenUrl: string;
let stalled: Client;

/** Waiting for a lock ends after 3 s and for a connection after 5 s; the rest is for a busy machine. */
const boundMs = 15_000;
/** More than the staff app has connections. */
const lists = 24;

beforeAll(async () => {
  city = await createTestCity();
  const [staffPort, citizenPort] = [await findFreePort(), await findFreePort()];
  const staffUrl = `http://localhost:${String(staffPort)}`;
  citizenUrl = `http://localhost:${String(citizenPort)}`;
  const env = {
    DATABASE_URL: city.databaseUrl,
    TEMPORAL_ADDRESS: testServices().temporalAddress,
    TOKI_KEYS: testKeysText,
    TOKI_DEMO: '0',
    STAFF_PORT: String(staffPort),
    CITIZEN_PORT: String(citizenPort),
    PUBLIC_URL: citizenUrl,
  };
  staffApp = startTokiProcess('staff', env);
  citizenApp = startTokiProcess('citizen', env);
  const { database, keys } = city;
  const added = await createStaffRepository({ database, keys, audit: createAudit({ database, keys }) }).add(tester, {
    login: 'supervisor',
    displayName: '責任者',
    role: 'supervisor',
  });
  if (!added.ok) throw new Error(added.staffCode);
  await database('staff').update({ password_expires_at: null });
  operator = new Visitor(staffUrl);
  operator.cookies.set('toki-staff', await createStaffSessionRepository(database).open(added.staff.id));
  for (const url of [staffUrl, citizenUrl]) await untilUp(url);
});
afterAll(async () => {
  await staffApp.kill('SIGTERM');
  await citizenApp.kill('SIGTERM');
  await city.close();
});
beforeEach(async () => {
  stalled = new Client({ connectionString: city.databaseUrl });
  await stalled.connect();
  await stalled.query('BEGIN');
});
afterEach(() => stalled.end());

async function untilUp(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const isUp = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not come up`);
}

async function citizen(): Promise<{ visitor: Visitor; residentId: string }> {
  const residentId = await city.addResident();
  const visitor = new Visitor(citizenUrl);
  visitor.cookies.set(
    'toki',
    await createSessionRepository({ database: city.database, keys: testKeys }).open(residentId),
  );
  return { visitor, residentId };
}

/** The answer, and whether it came within the bound. */
async function timed(request: Promise<{ status: number; headers: Record<string, unknown>; json(): object }>) {
  const startedAt = Date.now();
  const answer = await request;
  return { answer, inTime: Date.now() - startedAt < boundMs };
}

test('another transaction holds the end of the audit’s chain: lists ask to try again, everything else goes on', async () => {
  await stalled.query('SELECT * FROM audit_head FOR UPDATE');
  const waiting = Array.from({ length: lists }, () => timed(operator.get('/api/v1/bookings')));
  // While they wait.
  for (const path of ['/api/v1/me', '/readyz', '/api/v1/programmes', '/api/v1/me', '/readyz']) {
    const startedAt = Date.now();
    expect([path, (await operator.get(path)).status]).toEqual([path, 200]);
    if (path !== '/api/v1/programmes') expect(Date.now() - startedAt).toBeLessThan(2_000);
  }
  for (const { answer, inTime } of await Promise.all(waiting)) {
    expect([answer.status, answer.json(), inTime]).toEqual([503, expect.objectContaining({ code: 'try_again' }), true]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  await stalled.query('ROLLBACK');
  expect((await operator.get('/api/v1/bookings')).status).toBe(200);
});

test('another transaction holds a resident and the seats of a slot: a request that needs them is asked to try again, others book', async () => {
  const [taken, free] = [await city.addSlot({ time: '10:30' }), await city.addSlot({ time: '11:00' })];
  const [held, first, second] = [await citizen(), await citizen(), await citizen()];
  await stalled.query('SELECT 1 FROM resident WHERE id = $1 FOR UPDATE', [held.residentId]);
  await stalled.query('SELECT 1 FROM slot_quota WHERE slot_id = $1 FOR UPDATE', [taken]);
  const book = (who: { visitor: Visitor }, slotId: string) => who.visitor.post('/api/v1/bookings', { slotId, dose: 1 });
  const refused = [timed(book(held, free)), timed(book(first, taken))];
  expect((await first.visitor.get('/api/v1/me')).status).toBe(200);
  expect((await second.visitor.get('/bookings')).status).toBe(200);
  expect((await book(second, free)).status).toBe(201);
  for (const { answer, inTime } of await Promise.all(refused))
    expect([answer.status, answer.json(), inTime]).toEqual([503, expect.objectContaining({ code: 'try_again' }), true]);
  await stalled.query('ROLLBACK');
  expect((await book(held, free)).status).toBe(201);
  expect((await book(first, taken)).status).toBe(201);
});

test('an idle transaction of our own is ended by the server, and the request answered', async () => {
  const own = openDatabase({
    url: city.databaseUrl,
    applicationName: 'test',
    poolSize: 1,
    limits: { ...timeLimits.staff, idleInTransactionMs: 500 },
  });
  try {
    const pid = await new Promise<number>((resolve, reject) => {
      own
        .transaction(async (trx) => {
          const { rows } = await trx.raw<{ rows: { pid: number }[] }>(
            'SELECT pg_backend_pid() AS pid FROM audit_head FOR UPDATE',
          );
          resolve(rows[0]?.pid ?? 0);
          // Waits for something that never comes.
          await new Promise(() => undefined);
        })
        .catch(reject);
    });
    for (let attempt = 0; ; attempt++) {
      if (!(await city.database('pg_stat_activity').where({ pid }).first<object | undefined>('pid'))) break;
      if (attempt > 300) throw new Error('the transaction is still there');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await operator.get('/api/v1/bookings')).status).toBe(200);
  } finally {
    void own.destroy();
  }
});
