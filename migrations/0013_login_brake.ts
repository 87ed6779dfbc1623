import type { Knex } from 'knex';

/** How full the bucket of failed log-ins of the whole site is: one row that all processes share. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE login_brake (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      level double precision NOT NULL DEFAULT 0 CHECK (level >= 0),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO login_brake DEFAULT VALUES;
    COMMENT ON COLUMN login_brake.level IS 'failed log-ins of devices that nobody knows, less what has run out since: 30 a minute, and a quarter for every success';
  `);
}
