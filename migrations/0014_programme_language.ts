import type { Knex } from 'knex';

/** What programmes can say beyond one plain quota: shares of seats, cooling seats, pairs, declared groups. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE resident ADD COLUMN declared text[] NOT NULL DEFAULT '{}';
    COMMENT ON COLUMN resident.declared IS 'codes of the groups that the person declared to belong to';

    -- How many seats of a slot and channel are taken by the groups of one release rule. Rows are there only where a rule
    -- held seats back when they were taken; slot_quota stays what decides whether there is a seat at all.
    CREATE TABLE slot_share (
      slot_id uuid NOT NULL,
      channel text NOT NULL,
      code text NOT NULL,
      taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
      PRIMARY KEY (slot_id, channel, code),
      FOREIGN KEY (slot_id, channel) REFERENCES slot_quota ON DELETE CASCADE
    );
    ALTER TABLE booking ADD COLUMN share_code text, ADD COLUMN pair_of uuid REFERENCES booking;
    COMMENT ON COLUMN booking.share_code IS 'the release rule under which the seat was taken, counted in slot_share; null: none held seats back';
    COMMENT ON COLUMN booking.pair_of IS 'the booking of the dose before that was held in the same go: both are confirmed together';
    CREATE INDEX booking_pair ON booking (pair_of) WHERE pair_of IS NOT NULL;

    -- A cancelled seat that is not open yet: it still counts as taken.
    CREATE TABLE slot_cooling (
      booking_id uuid PRIMARY KEY REFERENCES booking,
      slot_id uuid NOT NULL,
      channel text NOT NULL,
      share_code text,
      reopens_at timestamptz NOT NULL,
      FOREIGN KEY (slot_id, channel) REFERENCES slot_quota ON DELETE CASCADE
    );
    CREATE INDEX slot_cooling_by_slot ON slot_cooling (slot_id, channel, reopens_at);
    CREATE INDEX slot_cooling_by_time ON slot_cooling (reopens_at);
  `);
}
