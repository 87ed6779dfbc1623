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
import { createBenchCity } from './bench-city';
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

/**
 * The whole import of a file of `residents` rows (upload, check, seal, stage, compare, approve, apply; a worker process of
 * its own) beside COPY + merge of the same file with the least possible work, on the same server. The yardstick is run
 * three times; its median counts. Memory: the most private memory that the worker, PostgreSQL's processes and this one
 * have together while they import, less what they had before.
 */
export async function importVsYardstick(
  { postgresUrl, postgresPid, temporalAddress }: ImportServers,
  residents: number,
  say: (line: string) => void,
): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'toki-bench-import-'));
  const city = await createBenchCity(postgresUrl, 'toki_bench_import');
  const temporal = createTemporalClient({ address: temporalAddress, namespace: 'default' }, city.keys);
  const worker = await startWorkerProcess(city, temporalAddress, importTaskQueue);
  try {
    const file = join(folder, 'residents.csv');
    await writeCityFile(file, residents);
    // A small file first: what the worker loads once is not part of what a large file adds.
    const warmUp = join(folder, 'warm-up.csv');
    await writeCityFile(warmUp, 2_000, 9_800_000_000);
    await importFile(warmUp);
    await city.database('resident').delete();
    const memory = watchMemory([worker.pid, postgresPid, process.pid]);
    const phases: string[] = [];
    const importSeconds = await seconds(() =>
      importFile(file, (phase) => phases.push(`${phase} ${new Date().toISOString().slice(14, 19)}`)),
    );
    const added = memory.stop();
    say(`  import: ${importSeconds.toFixed(1)} s (${phases.join(', ')})`);

    const found = await searchTimes();
    const bare: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const { copyMs, mergeMs } = await residentsYardstick(postgresUrl, file);
      bare.push((copyMs + mergeMs) / 1000);
    }
    const value = importSeconds / median(bare);
    const holds = value <= 4 && added <= mostMemory;
    return {
      name: 'importVsYardstick',
      value: round(value),
      wanted: '<= 4, 256 MiB',
      holds,
      detail: {
        residents,
        'import s': round(importSeconds, 1),
        'COPY + merge s': bare.map((item) => item.toFixed(1)).join(' / '),
        'private memory added to all processes MiB': round(added, 0),
        ...found,
      },
    };
  } finally {
    await worker.stop();
    await temporal.connection.close();
    await city.close();
    rmSync(folder, { recursive: true, force: true });
  }

  /** What an operator waits for: how long residents take to be found among those imported, median ms of a page. */
  async function searchTimes(): Promise<Record<string, string>> {
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
    const people = Array.from(
      { length: searches },
      (_, index) => index * Math.max(1, Math.floor(residents / searches)),
    );
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
