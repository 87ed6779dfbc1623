import type { Knex } from 'knex';

/** An import is applied and undone part by part, each part a transaction of its own: what is done is kept beside the run. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE import_run
      ADD COLUMN parts integer CHECK (parts > 0),
      ADD COLUMN undo_step text CHECK (undo_step IN ('closing', 'restoring')),
      ADD COLUMN undo_counts jsonb;
    COMMENT ON COLUMN import_run.parts IS 'while it is applied: into how many parts its rows are divided, by the first bytes of the blind index';
    COMMENT ON COLUMN import_run.undo_step IS 'an undo is under way: closing (nobody it would remove can book any more), then restoring';

    CREATE TABLE import_part_done (
      run_id uuid NOT NULL REFERENCES import_run ON DELETE CASCADE,
      part integer NOT NULL CHECK (part >= 0),
      created integer NOT NULL DEFAULT 0,
      PRIMARY KEY (run_id, part)
    );
    COMMENT ON TABLE import_part_done IS 'parts of a run under way that are taken over, with the residents that each brought in';

    -- The rows of a run get their indexes when all are there: faster, and in the order in which they are read.
    ALTER TABLE import_row DROP CONSTRAINT import_row_pkey;
  `);
}
