import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { guard } from '../../test/support/guardian';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres';

let parent: string;
const started: EmbeddedPostgres[] = [];

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    folder: join(parent, 'postgres'),
    logFile: join(parent, 'postgres.log'),
    settings: { fsync: 'off' },
  });
  started.push(postgres);
  guard('', [{ pid: postgres.server.pid, signal: 'SIGINT' }]);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'toki-postgres-'));
});

afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();
  rmSync(parent, { recursive: true, force: true });
});

test('it runs in a folder nobody else may enter, as root too, and keeps its data, port and password', async () => {
  // What mktemp -d and root's home are like; root starts PostgreSQL as another user.
  chmodSync(parent, 0o700);
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await expect(query(second.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
});

test('a server left over by a killed supervisor is stopped, and the new one takes its place', async () => {
  const orphan = await start();
  await query(orphan.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const next = await start();
  expect(await orphan.server.exited).toBe('code 0');
  expect(next.url).toBe(orphan.url);
  expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  expect(Number(readFileSync(join(parent, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])).toBe(next.server.pid);
});

test('a start that fails says why', async () => {
  const postgres = startEmbeddedPostgres({
    folder: join(parent, 'postgres'),
    logFile: join(parent, 'postgres.log'),
    settings: { fsync: 'off', shared_buffers: 'plenty' },
  });
  await expect(postgres).rejects.toThrow(
    /did not start; its log .* ends with:\n.*invalid value for parameter "shared_buffers"/s,
  );
});
