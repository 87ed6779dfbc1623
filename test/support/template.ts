import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { knex } from 'knex';
import { Client } from 'pg';

import { migrationSource } from '../../migrations';
import { projectRoot } from '../../runtime/root';
import { withDatabase } from './services';

function migrationsHash(): string {
  const hash = createHash('sha256');
  const folder = join(projectRoot, 'migrations');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** A database with all migrations as they are now, made once per run and copied by every test. */
export async function ensureTemplate(postgresUrl: string): Promise<string> {
  const name = `template_${migrationsHash()}`;
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return name;
    const building = `${name}_building`;
    await client.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${building}`);
    const connection = knex({
      client: 'pg',
      connection: withDatabase(postgresUrl, building),
      pool: { min: 0, max: 1 },
    });
    try {
      await connection.migrate.latest({ migrationSource });
    } finally {
      await connection.destroy();
    }
    await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`);
    return name;
  } finally {
    await client.end();
  }
}
