import type { Knex } from 'knex';

/** Bringing a published version to the bookings of older ones: a process that two people start, with a row per booking it looked at. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE programme_change (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      programme_version_id uuid NOT NULL REFERENCES programme_version,
      asked_by uuid NOT NULL REFERENCES staff,
      asked_at timestamptz NOT NULL DEFAULT now(),
      approved_by uuid REFERENCES staff,
      approved_at timestamptz,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'stopped', 'rejected', 'superseded')),
      expected integer NOT NULL DEFAULT 0 CHECK (expected >= 0),
      ended_by uuid REFERENCES staff,
      ended_at timestamptz,
      CONSTRAINT programme_change_two_persons CHECK (approved_by IS NULL OR approved_by <> asked_by),
      CONSTRAINT programme_change_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (state NOT IN ('running', 'done') OR approved_by IS NOT NULL)),
      CONSTRAINT programme_change_ended CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL))
    );
    CREATE UNIQUE INDEX programme_change_one_open ON programme_change (programme_id) WHERE state IN ('waiting', 'running');
    CREATE INDEX programme_change_by_programme ON programme_change (programme_id, asked_at);
    COMMENT ON COLUMN programme_change.expected IS 'bookings of older versions when it was approved: what the progress is measured by';
    COMMENT ON COLUMN programme_change.ended_by IS 'who stopped or rejected it';

    CREATE TABLE programme_change_booking (
      change_id uuid NOT NULL REFERENCES programme_change,
      booking_id uuid NOT NULL REFERENCES booking,
      outcome text NOT NULL CHECK (outcome IN ('moved', 'stayed', 'failed')),
      reason text,
      PRIMARY KEY (change_id, booking_id),
      CHECK ((outcome = 'moved') = (reason IS NULL))
    );
    COMMENT ON TABLE programme_change_booking IS 'written in the transaction of each booking: an attempt that died is neither counted twice nor forgotten';

    ALTER TABLE programme_release ADD COLUMN reach_bookings boolean NOT NULL DEFAULT false;
    COMMENT ON COLUMN programme_release.reach_bookings IS 'the wish that the version be brought to running bookings: another person still decides';

    -- A booking keeps the version it was made under, but for a change that two people want and that runs.
    CREATE FUNCTION booking_keeps_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state <> 'confirmed' OR NEW.state <> 'confirmed' OR NEW.version <> OLD.version + 1
         OR NOT EXISTS (SELECT 1 FROM programme_change c JOIN programme_version wanted ON wanted.id = c.programme_version_id JOIN programme_version pinned ON pinned.id = OLD.programme_version_id
                         WHERE c.programme_id = NEW.programme_id AND c.programme_version_id = NEW.programme_version_id AND c.state = 'running' AND wanted.number > pinned.number) THEN
        RAISE EXCEPTION 'a booking keeps the version of its programme, but for an approved change that runs' USING ERRCODE = 'TK006';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER booking_keeps_version BEFORE UPDATE OF programme_version_id ON booking
      FOR EACH ROW WHEN (OLD.programme_version_id IS DISTINCT FROM NEW.programme_version_id) EXECUTE FUNCTION booking_keeps_version();
  `);
}
