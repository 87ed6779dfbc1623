import { randomBytes } from 'node:crypto';

import type { Knex } from 'knex';
import { Client } from 'pg';

import { testServices, withDatabase } from './services';

/** A database of its own with all migrations, empty of data. */
export interface TestDatabase {
  readonly databaseUrl: string;
  /** For `knex(...)`. */
  readonly knexConfig: Knex.Config;
  /** Cuts every connection and removes the database. */
  drop(): Promise<void>;
}

/** Runs a statement as the superuser, outside every test's database. */
export async function asAdministrator(sql: string): Promise<void> {
  const client = new Client({ connectionString: testServices().postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Copies the migrated template: some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { postgresUrl, templateDatabase } = testServices();
  const name = `test_${randomBytes(8).toString('hex')}`;
  // Copying files takes half of the processor time that writing every page of the copy to the log does.
  await asAdministrator(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase} STRATEGY file_copy`);
  const databaseUrl = withDatabase(postgresUrl, name);
  return {
    databaseUrl,
    knexConfig: { client: 'pg', connection: databaseUrl, pool: { min: 0, max: 10 } },
    drop: () => asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
