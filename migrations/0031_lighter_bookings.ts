import type { Knex } from 'knex';

/** What every booking paid for and nobody needed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The programme is that of the version, which has a key of its own: the row of the programme was locked once for every hold.
    ALTER TABLE booking DROP CONSTRAINT booking_programme_id_fkey;
    -- The second of two is found among the bookings of its person.
    DROP INDEX booking_pair;
    -- Keys are only ever removed by their age, and they arrive in its order: a few bytes for a hundred pages do as well as an entry for each.
    DROP INDEX idempotency_key_by_age;
    CREATE INDEX idempotency_key_by_age ON idempotency_key USING brin (created_at) WITH (pages_per_range = 32);
  `);
}
