import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createResidentSearch } from '../../../database/residents/resident-search';
import { createDatabaseServices } from '../../../database/services';
import { addDays } from '../../../domain/calendar/city-time';
import { importTaskQueue } from '../../../domain/imports/import-workflow';
import type { ResidentSearchTerms } from '../../../domain/residents/search-text';
import { defined } from '../../../domain/text/defined';
import { createTemporalClient } from '../../../engine/temporal/temporal-client';
import { importEligibility } from '../import-eligibility';
import { type BenchCity, createBenchCity } from './bench-city';
import { type Figure, median, round, seconds } from './measure';
import { watchMemory } from './memory';
import { startWorkerProcess } from './worker-process';
import { residentsYardstick } from './yardstick';

const mostMemory = 256;

export interface ImportServers {
  readonly postgresUrl: string;
  /** Of the server; its other processes are its children. */
  readonly postgresPid: number;
  readonly temporalAddress: string;
}

/** Imports files into a city of its own, and measures. */
interface Importer {
  /** Seconds and added memory of the whole import of a file (upload, check, seal, stage, compare, approve, apply). */
  measured(file: string): Promise<{ readonly took: number; readonly addedMebibytes: number }>;
  /** Writes a file; with another first number everybody in it is a namesake of somebody in the first. */
  write(name: string, count: number, firstNumber?: number): Promise<string>;
  /** Seconds of COPY + merge of the same file with the least possible work, on the same server; the median of three. */
  yardstick(file: string): Promise<{ readonly took: number; readonly words: string }>;
  readonly city: BenchCity;
}

/**
 * The whole import of a file of `residents` rows by a worker process of its own, beside the yardstick. Memory: the most
 * private memory that the worker, PostgreSQL's processes and this one have together while they import, less what they had
 * before.
 */
export async function importVsYardstick(
  servers: ImportServers,
  residents: number,
  say: (line: string) => void,
): Promise<Figure> {
  return withImporter(servers, say, async (importer) => {
    const file = await importer.write('residents', residents);
    const afterwards = () => searchTimes(importer.city, residents);
    return besideYardstick(importer, { name: 'importVsYardstick', most: 4, residents, file, afterwards });
  });
}

/** The same for a file in which everybody has the kana and birth date of a resident, under another number. */
export async function namesakesVsYardstick(
  servers: ImportServers,
  residents: number,
  say: (line: string) => void,
): Promise<Figure> {
  return withImporter(servers, say, async (importer) => {
    await importer.measured(await importer.write('residents', residents));
    await importer.city.database.raw('VACUUM ANALYZE resident');
    const file = await importer.write('namesakes', residents, firstCoupon - 1_000_000_000);
    return besideYardstick(importer, { name: 'namesakesVsYardstick', most: 6, residents, file });
  });
}

/** Imports a file and merges the same by the yardstick. `afterwards`: what else is measured on the imported residents. */
async function besideYardstick(
  importer: Importer,
  {
    name,
    most,
    residents,
    file,
    afterwards,
  }: {
    readonly name: string;
    readonly most: number;
    readonly residents: number;
    readonly file: string;
    readonly afterwards?: () => Promise<Figure['detail']>;
  },
): Promise<Figure> {
  const { took, addedMebibytes } = await importer.measured(file);
  const found = await afterwards?.();
  const bare = await importer.yardstick(file);
  const value = took / bare.took;
  return {
    name,
    value: round(value),
    wanted: `<= ${String(most)}, ${String(mostMemory)} MiB`,
    holds: value <= most && addedMebibytes <= mostMemory,
    detail: {
      residents,
      'import s': round(took, 1),
      'COPY + merge s': bare.words,
      'private memory added to all processes MiB': round(addedMebibytes, 0),
      ...found,
    },
  };
}

async function withImporter<Result>(
  { postgresUrl, postgresPid, temporalAddress }: ImportServers,
  say: (line: string) => void,
  work: (importer: Importer) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'toki-bench-import-'));
  const city = await createBenchCity(postgresUrl, 'toki_bench_import');
  const temporal = createTemporalClient({ address: temporalAddress, namespace: 'default' }, city.keys);
  const worker = await startWorkerProcess(city, temporalAddress, importTaskQueue);
  const write = async (name: string, count: number, firstNumber?: number): Promise<string> => {
    const path = join(folder, `${name}.csv`);
    await writeCityFile(path, count, firstNumber);
    return path;
  };
  try {
    // A small file first: what the worker loads once is not part of what a large file adds.
    await importFile(await write('warm-up', 2_000, 9_800_000_000));
    await city.database('resident').delete();
    return await work({
      city,
      write,
      async measured(file) {
        const memory = watchMemory([worker.pid, postgresPid, process.pid]);
        const phases: string[] = [];
        const took = await seconds(() =>
          importFile(file, (phase) => phases.push(`${phase} ${new Date().toISOString().slice(14, 19)}`)),
        );
        say(`  import: ${took.toFixed(1)} s (${phases.join(', ')})`);
        return { took, addedMebibytes: memory.stop() };
      },
      async yardstick(file) {
        const bare: number[] = [];
        for (let turn = 0; turn < 3; turn++) {
          const { copyMs, mergeMs } = await residentsYardstick(postgresUrl, file);
          bare.push((copyMs + mergeMs) / 1000);
        }
        return { took: median(bare), words: bare.map((item) => item.toFixed(1)).join(' / ') };
      },
    });
  } finally {
    await worker.stop();
    await temporal.connection.close();
    await city.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function importFile(path: string, onProgress?: (phase: string) => void): Promise<void> {
    const outcome = await importEligibility(
      { ...createDatabaseServices(city), temporal },
      {
        version: city.version,
        file: { name: 'bench.csv', content: createReadStream(path) },
        by: 'bench',
        approve: () => Promise.resolve(true),
        approveRemoval: () => Promise.resolve(false),
        ...defined({ onProgress }),
      },
    );
    if (outcome.phase !== 'applied') throw new Error(`the import ended as ${outcome.phase}`);
  }
}

/** What an operator waits for: how long residents take to be found among those imported, median ms of a page. */
async function searchTimes(city: BenchCity, residents: number): Promise<Record<string, string>> {
  await city.database.raw('VACUUM ANALYZE resident');
  const search = createResidentSearch({ database: city.database, keys: city.keys });
  const times = async (queries: readonly ResidentSearchTerms[]): Promise<string> => {
    const taken: number[] = [];
    let people = 0;
    for (const query of queries) {
      const startedAt = performance.now();
      people += (await search.find(city.version.programmeId, query, { after: undefined, limit: 20 })).found.length;
      taken.push(performance.now() - startedAt);
    }
    return `${median(taken).toFixed(1)} (${(people / queries.length).toFixed(0)} shown)`;
  };
  const people = Array.from({ length: searches }, (_, index) => index * Math.max(1, Math.floor(residents / searches)));
  return {
    'find by number ms': await times(people.map((index) => ({ couponNumber: String(firstCoupon + index) }))),
    'find by birth date ms': await times(people.map((index) => ({ birthDate: bornOf(index) }))),
    'find by kana and birth date ms': await times(
      people.map((index) => ({ kana: kanaOf(index).split('　')[0] ?? '', birthDate: bornOf(index) })),
    ),
    'find by surname ms': await times(people.map((index) => ({ kana: kanaOf(index).split('　')[0] ?? '' }))),
    'find by whole name ms': await times(people.map((index) => ({ kana: kanaOf(index).replace('　', '') }))),
  };
}

const firstCoupon = 9_000_000_000;
/** Searches of each kind. */
const searches = 100;
/** Folded as they are, so that what is searched for is what was written. */
const syllables = [
  'サ',
  'ト',
  'ス',
  'ズ',
  'キ',
  'タ',
  'カ',
  'ハ',
  'シ',
  'ワ',
  'ナ',
  'ベ',
  'イ',
  'ヤ',
  'マ',
  'モ',
  'コ',
  'バ',
  'ホ',
  'ノ',
] as const;

function bornOf(index: number): string {
  return addDays('1921-04-02', (index * 7_919) % 30_000);
}

/** A few thousand surnames and given names; like real ones, some are borne by many: every second person has one of a hundred surnames. Nobody shares name and birth date with another person. */
function kanaOf(index: number): string {
  const surname = index % 2 === 0 ? (index / 2) % 100 : (index * 31) % 8_000;
  return `${wordOf(surname)}　${wordOf((index * 17 + Math.floor(index / 4_000)) % 4_000)}`;
}

/** @returns three syllables, different for each of 8,000 numbers */
function wordOf(number: number): string {
  return [Math.floor(number / 400), Math.floor(number / 20), number]
    .map((digit) => syllables[digit % syllables.length])
    .join('');
}

/** The everyday export: CSV, quotes, header, kana, dates with slashes. */
async function writeCityFile(path: string, count: number, firstNumber = firstCoupon): Promise<void> {
  const out = createWriteStream(path);
  out.write('"接種券番号","氏名カナ","生年月日","対象区分"\r\n');
  const groups = ['高齢者', '一般', '一般', '施設従事者'];
  for (let index = 0; index < count; index++) {
    const row = `"${String(firstNumber + index)}","${kanaOf(index)}","${bornOf(index).replaceAll('-', '/')}","${groups[index % groups.length] ?? ''}"\r\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
