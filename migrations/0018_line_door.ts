import type { Knex } from 'knex';

/** By which door somebody came to the site: LINE has seats of its own where a city gives it some. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE citizen_session ADD COLUMN channel text NOT NULL DEFAULT 'web' CHECK (channel IN ('web', 'line'));
    COMMENT ON COLUMN citizen_session.channel IS 'whose seats this session books; line only where there were seats for it at the log-in';
  `);
}
