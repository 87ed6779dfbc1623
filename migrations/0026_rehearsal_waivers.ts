import type { Knex } from 'knex';

/** Publishing without a rehearsal, where the Temporal server cannot skip time: who decided it, when, and why. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE rehearsal_waiver (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      draft_version integer NOT NULL CHECK (draft_version > 0),
      checksum text NOT NULL,
      reason text NOT NULL CHECK (length(btrim(reason)) > 0),
      waived_by uuid NOT NULL REFERENCES staff,
      waived_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE rehearsal_waiver IS 'why a document was published without a rehearsal; never changes';
    COMMENT ON COLUMN rehearsal_waiver.checksum IS 'of the document that it holds for: another one needs a waiver of its own';

    CREATE FUNCTION rehearsal_waiver_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'a waiver never changes' USING ERRCODE = 'TK001';
    END $$;
    CREATE TRIGGER rehearsal_waiver_immutable BEFORE UPDATE OR DELETE ON rehearsal_waiver
      FOR EACH ROW EXECUTE FUNCTION rehearsal_waiver_immutable();

    ALTER TABLE programme_version ADD COLUMN waiver_id uuid REFERENCES rehearsal_waiver;
    ALTER TABLE programme_release ADD COLUMN waiver_id uuid REFERENCES rehearsal_waiver;
  `);
}
