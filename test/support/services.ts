import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { knex } from 'knex';
import { Client } from 'pg';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { migrationSource } from '../../migrations';
import { startEmbeddedPostgres } from '../../runtime/embedded-postgres';
import { startEmbeddedTemporal } from '../../runtime/embedded-temporal';
import { isAlive, markProcess, parseMark, type ProcessMark } from '../../runtime/process-identity';
import { projectRoot } from '../../runtime/root';
import { findTemporalCli } from '../../runtime/temporal-cli';
import { guard } from './guardian';

/** One PostgreSQL and one Temporal for a whole test run. */
export interface TestServices {
  /** Superuser's URL; the path names a database that no test uses. */
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  /** The program, for tests that start and stop a Temporal of their own. */
  readonly temporalCli: string;
  /** Database with all migrations, to be copied. */
  readonly templateDatabase: string;
}

interface RunningServices extends TestServices {
  readonly folder: string;
  readonly processes: readonly ProcessMark[];
}

const ENVIRONMENT = 'TOKI_TEST_RUN';

/** The services of this run, as the global set-up started them. */
export function testServices(): TestServices {
  const text = process.env[ENVIRONMENT];
  if (text === undefined)
    throw new Error('The test services are not there: this file must run in the jest project "services".');
  return JSON.parse(text) as TestServices;
}

export function publishTestServices(services: TestServices): void {
  process.env[ENVIRONMENT] = JSON.stringify(services);
}

async function start(): Promise<RunningServices> {
  const folder = mkdtempSync(join(tmpdir(), 'toki-test-'));
  // As root, PostgreSQL runs as another user who must pass through here.
  chmodSync(folder, 0o755);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const temporalCli = await findTemporalCli({ cli: process.env['TEMPORAL_CLI'], env: process.env, say });
  const [postgres, temporal] = await Promise.allSettled([
    startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      // The data is thrown away: nothing is gained by waiting for the disk.
      settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' },
    }),
    startEmbeddedTemporal({
      cli: temporalCli,
      namespace: 'default',
      searchAttributes,
      stateFile: join(folder, 'temporal.json'),
      logFile: join(folder, 'temporal.log'),
      dynamicConfig: testDynamicConfig,
    }),
  ]);
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    for (const result of [postgres, temporal]) if (result.status === 'fulfilled') await result.value.stop();
    rmSync(folder, { recursive: true, force: true });
    throw [postgres, temporal].find((result) => result.status === 'rejected')?.reason;
  }
  return {
    folder,
    processes: [postgres.value.server.pid, temporal.value.server.pid].flatMap((pid) => markProcess(pid) ?? []),
    postgresUrl: postgres.value.url,
    temporalAddress: temporal.value.address,
    temporalCli,
    templateDatabase: '',
  };
}

/** Limits that protect a server shared by a company only slow a test down. */
export const testDynamicConfig = {
  'frontend.rps': '10000',
  'frontend.namespaceRPS': '10000',
  'frontend.namespaceCount': '10000',
  'history.rps': '20000',
  'matching.rps': '20000',
  // Due timers, skipped ones among them, fire at once rather than with the batch of the second.
  'history.timerProcessorMaxTimeShift': '"10ms"',
  // New namespaces and their search attributes are seen at once rather than after seconds.
  'system.namespaceCacheRefreshInterval': '"100ms"',
  'system.forceSearchAttributesCacheRefreshOnRead': 'true',
};

function migrationsHash(): string {
  const hash = createHash('sha256');
  const folder = join(projectRoot, 'migrations');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** A database with all migrations as they are now, made once per run and copied by every test. */
async function ensureTemplate(postgresUrl: string): Promise<string> {
  const name = `template_${migrationsHash()}`;
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return name;
    const building = `${name}_building`;
    await client.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${building}`);
    const connection = knex({
      client: 'pg',
      connection: withDatabase(postgresUrl, building),
      pool: { min: 0, max: 1 },
    });
    try {
      await connection.migrate.latest({ migrationSource });
    } finally {
      await connection.destroy();
    }
    await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function withDatabase(postgresUrl: string, database: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

function reusable(file: string): RunningServices | undefined {
  if (!existsSync(file)) return undefined;
  const found = JSON.parse(readFileSync(file, 'utf8')) as RunningServices;
  const alive =
    found.processes.length === 2 && found.processes.every((mark) => parseMark(mark) !== undefined && isAlive(mark));
  return alive ? found : undefined;
}

/**
 * Starts the services of a run. With `TOKI_TEST_SERVICES` naming a file, the set written down there is used, and
 * started and left running when it is not there: for people who run single files many times a day.
 */
export async function startTestServices(): Promise<{ readonly services: TestServices; stop(): Promise<void> }> {
  const file = process.env['TOKI_TEST_SERVICES'];
  if (file) {
    const running = reusable(file) ?? (await start());
    writeFileSync(file, JSON.stringify(running));
    const services = { ...running, templateDatabase: await ensureTemplate(running.postgresUrl) };
    return { services, stop: () => Promise.resolve() };
  }
  const running = await start();
  const [postgres, temporal] = running.processes;
  const stop = guard(running.folder, [
    { pid: postgres?.pid, signal: 'SIGINT' },
    { pid: temporal?.pid, signal: 'SIGTERM' },
  ]);
  try {
    return { services: { ...running, templateDatabase: await ensureTemplate(running.postgresUrl) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
