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

    -- A reference is checked row by row, which was a third of what taking 800,000 residents over costs. They come thousands at
    -- a time and all of one programme, so it is checked once for each statement, with the same lock on the programme.
    ALTER TABLE resident DROP CONSTRAINT resident_programme_id_fkey;
    CREATE FUNCTION resident_has_programme() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      wanted uuid;
    BEGIN
      FOR wanted IN SELECT DISTINCT programme_id FROM added LOOP
        PERFORM 1 FROM programme WHERE id = wanted FOR KEY SHARE;
        IF NOT FOUND THEN
          RAISE foreign_key_violation USING MESSAGE = format('resident of programme %s, which is not there', wanted);
        END IF;
      END LOOP;
      RETURN NULL;
    END $$;
    CREATE TRIGGER resident_has_programme AFTER INSERT ON resident
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION resident_has_programme();

    CREATE FUNCTION resident_keeps_programme() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE foreign_key_violation USING MESSAGE = 'a resident keeps the programme';
    END $$;
    CREATE TRIGGER resident_keeps_programme BEFORE UPDATE OF programme_id ON resident
      FOR EACH ROW WHEN (new.programme_id <> old.programme_id) EXECUTE FUNCTION resident_keeps_programme();

    CREATE FUNCTION programme_has_no_residents() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM resident WHERE programme_id = old.id) THEN
        RAISE foreign_key_violation USING MESSAGE = format('programme %s has residents', old.id);
      END IF;
      RETURN old;
    END $$;
    -- After, when the row is locked: who adds residents at the same moment waits, and finds no programme.
    CREATE TRIGGER programme_has_no_residents AFTER DELETE OR UPDATE OF id ON programme
      FOR EACH ROW EXECUTE FUNCTION programme_has_no_residents();
  `);
}
