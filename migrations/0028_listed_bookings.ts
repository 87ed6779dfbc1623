import type { Knex } from 'knex';

/**
 * What lists, figures and searches read stands in a table of its own, with the indexes that only they need. `booking` keeps those
 * that decide, and none of them looks at `state` itself: a check-in changes no index of it any more.
 *
 * One transaction: `booking` is written again (two columns), copied in one statement, and nobody books meanwhile.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Older events have none: their bookings are copied below.
    ALTER TABLE booking_event ADD COLUMN xid xid8;
    ALTER TABLE booking_event ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
    COMMENT ON COLUMN booking_event.xid IS 'the transaction that appended it: what was not visible yet at the last look is found by it, however late it committed';
    CREATE INDEX booking_event_by_transaction ON booking_event (xid) WHERE xid IS NOT NULL;

    CREATE TABLE listed_booking (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL,
      programme_version_id uuid NOT NULL,
      resident_id uuid NOT NULL,
      slot_id uuid NOT NULL,
      pair_of uuid,
      dose smallint NOT NULL,
      version integer NOT NULL,
      channel text NOT NULL,
      state text NOT NULL,
      group_code text,
      reference text,
      telephone_key bigint,
      hold_expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      listed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    COMMENT ON TABLE listed_booking IS 'a copy of booking for lists, figures and searches, kept by its events; no foreign keys: what is copied has been checked, and a check would write to the row of booking';
    COMMENT ON COLUMN listed_booking.listed_at IS 'when this row was copied';
    INSERT INTO listed_booking (id, programme_id, programme_version_id, resident_id, slot_id, pair_of, dose, version, channel, state, group_code, reference, telephone_key, hold_expires_at, created_at, updated_at)
      SELECT id, programme_id, programme_version_id, resident_id, slot_id, pair_of, dose, version, channel, state, group_code, reference, telephone_key, hold_expires_at, created_at, updated_at
        FROM booking ORDER BY id;
    CREATE INDEX listed_booking_by_slot ON listed_booking (slot_id, id) INCLUDE (state, channel);
    CREATE INDEX listed_booking_counted_by_slot ON listed_booking (slot_id, state, channel, group_code) WHERE state IN ('confirmed', 'attended', 'no_show', 'cancelled');
    CREATE INDEX listed_booking_by_state ON listed_booking (state, slot_id);
    CREATE INDEX listed_booking_by_telephone ON listed_booking (telephone_key) WHERE telephone_key IS NOT NULL;

    CREATE TABLE listed_up_to (
      is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
      snapshot pg_snapshot NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    COMMENT ON TABLE listed_up_to IS 'every event that is visible in this snapshot is in listed_booking; who copies holds the row';
    INSERT INTO listed_up_to (snapshot) VALUES (pg_current_snapshot());

    DROP INDEX booking_by_telephone, booking_by_slot_in_order, booking_counted_by_slot, booking_by_state;

    -- The predicates below were about state: every step changed it, so that every step wrote into all indexes.
    DROP INDEX booking_one_live, booking_one_move, booking_held_by_slot;
    ALTER TABLE booking
      ADD COLUMN is_live boolean NOT NULL GENERATED ALWAYS AS (state IN ('confirmed', 'attended') OR (state = 'held' AND replaces IS NULL)) STORED,
      ADD COLUMN is_held boolean NOT NULL GENERATED ALWAYS AS (state = 'held') STORED;
    CREATE UNIQUE INDEX booking_one_live ON booking (resident_id, programme_id, dose) WHERE is_live;
    CREATE UNIQUE INDEX booking_one_move ON booking (resident_id, programme_id, dose) WHERE is_held AND replaces IS NOT NULL;
    CREATE INDEX booking_held_by_slot ON booking (slot_id, channel, hold_expires_at) WHERE is_held;
    COMMENT ON COLUMN booking.is_live IS 'counts as the one live booking of its resident, programme and dose';
    COMMENT ON COLUMN booking.is_held IS 'state is held; what asks for holds says this, so that booking_held_by_slot is used';
  `);
}
