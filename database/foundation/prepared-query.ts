import type { PoolClient } from 'pg';

import type { Database } from './connection';

/** What knex's own typings leave open. */
interface Pool {
  acquireConnection(): Promise<PoolClient>;
  releaseConnection(client: PoolClient): Promise<void>;
}

/** One statement outside a transaction, parsed and planned once per connection: for what runs with every request. */
export async function preparedQuery<Row>(
  database: Database,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const pool = database.client as Pool;
  const client = await pool.acquireConnection();
  try {
    const { rows } = await client.query({ name, text, values: [...values] });
    return rows as Row[];
  } finally {
    await pool.releaseConnection(client);
  }
}
