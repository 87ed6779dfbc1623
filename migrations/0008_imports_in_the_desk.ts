import type { Knex } from 'knex';

/** Imports from the desk and from the drop folder: settings per programme, where a run came from, new numbers, undo. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE import_settings (
      programme_id uuid PRIMARY KEY REFERENCES programme,
      mapping jsonb,
      max_mebibytes integer NOT NULL DEFAULT 100 CHECK (max_mebibytes BETWEEN 1 AND 1024),
      max_rows integer NOT NULL DEFAULT 1000000 CHECK (max_rows BETWEEN 1 AND 10000000),
      automatic_percent integer NOT NULL DEFAULT 95 CHECK (automatic_percent BETWEEN 1 AND 101),
      two_persons boolean NOT NULL DEFAULT false,
      version integer NOT NULL DEFAULT 1 CHECK (version > 0),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON COLUMN import_settings.automatic_percent IS 'drop folder: taken over without asking when at least this share of the rows is what is known already; 101: always asks';
    COMMENT ON COLUMN import_settings.two_persons IS 'whoever started an import may not approve it';

    ALTER TABLE import_file
      ADD COLUMN programme_id uuid REFERENCES programme,
      ADD COLUMN uploaded_by text,
      ADD COLUMN encoding text CHECK (encoding IN ('utf-8', 'shift_jis')),
      ADD COLUMN line_count integer CHECK (line_count >= 0);
    COMMENT ON COLUMN import_file.line_count IS 'line breaks: how far an import is, roughly';

    ALTER TABLE import_run
      ADD COLUMN source text NOT NULL DEFAULT 'command_line' CHECK (source IN ('command_line', 'desk', 'drop_folder')),
      ADD COLUMN started_by text,
      ADD COLUMN row_limit integer CHECK (row_limit > 0),
      ADD COLUMN automatic_percent integer,
      ADD COLUMN refusal jsonb,
      ADD COLUMN undone_at timestamptz,
      ADD COLUMN undone_by text,
      ADD COLUMN undo_result jsonb,
      DROP CONSTRAINT import_run_status_check,
      ADD CONSTRAINT import_run_status_check CHECK (status IN ('checking', 'waiting', 'applying', 'applied', 'rejected', 'refused', 'failed', 'undone'));
    -- The double click on "start" is one import; a run that broke down may be followed by another of the same file.
    CREATE UNIQUE INDEX import_run_one_per_file ON import_run (file_id) WHERE status <> 'failed';
    CREATE INDEX import_run_open ON import_run (created_at) WHERE status IN ('checking', 'waiting', 'applying');

    CREATE TABLE import_carry_over (
      run_id uuid NOT NULL REFERENCES import_run ON DELETE CASCADE,
      resident_id uuid NOT NULL REFERENCES resident ON DELETE CASCADE,
      line integer NOT NULL,
      is_wanted boolean NOT NULL DEFAULT true,
      PRIMARY KEY (run_id, resident_id),
      UNIQUE (run_id, line)
    );
    COMMENT ON TABLE import_carry_over IS 'one person under a new coupon number: the resident keeps their bookings and gets the number of this line';

    -- Without a reference: checking one for each of 800,000 new rows would be a good part of an import.
    ALTER TABLE resident ADD COLUMN created_by_run uuid;
    CREATE INDEX citizen_session_by_resident ON citizen_session (resident_id);
  `);
}
