import type { Knex } from 'knex';

/** Two people who edit the same venue: the second is told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE venue ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0)`);
}
