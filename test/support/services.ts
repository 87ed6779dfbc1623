import { existsSync, readFileSync } from 'node:fs';

import { isAlive, parseMark, type ProcessMark } from '../../runtime/servers/process-identity';

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

/** The services with their processes, PostgreSQL's first. */
export interface RunningServices extends TestServices {
  readonly processes: readonly ProcessMark[];
}

const testRunVariable = 'TOKI_TEST_RUN';

/** The services of this run, as the global set-up started them. */
export function testServices(): TestServices {
  const text = process.env[testRunVariable];
  if (text === undefined)
    throw new Error('The test services are not there: this file must run in the jest project "services".');
  return JSON.parse(text) as TestServices;
}

export function publishTestServices(services: TestServices): void {
  process.env[testRunVariable] = JSON.stringify(services);
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

/** The same server, another database. */
export function withDatabase(postgresUrl: string, database: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** What is written down in the file, when all of it still runs. */
export function servicesIn(file: string): RunningServices | undefined {
  if (!existsSync(file)) return undefined;
  const found = JSON.parse(readFileSync(file, 'utf8')) as RunningServices;
  const alive =
    found.processes.length === 2 && found.processes.every((mark) => parseMark(mark) !== undefined && isAlive(mark));
  return alive ? found : undefined;
}
