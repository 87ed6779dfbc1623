import type { PoolClient } from 'pg';
import { createHash } from 'node:crypto';
import type { Database } from './connection';

/** Runs one statement inside the transaction and gives its rows. */
export type Sql = <Row>(statement: string, values: readonly unknown[]) => Promise<Row[]>;

const retried = new Set(['40001', '40P01', '23505']);
const attempts = 4;

/**
 * A transaction on one connection of the pool, with prepared statements: the booking path is hot, and parsing and
 * planning its statements anew costs more than running them.
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

async function once<Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = (await database.client.acquireConnection()) as PoolClient & { __knex__disposed?: unknown };
  const sql: Sql = async <Row>(statement: string, values: readonly unknown[]) => {
    const result = await client.query({ name: nameOf(statement), text: statement, values: [...values] });
    return result.rows as Row[];
  };
  try {
    await client.query('BEGIN');
    const result = await work(sql);
    await client.query(isRefusal(result) ? 'ROLLBACK' : 'COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away by the pool.
    await client.query('ROLLBACK').catch((cause: unknown) => {
      client.__knex__disposed = cause;
    });
    throw error;
  } finally {
    await database.client.releaseConnection(client);
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
