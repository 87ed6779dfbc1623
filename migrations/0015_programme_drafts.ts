import type { Knex } from 'knex';

/** How a programme changes: drafts with their steps, who edited and who published, rehearsals, publishing at a set time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE programme ADD COLUMN seat_share numeric(4, 3) NOT NULL DEFAULT 0.100 CHECK (seat_share BETWEEN 0 AND 1);
    COMMENT ON COLUMN programme.seat_share IS 'seats for the first dose, as a share of those who may book, below which a check warns';

    ALTER TABLE programme_version
      ADD COLUMN edited_by uuid[] NOT NULL DEFAULT '{}',
      ADD COLUMN published_by uuid REFERENCES staff,
      ADD CONSTRAINT programme_version_two_persons CHECK (published_by IS NULL OR (cardinality(edited_by) > 0 AND NOT published_by = ANY (edited_by)));
    COMMENT ON COLUMN programme_version.edited_by IS 'everybody who changed the draft that this version was; none of them may publish it';

    CREATE TABLE programme_draft (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL UNIQUE REFERENCES programme,
      document jsonb NOT NULL,
      version integer NOT NULL DEFAULT 1 CHECK (version > 0),
      step integer NOT NULL DEFAULT 1 CHECK (step > 0),
      based_on integer,
      edited_by uuid[] NOT NULL CHECK (cardinality(edited_by) > 0),
      updated_by uuid NOT NULL REFERENCES staff,
      updated_at timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE programme_draft IS 'what is being edited; may break the rules of a document, and reaches no citizen';
    COMMENT ON COLUMN programme_draft.version IS 'one more with every change, undoing included: the second of two editors is told';
    COMMENT ON COLUMN programme_draft.step IS 'where in the steps the document stands: undoing goes back, an edit after it drops what was undone';

    CREATE TABLE programme_draft_step (
      draft_id uuid NOT NULL REFERENCES programme_draft ON DELETE CASCADE,
      step integer NOT NULL CHECK (step > 0),
      document jsonb NOT NULL,
      staff_id uuid NOT NULL REFERENCES staff,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (draft_id, step)
    );

    CREATE TABLE programme_rehearsal (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      checksum text NOT NULL,
      document jsonb NOT NULL,
      script jsonb NOT NULL,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'unsupported')),
      progress integer NOT NULL DEFAULT 0,
      report jsonb,
      passed boolean,
      asked_by uuid NOT NULL REFERENCES staff,
      asked_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz,
      CHECK ((state = 'done') = (report IS NOT NULL AND passed IS NOT NULL))
    );
    CREATE INDEX programme_rehearsal_by_programme ON programme_rehearsal (programme_id, id);
    COMMENT ON COLUMN programme_rehearsal.checksum IS 'of the document that was rehearsed: another one needs a rehearsal of its own';

    CREATE TABLE programme_release (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      draft_id uuid NOT NULL,
      checksum text NOT NULL,
      publish_at timestamptz NOT NULL,
      asked_by uuid NOT NULL REFERENCES staff,
      asked_at timestamptz NOT NULL DEFAULT now(),
      state text NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'published', 'cancelled', 'refused')),
      reason text,
      ended_at timestamptz,
      CHECK ((state = 'scheduled') = (ended_at IS NULL))
    );
    CREATE UNIQUE INDEX programme_release_one ON programme_release (programme_id) WHERE state = 'scheduled';
    COMMENT ON TABLE programme_release IS 'publishing at a set time; meanwhile the draft does not change';
  `);
}
