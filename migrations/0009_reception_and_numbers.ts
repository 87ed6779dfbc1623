import type { Knex } from 'knex';

/**
 * The venue's day and the city's figures: steps that take an end back, the group under which somebody booked, searches
 * that found no seat, and exports that two persons let out.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    INSERT INTO booking_transition VALUES ('attended', 'confirmed'), ('no_show', 'attended');

    ALTER TABLE booking ADD COLUMN group_code text;
    COMMENT ON COLUMN booking.group_code IS 'the resident''s group when the seat was taken: the figures of a day do not move when the city sorts people anew';
    UPDATE booking b SET group_code = r.group_code FROM resident r WHERE r.id = b.resident_id;

    -- The figures of many days, and the list of one day, from the index alone. A hold is not in it: the hot path does not pay.
    CREATE INDEX booking_counted_by_slot ON booking (slot_id, state, channel, group_code) WHERE state IN ('confirmed', 'attended', 'no_show', 'cancelled');
    CREATE INDEX slot_by_time ON slot (programme_id, starts_at);

    CREATE TABLE unmet_search (
      programme_id uuid NOT NULL REFERENCES programme,
      day date NOT NULL,
      venue_id uuid REFERENCES venue,
      dose smallint NOT NULL CHECK (dose > 0),
      channel text NOT NULL CHECK (channel IN ('web', 'phone', 'line', 'venue')),
      people integer NOT NULL CHECK (people > 0),
      CONSTRAINT unmet_search_once UNIQUE NULLS NOT DISTINCT (programme_id, day, venue_id, dose, channel)
    );
    COMMENT ON TABLE unmet_search IS 'how many people looked for a seat on a day and found none; nothing about who. No venue: the whole city';

    CREATE TABLE data_export (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      kind text NOT NULL CHECK (kind IN ('bookings')),
      parameters jsonb NOT NULL,
      reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
      asked_by uuid NOT NULL REFERENCES staff,
      asked_at timestamptz NOT NULL DEFAULT now(),
      decided_by uuid REFERENCES staff,
      decided_at timestamptz,
      approved boolean,
      usable_until timestamptz,
      downloaded_by uuid REFERENCES staff,
      downloaded_at timestamptz,
      CONSTRAINT data_export_two_persons CHECK (decided_by <> asked_by),
      CONSTRAINT data_export_decided CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (approved IS NULL)),
      CONSTRAINT data_export_usable CHECK ((usable_until IS NOT NULL) = coalesce(approved, false)),
      CONSTRAINT data_export_after_approval CHECK (downloaded_at IS NULL OR (approved AND downloaded_at < usable_until))
    );
    CREATE INDEX data_export_by_time ON data_export (asked_at);

    -- What was asked for never changes after it was asked: a second person approves what they have read, and it leaves once.
    CREATE FUNCTION data_export_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (NEW.id, NEW.programme_id, NEW.kind, NEW.parameters, NEW.reason, NEW.asked_by, NEW.asked_at)
         IS DISTINCT FROM (OLD.id, OLD.programme_id, OLD.kind, OLD.parameters, OLD.reason, OLD.asked_by, OLD.asked_at)
         OR (OLD.decided_at IS NOT NULL AND (NEW.decided_by, NEW.decided_at, NEW.approved, NEW.usable_until)
             IS DISTINCT FROM (OLD.decided_by, OLD.decided_at, OLD.approved, OLD.usable_until))
         OR OLD.downloaded_at IS NOT NULL THEN
        RAISE EXCEPTION 'an export is asked for, decided and downloaded once' USING ERRCODE = 'TK004';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER data_export_guard BEFORE UPDATE ON data_export FOR EACH ROW EXECUTE FUNCTION data_export_guard();

    CREATE TABLE day_file (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      venue_id uuid NOT NULL REFERENCES venue,
      day date NOT NULL,
      sealed_key bytea NOT NULL,
      bookings integer NOT NULL CHECK (bookings >= 0),
      made_by uuid NOT NULL REFERENCES staff,
      made_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE day_file IS 'day lists given out for work without the network; sealed_key proves that ticks come from one of them';
  `);
}
