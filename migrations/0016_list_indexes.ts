import type { Knex } from 'knex';

/** What the bench of the staff's tables found slow: bookings of a state that few have, and how mail went during a day. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX booking_by_state ON booking (state, slot_id);
    CREATE INDEX notice_sent_by_time ON notice (sent_at) WHERE status = 'sent';
    CREATE INDEX notice_wrong_by_time ON notice (updated_at) WHERE status IN ('failed', 'unclear');
  `);
}
