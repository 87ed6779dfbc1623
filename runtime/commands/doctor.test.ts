import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { knex } from 'knex';

import { createListedBookings } from '../../database/lists/listed-bookings';
import { testServices, withDatabase } from '../../test/support/services';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database';
import { createTestNamespace } from '../../test/support/test-namespace';
import { FakeLineServer } from '../../test/worlds/fake-line-server';
import { createTestCity, testKeysText } from '../../test/worlds/test-city';
import { readConfig } from '../config';
import { examineInstallation, type Finding } from './doctor';

let database: TestDatabase;
let folder: string;
const key = () => `k1=${randomBytes(32).toString('base64')}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'toki-doctor-'));
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function findings(env: Record<string, string>): Promise<Map<string, Finding>> {
  const config = readConfig({
    TOKI_DATA_DIR: join(folder, 'none'),
    CITIZEN_PORT: '15090',
    STAFF_PORT: '15091',
    ...env,
  });
  return new Map((await examineInstallation(config)).map((finding) => [finding.about, finding]));
}

test('servers that are there are found well; what is missing is named with what to do', async () => {
  const { address, namespace } = await createTestNamespace();
  const found = await findings({
    DATABASE_URL: database.databaseUrl,
    TOKI_KEYS: key(),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  });
  for (const about of [
    'Settings',
    'Keys',
    'PostgreSQL',
    'Tables',
    'Hand-over',
    'Lists',
    'Keys in use',
    'Temporal',
    'Search attributes',
    'Mail',
  ]) {
    expect(found.get(about)).toMatchObject({ ok: true });
  }
  expect(found.get('Workers')).toMatchObject({
    ok: false,
    detail: 'nobody works on booking, notice, import',
    todo: expect.stringContaining('npm start'),
  });
  expect(found.get('Citizen app')).toMatchObject({ ok: false, detail: expect.stringContaining('ECONNREFUSED') });
});

test('a row of the lists that is not as its booking is found, and copying all again puts it right', async () => {
  const city = await createTestCity();
  try {
    const lists = async () =>
      (await findings({ DATABASE_URL: city.databaseUrl, TOKI_KEYS: testKeysText })).get('Lists');
    const held = await city.bookings.hold({
      residentId: await city.addResident(),
      slotId: await city.addSlot(),
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    expect(held).toMatchObject({ ok: true });
    expect(await lists()).toMatchObject({ ok: true, detail: expect.stringMatching(/^1 changes wait, .*; 0 bookings/) });
    const copy = createListedBookings(city.database);
    await copy.bringUpToDate(10);
    expect(await lists()).toMatchObject({ ok: true, detail: 'up to date; 1 bookings compared' });
    await city.database('listed_booking').update({ state: 'confirmed' });
    expect(await lists()).toMatchObject({
      ok: false,
      detail: '1 of 1 bookings differ; confirmed 0 and 1 in the lists; held 1 and 0 in the lists',
      todo: expect.stringContaining('npm run toki -- lists rebuild'),
    });
    expect(await copy.rebuild()).toBe(1);
    expect(await lists()).toMatchObject({ ok: true });
  } finally {
    await city.close();
  }
});

test('nothing running and nothing given: both servers are missing, and no key is made by looking', async () => {
  const found = await findings({});
  expect(found.get('PostgreSQL')).toMatchObject({ ok: false, detail: 'the embedded one is not running' });
  expect(found.get('Temporal')).toMatchObject({ ok: false });
  expect(found.get('Keys')).toMatchObject({ ok: true, detail: 'made at the first start' });
});

test('an unreachable server is one line each', async () => {
  const found = await findings({
    DATABASE_URL: 'postgres://nobody:x@127.0.0.1:9/none',
    TOKI_KEYS: key(),
    TEMPORAL_ADDRESS: testServices().temporalAddress,
    TEMPORAL_NAMESPACE: 'not-there',
  });
  expect(found.get('PostgreSQL')).toMatchObject({ ok: false, detail: expect.stringContaining('127.0.0.1:9') });
  expect(found.get('Temporal')).toMatchObject({ ok: false, detail: expect.stringContaining('not-there') });
  expect(found.has('Tables')).toBe(false);
});

test('LINE is asked whose token it is', async () => {
  const line = new FakeLineServer();
  const env = {
    LINE_API_URL: await line.start(),
    LINE_CHANNEL_SECRET: line.channelSecret,
    LINE_CHANNEL_ACCESS_TOKEN: line.channelAccessToken,
    LINE_ACCOUNT_ID: '@toki',
  };
  try {
    expect((await findings(env)).get('LINE')).toMatchObject({ ok: true });
    expect((await findings({ ...env, LINE_ACCOUNT_ID: '@other' })).get('LINE')).toMatchObject({
      ok: false,
      detail: 'the token belongs to @toki',
    });
    const wrong = (await findings({ ...env, LINE_CHANNEL_ACCESS_TOKEN: 'wrong-token' })).get('LINE');
    expect(wrong).toMatchObject({ ok: false, detail: 'LINE answered 401' });
    expect(JSON.stringify(wrong)).not.toContain('wrong-token');
  } finally {
    await line.stop();
  }
  expect((await findings(env)).get('LINE')).toMatchObject({ ok: false });
  expect((await findings({})).get('LINE')).toMatchObject({ ok: true });
});

test('missing migrations are named', async () => {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  const administration = knex({ client: 'pg', connection: testServices().postgresUrl });
  await administration.raw(`CREATE DATABASE ${name}`);
  try {
    const found = await findings({ DATABASE_URL: withDatabase(testServices().postgresUrl, name), TOKI_KEYS: key() });
    expect(found.get('Tables')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('0001_spine'),
      todo: 'Run "npm run toki -- migrate".',
    });
  } finally {
    await administration.raw(`DROP DATABASE ${name} WITH (FORCE)`);
    await administration.destroy();
  }
});

describe('mail', () => {
  let server: Server | undefined;
  const listen = (greeting: string) =>
    new Promise<string>((resolve) => {
      server = createServer((socket) => {
        socket.on('error', () => undefined).end(greeting);
      }).listen(0, '127.0.0.1', () => {
        resolve(`smtp://127.0.0.1:${String((server?.address() as AddressInfo).port)}`);
      });
    });
  afterEach(() => server?.close());

  test('a mail server that greets is well', async () => {
    const found = await findings({ SMTP_URL: await listen('220 mail.example ready\r\n') });
    expect(found.get('Mail')).toMatchObject({ ok: true, detail: expect.stringContaining('mail.example ready') });
  });

  test('one that refuses is not', async () => {
    const found = await findings({ SMTP_URL: await listen('554 go away\r\n') });
    expect(found.get('Mail')).toMatchObject({ ok: false, detail: expect.stringContaining('554 go away') });
  });
});
