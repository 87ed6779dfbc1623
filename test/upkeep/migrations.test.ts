import { type Database, migrate, openDatabase } from '../../database/foundation/connection';
import { createListedBookings } from '../../database/lists/listed-bookings';
import { migrationSource } from '../../migrations';
import { bringUpToDate } from '../../runtime/servers/bring-up-to-date';
import { StartError } from '../../runtime/start-error';
import { testServices, withDatabase } from '../support/services';
import { asAdministrator } from '../support/test-database';

const names = ['migrated_at_once', 'migrated_step_by_step', 'migrated_elsewhere', 'migrated_with_bookings'] as const;
const open = new Map<string, Database>();

function databaseOf(name: (typeof names)[number]): Database {
  const database = open.get(name);
  if (!database) throw new Error(`no database ${name}`);
  return database;
}

beforeAll(async () => {
  for (const name of names) {
    await asAdministrator(`CREATE DATABASE ${name}`);
    const url = withDatabase(testServices().postgresUrl, name);
    open.set(name, openDatabase({ url, applicationName: 'test', poolSize: 1 }));
  }
});

afterAll(async () => {
  for (const database of open.values()) await database.destroy();
  for (const name of names) await asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

/** Everything that the tables are made of, one line each. */
async function schemaOf(database: Database): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { line: string }[] }>(`
    SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', 'function', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

test('a database migrated step by step has the same schema as one made at once', async () => {
  const steps = await migrationSource.getMigrations([]);
  await migrate(databaseOf('migrated_at_once'));
  for (const [index] of steps.entries()) {
    // A process of each build in turn: a pool of its own, so that nothing is left over in a connection.
    const url = withDatabase(testServices().postgresUrl, 'migrated_step_by_step');
    const step = openDatabase({ url, applicationName: 'test', poolSize: 1 });
    try {
      await step.migrate.up({
        migrationSource: { ...migrationSource, getMigrations: () => Promise.resolve(steps.slice(0, index + 1)) },
      });
    } finally {
      await step.destroy();
    }
  }
  const atOnce = await schemaOf(databaseOf('migrated_at_once'));
  expect(atOnce.length).toBeGreaterThan(300);
  expect(await schemaOf(databaseOf('migrated_step_by_step'))).toEqual(atOnce);
});

test('bookings of before the lists had a copy are in it, and their events are not copied again', async () => {
  const steps = await migrationSource.getMigrations([]);
  const database = databaseOf('migrated_with_bookings');
  const before = steps.slice(
    0,
    steps.findIndex((step) => step.name.endsWith('listed_bookings')),
  );
  const old = openDatabase({
    url: withDatabase(testServices().postgresUrl, 'migrated_with_bookings'),
    applicationName: 'test',
    poolSize: 1,
  });
  await old.migrate.latest({ migrationSource: { ...migrationSource, getMigrations: () => Promise.resolve(before) } });
  await old.transaction(async (trx) => {
    // What a booking refers to is of no matter here.
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx.raw(`INSERT INTO booking (id, programme_id, programme_version_id, resident_id, dose, slot_id, channel, state, version, hold_expires_at, reference, telephone_key, group_code)
      SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), 'web', 'confirmed', 2, now(), i, i, 'seniors' FROM generate_series(1, 30) AS i`);
    await trx.raw(
      `INSERT INTO booking_event (booking_id, version, type, actor, facts) SELECT id, 2, 'confirmed', 'citizen', '{}' FROM booking`,
    );
  });
  await old.destroy();
  await migrate(database);
  expect(await createListedBookings(database).compare()).toEqual({
    waiting: 0,
    oldestAt: null,
    differences: [],
    compared: 30,
    different: 0,
  });
  const { rows } = await database.raw<{ rows: [{ live: number; held: number }] }>(
    'SELECT count(*) FILTER (WHERE is_live)::int AS live, count(*) FILTER (WHERE is_held)::int AS held FROM booking',
  );
  expect(rows[0]).toEqual({ live: 30, held: 0 });
});

test('a database of another build is left alone, and the sentence names what it holds', async () => {
  const database = databaseOf('migrated_elsewhere');
  await bringUpToDate(database);
  await database('knex_migrations').insert({ name: '9999_from_tomorrow', batch: 2, migration_time: new Date() });
  await expect(bringUpToDate(database)).rejects.toThrow(StartError);
  await expect(bringUpToDate(database)).rejects.toThrow(/9999_from_tomorrow/);
});
