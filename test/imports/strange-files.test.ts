import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import { Client } from 'pg';

import type { Database } from '../../database/foundation/connection';
import { createImportFileStore } from '../../database/imports/import-files';
import { createImportRunStore } from '../../database/imports/import-runs';
import { createImportStaging } from '../../database/imports/import-staging';
import { importTransaction } from '../../database/imports/import-transaction';
import { pairLimit } from '../../domain/imports/carry-over';
import { createTestCity, type TestCity } from '../worlds/test-city';

const count = 4_000;

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that a step of a plan made or threw away, over all its turns: pairing all rows with all shows here. */
function rowsOf(node: PlanNode): number {
  const perLoop =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
  return Math.max(perLoop * node['Actual Loops'], ...(node.Plans ?? []).map(rowsOf));
}

const isStatement = /^\s*(WITH|SELECT|INSERT|UPDATE|DELETE|CREATE TEMP TABLE[^(]+ AS)\b/;
const isAboutRows =
  /\b(import_row|import_kept|import_same|import_namesake|import_left|import_pair|import_name|import_twice)/;

/** Runs `work`; explains each statement about rows that the import sends, before it is run. The most rows of any step. */
async function mostRows(work: () => Promise<void>): Promise<number> {
  const original = Client.prototype.query as (...args: unknown[]) => unknown;
  let most = 0;
  const explained = async (client: Client, text: string, values: unknown): Promise<unknown> => {
    const run = (sql: string, given?: unknown) => original.call(client, sql, given) as Promise<{ rows: unknown[] }>;
    await run('SAVEPOINT explained');
    const { rows } = await run(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values);
    await run('ROLLBACK TO SAVEPOINT explained');
    const [plan] = (rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'];
    most = Math.max(most, rowsOf(plan.Plan));
    return run(text, values);
  };
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [text, values] = args;
    return typeof text === 'string' && args.length <= 2 && isStatement.test(text) && isAboutRows.test(text)
      ? explained(this, text, values)
      : original.apply(this, args);
  } as typeof Client.prototype.query;
  try {
    await work();
  } finally {
    Client.prototype.query = original as typeof Client.prototype.query;
  }
  return most;
}

describe('a strange file', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity();
  });
  afterAll(async () => {
    await city.close();
  });

  /** A whole set of `count` new numbers beside as many residents; `digest` says in SQL of row `n` what kana and birth date it has. */
  async function staged(database: Database, digest: string): Promise<string> {
    const { keys } = city;
    const programmeId = randomUUID();
    await database('programme').insert({ id: programmeId, code: `strange-${programmeId.slice(0, 8)}` });
    const fileId = await createImportFileStore(city).save('対象者.csv', Readable.from([Buffer.from('x')]));
    const runId = await createImportRunStore(city).create({
      programmeId,
      programmeVersionId: city.version.id,
      fileId,
      isFullSet: true,
    });
    await createImportStaging(database).prepare(runId);
    const values = `'', decode(md5(${digest}), 'hex'), '{}'`;
    await database.raw(
      `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, search_keys, key_id, group_code)
       SELECT gen_random_uuid(), ?, sha256(('old' || n)::bytea), ${values}, ?, 'seniors' FROM generate_series(1, ${String(count)}) n`,
      [programmeId, keys.currentKeyId],
    );
    await database.raw(
      `INSERT INTO import_row_${runId.replaceAll('-', '')} (line, resident_id, coupon_index, sealed, digest, search_keys, group_code)
       SELECT n + 1, gen_random_uuid(), sha256(('new' || n)::bytea), ${values}, 'seniors' FROM generate_series(1, ${String(count)}) n`,
    );
    return runId;
  }

  test.each([
    { file: 'a namesake on every row', digest: `n::text`, namesakes: count, proposals: pairLimit, crowded: 0 },
    { file: 'a constant kana column', digest: `'kana' || n % 100`, namesakes: count, proposals: 0, crowded: count },
    {
      file: 'one birth date for all',
      digest: `'born' || n % 1000`,
      namesakes: count,
      proposals: pairLimit,
      crowded: 0,
    },
    { file: 'one kana and one birth date', digest: `'same'`, namesakes: count, proposals: 0, crowded: count },
  ])('with $file is compared and applied without pairing rows with all others', async ({ digest, ...found }) => {
    const { database } = city;
    const runId = await staged(database, digest);
    const runs = createImportRunStore(city);
    const staging = createImportStaging(database);
    const most = await mostRows(async () => {
      await staging.settleDuplicates(await runs.get(runId));
      const { file: _file, ...wanted } = found;
      const comparison = await staging.compare(await runs.get(runId));
      expect(comparison).toMatchObject({ ...wanted, created: count, missing: count });
      await runs.saveSummary(runId, {
        ...comparison,
        records: count,
        good: count,
        bad: 0,
        errors: {},
        isFullSet: true,
        toRemove: count,
      });
      expect(await staging.apply(await runs.get(runId), count, { import: 'tester' })).toMatchObject({
        created: count,
        removed: count,
      });
    });
    expect(most).toBeGreaterThanOrEqual(count);
    // Rows and residents together, and a name with up to 20 pairs: never all with all, which would be 16 million.
    expect(most).toBeLessThanOrEqual(10 * count);
    expect((await runs.get(runId)).tally.errors).toEqual({ same_person: count });
    await staging.drop(runId);
  });

  test('the measure notices a step that pairs rows with all others', async () => {
    const { database } = city;
    const runId = await staged(database, `'same'`);
    const table = `import_row_${runId.replaceAll('-', '')}`;
    const most = await mostRows(async () => {
      await importTransaction(database, {}, async (query) => {
        await query('SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off');
        await query(`SELECT count(*) FROM ${table} s JOIN ${table} r ON r.line = s.line`);
      });
    });
    expect(most).toBeGreaterThan(10 * count);
    await createImportStaging(database).drop(runId);
  });
});
