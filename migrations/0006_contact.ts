import type { Knex } from 'knex';

/** Who could not be told: the order of the notices, the callback list, and the indexes that the staff's lists walk along. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE callback (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      resident_id uuid NOT NULL REFERENCES resident,
      cause text NOT NULL CHECK (cause IN ('notice_failed', 'no_address', 'promised')),
      booking_id uuid REFERENCES booking,
      notice_id uuid REFERENCES notice,
      sealed_note bytea,
      due_at timestamptz NOT NULL,
      assigned_to uuid REFERENCES staff,
      done_at timestamptz,
      done_by uuid REFERENCES staff,
      outcome text CHECK (outcome IN ('reached', 'settled', 'told_by_notice')),
      version integer NOT NULL DEFAULT 1 CHECK (version > 0),
      created_by uuid REFERENCES staff,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT callback_done_has_outcome CHECK ((done_at IS NULL) = (outcome IS NULL))
    );
    COMMENT ON COLUMN callback.created_by IS 'none: it came by itself, in the transaction that closed the notice';
    COMMENT ON COLUMN callback.sealed_note IS 'AES-256-GCM: what people write down of a call is about a person';
    -- However many notices fail, one person is called once about it.
    CREATE UNIQUE INDEX callback_one_open ON callback (resident_id, cause) WHERE done_at IS NULL;
    CREATE INDEX callback_open_by_due ON callback (due_at, id) WHERE done_at IS NULL;
    CREATE INDEX callback_open_by_assignee ON callback (assigned_to, due_at, id) WHERE done_at IS NULL;
    CREATE INDEX callback_open_by_booking ON callback (booking_id) WHERE done_at IS NULL;
    CREATE INDEX callback_done_by_time ON callback (done_at, id) WHERE done_at IS NOT NULL;
    CREATE INDEX callback_by_resident ON callback (resident_id);

    CREATE TABLE callback_attempt (
      id uuid PRIMARY KEY,
      callback_id uuid NOT NULL REFERENCES callback ON DELETE CASCADE,
      at timestamptz NOT NULL DEFAULT now(),
      staff_id uuid NOT NULL REFERENCES staff,
      outcome text NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'busy', 'left_message', 'wrong_number')),
      sealed_note bytea
    );
    CREATE INDEX callback_attempt_by_callback ON callback_attempt (callback_id, id);

    ALTER TABLE notice ADD COLUMN handled_at timestamptz;
    ALTER TABLE notice ADD COLUMN handled_by uuid REFERENCES callback;
    ALTER TABLE notice ADD COLUMN urgency smallint NOT NULL GENERATED ALWAYS AS (
      CASE WHEN handled_at IS NOT NULL THEN 0 WHEN status = 'failed' THEN 2 WHEN status = 'unclear' THEN 1 ELSE 0 END) STORED;
    COMMENT ON COLUMN notice.handled_at IS 'the person knows after all: a later notice of the same step left, or somebody called';
    COMMENT ON COLUMN notice.handled_by IS 'the call that settled it; taken back with it';
    COMMENT ON COLUMN notice.urgency IS '2 failed, 1 unclear, 0 nothing to do: the order of the list';
    CREATE INDEX notice_by_urgency ON notice (urgency, id);
    CREATE INDEX notice_by_status ON notice (status, urgency, id);
    CREATE INDEX notice_by_step ON notice (step, urgency, id);
    CREATE INDEX notice_urgent_by_booking ON notice (booking_id) WHERE urgency > 0;
    CREATE INDEX notice_handled_by ON notice (handled_by) WHERE handled_by IS NOT NULL;

    CREATE INDEX booking_by_slot_in_order ON booking (slot_id, id) INCLUDE (state, channel);

    CREATE INDEX audit_event_by_time ON audit_event (at, seq);
    CREATE INDEX audit_event_by_action ON audit_event (action, seq);
    CREATE INDEX audit_event_by_subject ON audit_event (subject_id, seq) WHERE subject_id IS NOT NULL;
    CREATE INDEX audit_event_touching ON audit_event (at) INCLUDE (resident_id, actor_id, action) WHERE resident_id IS NOT NULL;
  `);
}
