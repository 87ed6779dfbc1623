import type { Knex } from 'knex';

/** The key that proves where ticks come from is derived from the key ring: nothing of it is stored. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE day_file DROP COLUMN sealed_key;
    COMMENT ON TABLE day_file IS 'day lists given out for work without the network: who took which list along, and where ticks may come from';
  `);
}
