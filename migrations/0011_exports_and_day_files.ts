import type { Knex } from 'knex';

/** The key that proves where ticks come from is derived from the key ring, so nothing of it is stored; an undecided export is not downloaded. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE data_export DROP CONSTRAINT data_export_after_approval;
    -- A comparison with nothing is unknown, and what is unknown passes a check: hence the coalesce.
    ALTER TABLE data_export ADD CONSTRAINT data_export_after_approval CHECK (downloaded_at IS NULL OR coalesce(approved AND downloaded_at < usable_until, false));

    ALTER TABLE day_file DROP COLUMN sealed_key;
    COMMENT ON TABLE day_file IS 'day lists given out for work without the network: who took which list along, and where ticks may come from';
  `);
}
