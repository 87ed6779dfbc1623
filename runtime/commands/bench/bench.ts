import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { makeKeys, parseKeys } from '../../../database/foundation/keys';
import { searchAttributes } from '../../../domain/contracts/search-attributes';
import { createTemporalClient } from '../../../engine/temporal/temporal-client';
import { guard } from '../../../test/support/guardian';
import { startEmbeddedPostgres } from '../../servers/embedded-postgres';
import { startEmbeddedTemporal } from '../../servers/embedded-temporal';
import { findTemporalCli } from '../../servers/temporal-cli';
import { StartError } from '../../start-error';
import type { Command, CommandIo } from '../command';
import type { Figure } from './measure';
import { buildRevision, type OlderBuild } from './older-build';

interface BenchServers {
  readonly postgresUrl: string;
  readonly postgresPid: number;
  readonly temporalAddress: string;
}

interface BenchOptions {
  readonly bookings: number;
  readonly residents: number;
  /** An older revision, built: what `httpVsBefore` is measured against. */
  readonly before: OlderBuild | undefined;
  readonly say: (line: string) => void;
}

const figures = [
  'httpVsYardstick',
  'holdAtSeventy',
  'httpVsBefore',
  'burstVsQuiet',
  'handoverVsTemporal',
  'eventsPerBooking',
  'importVsYardstick',
  'namesakesVsYardstick',
  'growth',
  'tables',
  'rehearsal',
] as const;
type FigureName = (typeof figures)[number];

async function measure(name: FigureName, servers: BenchServers, options: BenchOptions): Promise<Figure> {
  const { postgresUrl, temporalAddress } = servers;
  switch (name) {
    case 'httpVsYardstick':
      return (await import('./http-vs-yardstick.js')).httpVsYardstick(postgresUrl);
    case 'holdAtSeventy':
      return (await import('./http-vs-yardstick.js')).holdAtSeventy(postgresUrl);
    case 'httpVsBefore': {
      if (!options.before) throw new StartError('"httpVsBefore" needs --against REVISION.');
      const { httpVsBefore } = await import('./http-vs-yardstick.js');
      return httpVsBefore(postgresUrl, options.before.dist, options.before.revision);
    }
    case 'burstVsQuiet':
      return (await import('./burst.js')).burstVsQuiet(postgresUrl, temporalAddress);
    case 'handoverVsTemporal': {
      const { handoverVsTemporal } = await import('./handover-vs-temporal.js');
      const client = createTemporalClient(
        { address: temporalAddress, namespace: 'default' },
        parseKeys(makeKeys('bench')),
      );
      try {
        return await handoverVsTemporal(postgresUrl, client);
      } finally {
        await client.connection.close();
      }
    }
    case 'eventsPerBooking': {
      const { eventsPerBooking } = await import('./events-per-booking.js');
      return eventsPerBooking(postgresUrl, temporalAddress);
    }
    case 'importVsYardstick': {
      const { importVsYardstick } = await import('./import-vs-yardstick.js');
      return importVsYardstick(servers, options.residents, options.say);
    }
    case 'namesakesVsYardstick': {
      const { namesakesVsYardstick } = await import('./import-vs-yardstick.js');
      return namesakesVsYardstick(servers, options.residents, options.say);
    }
    case 'growth': {
      const { growth } = await import('./growth.js');
      return growth(postgresUrl, options.bookings, options.say);
    }
    case 'tables': {
      const { tables } = await import('./tables.js');
      return tables(postgresUrl, options.residents, options.say);
    }
    case 'rehearsal': {
      const { rehearsal } = await import('./rehearsal.js');
      return rehearsal(postgresUrl, temporalAddress);
    }
  }
}

/** `toki bench`. Exit code 0 when every figure measured holds, 1 when one does not. */
export const benchCommand: Command = {
  usage: 'bench [--json] [--only FIGURE[,FIGURE…]] [--against REVISION] [--bookings N] [--residents N]',
  summary: 'measure the figures of the README, each beside the least possible work',
  help: `Works on servers of its own (data in a temporary folder, removed afterwards); every figure is a ratio within one run.
  --only       of ${figures.join(', ')}
  --against    a revision of this repository, such as HEAD~5: built in a work tree of its own and run in turn for "httpVsBefore"
  --bookings   size of the large tables of "growth" (5000000; about 8 GB of disk while it runs)
  --residents  rows of the files of "importVsYardstick" and "namesakesVsYardstick", and residents of "tables", with five bookings to eight residents (800000)`,
  run,
};

async function run(args: readonly string[], io: Pick<CommandIo, 'say'>): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      against: { type: 'string' },
      bookings: { type: 'string', default: '5000000' },
      residents: { type: 'string', default: '800000' },
    },
  });
  const wanted =
    values.only?.split(',') ??
    figures.filter((name) => name !== 'httpVsBefore' || values.against !== undefined).map(String);
  for (const name of wanted)
    if (!(figures as readonly string[]).includes(name))
      throw new StartError(`There is no figure "${name}": ${figures.join(', ')}.`);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const sizes = {
    bookings: sizeOf(values.bookings, '--bookings'),
    residents: sizeOf(values.residents, '--residents'),
  };
  const before = values.against === undefined ? undefined : buildRevision(values.against, say);
  const options = { ...sizes, before, say };
  const results: Figure[] = [];
  try {
    await withServers(async (servers) => {
      for (const name of wanted as FigureName[]) {
        say(`Measuring ${name} …`);
        results.push(await measure(name, servers, options));
      }
    });
  } finally {
    before?.remove();
  }
  io.say(
    values.json
      ? JSON.stringify(Object.fromEntries(results.map(({ name, ...figure }) => [name, figure])), null, 2)
      : table(results),
  );
  return results.every((result) => result.holds) ? 0 : 1;
}

function sizeOf(text: string, option: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 20_000 || size > 50_000_000)
    throw new StartError(`${option} takes a whole number from 20000 to 50000000.`);
  return size;
}

function table(results: readonly Figure[]): string {
  return results
    .map((result) => {
      const head = `${result.name.padEnd(20)} ${String(result.value).padStart(8)}   wanted ${result.wanted.padEnd(14)} ${result.holds ? 'holds' : 'MISSED'}`;
      return [head, ...Object.entries(result.detail).map(([name, value]) => `    ${name}: ${String(value)}`)].join(
        '\n',
      );
    })
    .join('\n');
}

async function withServers(work: (servers: BenchServers) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'toki-bench-'));
  // As root, PostgreSQL runs as another user who must pass through here.
  chmodSync(folder, 0o755);
  const stops: (() => Promise<void>)[] = [];
  try {
    const postgres = await startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      settings: { shared_buffers: '512MB', max_wal_size: '4GB', max_connections: '100' },
    });
    guard('', [{ pid: postgres.server.pid, signal: 'SIGINT' }]);
    stops.unshift(() => postgres.stop());
    const cli = await findTemporalCli({
      cli: process.env['TEMPORAL_CLI'],
      env: process.env,
      say: (line) => process.stderr.write(`${line}\n`),
    });
    const temporal = await startEmbeddedTemporal({
      cli,
      namespace: 'default',
      searchAttributes,
      stateFile: join(folder, 'temporal.json'),
      logFile: join(folder, 'temporal.log'),
      databaseFile: join(folder, 'temporal.db'),
    });
    guard(folder, [{ pid: temporal.server.pid, signal: 'SIGTERM' }]);
    stops.unshift(() => temporal.stop());
    await work({ postgresUrl: postgres.url, postgresPid: postgres.server.pid, temporalAddress: temporal.address });
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
