import type { Knex } from 'knex';

/**
 * Which processes have citizens waiting right now: worth nothing after a crash, so it is not logged. And what happened when,
 * for who watches: events come in order of time, so a few bytes for many rows are enough to find them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE UNLOGGED TABLE rush (
      process_id uuid PRIMARY KEY,
      until timestamptz NOT NULL
    );
    COMMENT ON TABLE rush IS 'processes in which citizens wait, each until when it last said so: hand-over and notices step back meanwhile';
    CREATE INDEX booking_event_by_time ON booking_event USING brin (at) WITH (pages_per_range = 32, autosummarize = on);
  `);
}
