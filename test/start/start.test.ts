import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import { createTokiPlace, isThere, RunningToki, type TokiPlace } from '../support/running-toki';

jest.setTimeout(240_000);

const started: RunningToki[] = [];
const places: TokiPlace[] = [];
let place: TokiPlace;

function run(at: TokiPlace, ...args: string[]): RunningToki {
  const toki = new RunningToki(at, ...args);
  started.push(toki);
  return toki;
}

async function readyz(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return ((await response.json()) as { status: string }).status;
  } catch {
    return undefined;
  }
}

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within 60 s`);
    await sleep(100);
  }
}

async function count(url: string, table: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  place = await createTokiPlace();
  places.push(place);
  // Otherwise the first start would say that it builds.
  expect(await run(place, 'build').exited).toBe(0);
});

afterEach(async () => {
  for (const toki of started.splice(0)) await toki.stop();
});

afterAll(() => {
  for (const used of places) used.remove();
});

test('from nothing to ready; a process that dies runs again; Ctrl-C leaves nothing behind', async () => {
  const toki = run(place);
  await toki.ready();
  const { citizenUrl, staffUrl, databaseUrl } = toki.runtime;
  expect(toki.text).toContain(citizenUrl);
  expect(toki.text).toMatch(/Demo coupon +\d{10}, born \d{4}-\d\d-\d\d/);
  expect(await readyz(citizenUrl)).toBe('ready');
  expect(await readyz(staffUrl)).toBe('ready');
  expect(await count(databaseUrl, 'resident')).toBe(5_000);

  const second = run(place);
  expect(await second.exited).toBe(1);
  expect(second.lines).toEqual([
    expect.stringMatching(/^Toki is already running on the data folder .*: stop it first/),
  ]);

  const doctor = run(place, 'toki', 'doctor');
  expect(await doctor.exited).toBe(0);
  expect(doctor.lines.every((line) => line.startsWith('OK'))).toBe(true);

  const watch = run(place, 'toki', 'watch', '--seconds', '3');
  expect(await watch.exited).toBe(0);
  expect(watch.lines[0]).toMatch(/^ *time +held\/s +confirmed\/s/);
  expect(watch.lines[1]).toMatch(/^\d\d:\d\d:\d\d +0 +0 +0 /);
  expect(watch.lines.at(-1)).toBe('In all: 0 held, 0 confirmed, 0 ended, 0 notices sent.');

  const before = toki.pids;
  for (const [name, label] of [
    ['worker', 'worker'],
    ['citizen', 'citizen'],
    ['staff', 'staff'],
    ['temporal', 'Temporal'],
    ['postgres', 'PostgreSQL'],
  ] as const) {
    process.kill(before[name], 'SIGKILL');
    await toki.line(new RegExp(`${label} ended unexpectedly \\(SIGKILL\\); it is started again in`));
    await toki.line(new RegExp(`${label} runs again`));
  }
  await until(
    async () => (await readyz(citizenUrl)) === 'ready' && (await readyz(staffUrl)) === 'ready',
    'readiness after five deaths',
  );

  const after = Object.values(toki.pids);
  expect(after.every(isThere)).toBe(true);
  toki.signal('SIGINT');
  expect(await toki.exited).toBe(0);
  expect(after.filter(isThere)).toEqual([]);
});

test('a second start goes on with the data, also after the first was killed', async () => {
  const first = run(place);
  await first.ready();
  const { databaseUrl, pid } = first.runtime;
  const bookings = await count(databaseUrl, 'booking');
  const left = first.pids;
  process.kill(pid, 'SIGKILL');
  await first.exited;

  const second = run(place);
  await second.ready();
  expect(Object.values(left).filter(isThere)).toEqual([]);
  expect(second.runtime.databaseUrl).toBe(databaseUrl);
  expect(await count(databaseUrl, 'resident')).toBe(5_000);
  expect(await count(databaseUrl, 'booking')).toBe(bookings);
  expect(await second.stop()).toBe(0);
});

test('stopped in the middle of the start, nothing is left either', async () => {
  const toki = run(place);
  await toki.line(/Starting the worker/);
  toki.signal('SIGTERM');
  expect(await toki.exited).toBe(0);
  expect(toki.lines.at(-1)).toMatch(/Stopped$/);
  const reset = run(place, 'reset');
  expect(await reset.exited).toBe(0);
  expect(reset.text).toMatch(/^Removed /);
});

test('a port in use, a wrong variable, a missing tool: one sentence each', async () => {
  const other = await createTokiPlace();
  places.push(other);
  const server = createServer().listen(Number(other.env['CITIZEN_PORT']));
  try {
    const taken = run(other);
    expect(await taken.exited).toBe(1);
    expect(taken.lines).toEqual([
      `Port ${String(other.env['CITIZEN_PORT'])} is in use by another program: stop that program, or choose another port with CITIZEN_PORT.`,
    ]);

    const wrong = run({ ...other, env: { ...other.env, STAFF_PORT: 'eighty' } });
    expect(await wrong.exited).toBe(1);
    expect(wrong.lines).toEqual(['STAFF_PORT must be a port number from 1 to 65535, but it is "eighty".']);
  } finally {
    server.close();
  }
  const missing = run({ ...other, env: { ...other.env, TEMPORAL_CLI: '/nowhere/temporal' } });
  expect(await missing.exited).toBe(1);
  expect(missing.lines.filter((line) => !/^\d\d:\d\d:\d\d toki /.test(line))).toEqual([
    'TEMPORAL_CLI is /nowhere/temporal, but that is not a Temporal command.',
  ]);
});
