import type { Knex } from 'knex';

/** Slots that keep their bookings but take no new ones. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE slot ADD COLUMN stopped boolean NOT NULL DEFAULT false;
    COMMENT ON COLUMN slot.stopped IS 'its plan no longer has it, but people do: their bookings stay, and no channel takes a new one';

    ALTER TABLE slot_change ADD COLUMN stopped integer NOT NULL DEFAULT 0, ADD COLUMN reopened integer NOT NULL DEFAULT 0;
    ALTER TABLE slot_change_item ADD COLUMN stopped boolean;
    COMMENT ON COLUMN slot_change_item.stopped IS 'true: the change stopped new bookings; false: it opened the slot again; null: neither';
  `);
}
