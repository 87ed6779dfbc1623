import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Database, openDatabase } from '../../database/foundation/connection';
import { databaseTrouble } from '../../database/foundation/is-database-unavailable';
import { type TimeLimits, timeLimits } from '../../database/foundation/time-limits';
import { inTransaction } from '../../database/foundation/transaction';
import { createTestCity, type TestCity } from '../worlds/test-city';

let city: TestCity;
const pools: Database[] = [];
beforeAll(async () => {
  city = await createTestCity();
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
  await city.close();
});

function pool(limits: Partial<TimeLimits> = {}, url = city.databaseUrl, poolSize = 2): Database {
  const opened = openDatabase({
    url,
    applicationName: 'trouble',
    poolSize,
    limits: { ...timeLimits.citizen, ...limits },
  });
  pools.push(opened);
  return opened;
}

const failure = (work: PromiseLike<unknown>): Promise<{ code?: string }> =>
  Promise.resolve(work).then(
    () => Promise.reject(new Error('it worked')),
    (error: unknown) => error as { code?: string },
  );

test('every pool has its limits', async () => {
  for (const limits of Object.values(timeLimits)) {
    const { rows } = await pool(limits).raw<{ rows: { name: string; setting: string }[] }>(
      `SELECT name, setting FROM pg_settings
        WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'jit') ORDER BY name`,
    );
    expect(rows.map(({ setting }) => setting)).toEqual([
      String(limits.idleInTransactionMs),
      'off',
      String(limits.lockMs),
      String(limits.statementMs),
    ]);
  }
});

test('a lock that does not come in time', async () => {
  const error = await city.database.transaction(async (holder) => {
    await holder.raw('SELECT * FROM audit_head FOR UPDATE');
    return failure(pool({ lockMs: 200 }).raw('SELECT * FROM audit_head FOR UPDATE'));
  });
  expect([error.code, databaseTrouble(error)]).toEqual(['55P03', 'busy']);
});

test('a statement that takes too long', async () => {
  const error = await failure(pool({ statementMs: 200 }).raw('SELECT pg_sleep(60)'));
  expect([error.code, databaseTrouble(error)]).toEqual(['57014', 'busy']);
});

test('a transaction that paused for too long; the pool goes on with another connection', async () => {
  const own = pool({ idleInTransactionMs: 200 }, city.databaseUrl, 1);
  const error = await failure(
    own.transaction(async (trx) => {
      await trx.raw('SELECT 1');
      await sleep(3_000);
      await trx.raw('SELECT 1');
    }),
  );
  expect(databaseTrouble(error)).toBeDefined();
  expect((await own.raw<{ rows: { n: number }[] }>('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
});

test.each(['40P01', '40001'])('%s, four times in a row', async (code) => {
  let attempts = 0;
  const error = await failure(
    inTransaction(pool(), async (sql) => {
      attempts++;
      await sql(`DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '${code}'; END $$`, []);
    }),
  );
  expect([attempts, error.code, databaseTrouble(error)]).toEqual([4, code, 'busy']);
});

test('a connection that the server ends in the middle of a statement', async () => {
  const own = pool();
  const failed = failure(own.raw('SELECT pg_sleep(60)'));
  for (;;) {
    const { rows } = await city.database.raw<{ rows: unknown[] }>(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'trouble' AND query LIKE '%pg_sleep(60)%' AND state = 'active'`,
    );
    if (rows.length > 0) break;
    await sleep(50);
  }
  expect(databaseTrouble(await failed)).toBe('away');
});

test('every connection of the pool is in use', async () => {
  const own = pool({ connectionMs: 200 }, city.databaseUrl, 1);
  const error = await own.transaction(async (trx) => {
    await trx.raw('SELECT 1');
    return failure(own.raw('SELECT 1'));
  });
  expect(databaseTrouble(error)).toBe('busy');
});

test('a line that swallows what is sent counts as cut', async () => {
  const { hostname, port } = new URL(city.databaseUrl);
  const ends: Socket[] = [];
  let isDead = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    ends.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined);
      from.on('data', (data) => {
        if (!isDead) to.write(data);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const target = new URL(city.databaseUrl);
  target.host = `127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;
  const own = pool({ statementMs: 500 }, target.href, 1);
  try {
    await own.raw('SELECT 1');
    isDead = true;
    const error = await failure(own.raw('SELECT 1'));
    expect(databaseTrouble(error)).toBe('away');
    isDead = false;
    expect((await own.raw<{ rows: { n: number }[] }>('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
  } finally {
    for (const end of ends) end.destroy();
    server.close();
  }
});

test('what a second attempt would not mend is none', async () => {
  const { database } = city;
  expect(databaseTrouble(await failure(database.raw('SELECT nonsense')))).toBeUndefined();
  expect(databaseTrouble(await failure(database.raw('SELECT 1 / 0')))).toBeUndefined();
});
