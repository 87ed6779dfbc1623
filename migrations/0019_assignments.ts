import type { Knex } from 'knex';

/** Appointments that the city gave to people: files of them, what became of each row, and by whose word. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE assignment_run (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      file_id uuid NOT NULL REFERENCES import_file,
      channel text NOT NULL CHECK (channel IN ('web', 'phone', 'line', 'venue')),
      status text NOT NULL CHECK (status IN ('checking', 'waiting', 'booking', 'done', 'taking_back', 'taken_back', 'rejected', 'refused', 'failed')),
      staged_records integer NOT NULL DEFAULT 0 CHECK (staged_records >= 0),
      refusal jsonb,
      started_by uuid NOT NULL REFERENCES staff,
      approved_by uuid REFERENCES staff,
      take_back_asked_by uuid REFERENCES staff,
      take_back_asked_at timestamptz,
      take_back_approved_by uuid REFERENCES staff,
      created_at timestamptz NOT NULL DEFAULT now(),
      approved_at timestamptz,
      ended_at timestamptz,
      taken_back_at timestamptz,
      CONSTRAINT assignment_two_persons CHECK (approved_by <> started_by),
      CONSTRAINT assignment_take_back_two_persons CHECK (take_back_approved_by <> take_back_asked_by),
      CONSTRAINT assignment_approved CHECK (status NOT IN ('booking', 'done', 'taking_back', 'taken_back') OR approved_by IS NOT NULL),
      CONSTRAINT assignment_take_back_approved CHECK (status NOT IN ('taking_back', 'taken_back') OR (take_back_asked_by IS NOT NULL AND take_back_approved_by IS NOT NULL))
    );
    COMMENT ON TABLE assignment_run IS 'a file of appointments that the city assigned; whoever started it never approves it, nor whoever asked to take it back';
    COMMENT ON COLUMN assignment_run.channel IS 'the lane whose seats are given';
    COMMENT ON COLUMN assignment_run.staged_records IS 'records of the file that are dealt with, committed together with their rows: where a new attempt goes on';
    CREATE UNIQUE INDEX assignment_run_one_per_file ON assignment_run (file_id) WHERE status <> 'failed';

    CREATE TABLE assignment_row (
      run_id uuid NOT NULL REFERENCES assignment_run ON DELETE CASCADE,
      line integer NOT NULL,
      state text NOT NULL CHECK (state IN ('read', 'bookable', 'refused', 'booked', 'taken_back', 'kept')),
      sealed bytea,
      -- Without references: slots and residents may go; the row then says so by being refused.
      resident_id uuid,
      slot_id uuid,
      dose smallint,
      code text,
      detail jsonb,
      booking_id uuid REFERENCES booking,
      booking_version integer,
      PRIMARY KEY (run_id, line),
      CONSTRAINT assignment_row_booked CHECK (state NOT IN ('booked', 'taken_back', 'kept') OR booking_id IS NOT NULL)
    );
    COMMENT ON COLUMN assignment_row.sealed IS 'the cells of the row, for the list of faults; removed with time';
    COMMENT ON COLUMN assignment_row.booking_version IS 'the booking as the city made it: with another version somebody has touched it since';
    CREATE INDEX assignment_row_by_state ON assignment_row (run_id, state, dose, line);
    CREATE UNIQUE INDEX assignment_row_of_booking ON assignment_row (booking_id) WHERE booking_id IS NOT NULL;
    CREATE INDEX assignment_row_of_resident ON assignment_row (run_id, resident_id) WHERE resident_id IS NOT NULL;
  `);
}
