import createKnex, { type Knex } from 'knex';
import pg from 'pg';

import { migrationSource } from '../../migrations';
import { defaultLimits, onConnect, type TimeLimits } from './time-limits';

// bigint columns hold sizes and counts far below 2^53; dates stay text (YYYY-MM-DD), never a moment in some time zone.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export type Database = Knex;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity: which of our processes holds the connection. */
  readonly applicationName: string;
  /** Connections of this pool. Each app has its own. */
  readonly poolSize: number;
  /** How long its statements may wait, run and pause. */
  readonly limits?: TimeLimits;
}

/** After this pause the operating system asks whether the other side of a connection is still there, ms. */
const keepAliveAfterMs = 10_000;

/** Opens a pool. Nothing is connected before the first query. */
export function openDatabase({ url, applicationName, poolSize, limits = defaultLimits }: DatabaseOptions): Database {
  return createKnex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfterMs,
    },
    pool: {
      min: 0,
      max: poolSize,
      acquireTimeoutMillis: limits.connectionMs,
      afterCreate: (client: pg.Client, done: (error: Error | null, client: pg.Client) => void) => {
        onConnect(client, limits).then(
          () => {
            done(null, client);
          },
          (error: unknown) => {
            done(error as Error, client);
          },
        );
      },
    },
    migrations: { migrationSource },
    // knex writes to the console by itself; the code that runs the query gets the failure and logs it.
    log: { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined },
  });
}

/** How many queries wait for a connection of this pool. */
export function waitingForConnection(database: Database): number {
  const { pool } = database.client as { pool?: { numPendingAcquires(): number } };
  return pool?.numPendingAcquires() ?? 0;
}

/** Brings the tables up to date; safe when several processes start at once (knex locks). */
export async function migrate(database: Database): Promise<string[]> {
  const [, names] = (await database.migrate.latest()) as [number, string[]];
  return names;
}

/** Names of migrations not yet applied. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const [, pending] = (await database.migrate.list()) as [unknown, { name?: string; file?: string }[]];
  return pending.map((item) => item.name ?? item.file ?? '?');
}

/** Names of migrations that the database has and this build does not know: another build made it. */
export async function foreignMigrations(database: Database): Promise<string[]> {
  if (!(await database.schema.hasTable('knex_migrations'))) return [];
  const known = (await migrationSource.getMigrations([])).map((migration) => migration.name);
  const rows = await database('knex_migrations').select<{ name: string }[]>('name').orderBy('id');
  return rows.map((row) => row.name).filter((name) => !known.includes(name));
}
