import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row can have several namesakes and one resident several: a pair is what is decided, and nobody is joined twice.
    ALTER TABLE import_carry_over
      ALTER COLUMN is_wanted SET DEFAULT false,
      ADD COLUMN evidence text NOT NULL DEFAULT 'not_in_full_set' CHECK (evidence IN ('not_in_full_set', 'previous_number')),
      DROP CONSTRAINT import_carry_over_pkey,
      DROP CONSTRAINT import_carry_over_run_id_line_key,
      ADD PRIMARY KEY (run_id, line, resident_id);
    ALTER TABLE import_carry_over ALTER COLUMN evidence DROP DEFAULT;
    CREATE UNIQUE INDEX import_carry_over_one_resident ON import_carry_over (run_id, resident_id) WHERE is_wanted;
    CREATE UNIQUE INDEX import_carry_over_one_row ON import_carry_over (run_id, line) WHERE is_wanted;
    COMMENT ON TABLE import_carry_over IS 'a row and a resident with the same kana and birth date who may be one person; is_wanted: somebody said that they are, so the resident keeps their bookings and gets the number of this line';
    COMMENT ON COLUMN import_carry_over.evidence IS 'why they may be one person';

    -- What was joined without a decision is two people again; what was compared so far is compared once more.
    UPDATE import_carry_over SET is_wanted = false
     WHERE run_id IN (SELECT id FROM import_run WHERE status IN ('checking', 'waiting', 'applying'));
    UPDATE import_run SET compared_after = id WHERE status IN ('checking', 'waiting', 'applying');

    ALTER TABLE import_row ADD COLUMN previous_index bytea;
    COMMENT ON COLUMN import_row.previous_index IS 'blind index of the number that the file says this person had before';
  `);
}
