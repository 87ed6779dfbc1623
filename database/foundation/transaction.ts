import { createHash } from 'node:crypto';

import type { PoolClient } from 'pg';

import type { Database } from './connection';

/** Runs one statement inside the transaction and gives its rows. */
export type Sql = <Row>(statement: string, values: readonly unknown[]) => Promise<Row[]>;

const retried = new Set(['40001', '40P01', '23505']);
const attempts = 4;

/**
 * A transaction on one connection of the pool, with prepared statements: the booking path is hot, and parsing and
 * planning its statements again costs more than running them.
 *
 * Deadlocks, serialization failures and unique violations are tried again (at most 3 times): the second look sees the
 * row that was in the way, and the rules then refuse with a reason. `work` must therefore have no effect outside.
 *
 * A refusal (`ok: false`) changes nothing: it is rolled back.
 */
export async function inTransaction<Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(database, work);
    } catch (error) {
      if (attempt >= attempts || !retried.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Whether a statement that failed so has changed nothing for certain: the server itself refused it, and was neither going away nor out of time. */
export function didNothing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(?!08|53|57)(?=.*\d)[0-9A-Z]{5}$/.test(code);
}

function once<Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  return clientTransaction(
    database,
    (client) =>
      work(async <Row>(statement: string, values: readonly unknown[]) => {
        const result = await client.query({ name: nameOf(statement), text: statement, values: [...values] });
        return result.rows as Row[];
      }),
    (result) => !isRefusal(result),
  );
}

/** What knex hides behind `any`: its pool of pg's clients. */
interface ClientPool {
  acquireConnection(): Promise<PoolClient & { __knex__disposed?: unknown }>;
  releaseConnection(client: PoolClient): Promise<void>;
}

/**
 * One transaction on a connection of the pool, once, for what needs the connection itself (COPY).
 * @param isKept whether to commit what was done; it is rolled back otherwise
 */
export async function clientTransaction<Result>(
  database: Database,
  work: (client: PoolClient) => Promise<Result>,
  isKept: (result: Result) => boolean = () => true,
): Promise<Result> {
  const pool = database.client as ClientPool;
  const client = await pool.acquireConnection();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query(isKept(result) ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away by the pool.
    await client.query('ROLLBACK').catch((cause: unknown) => {
      client.__knex__disposed = cause;
    });
    throw error;
  } finally {
    await pool.releaseConnection(client);
  }
}

function isRefusal(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
}

const names = new Map<string, string>();

function nameOf(statement: string): string {
  let name = names.get(statement);
  if (!name) {
    name = createHash('sha1').update(statement).digest('hex').slice(0, 20);
    names.set(statement, name);
  }
  return name;
}
