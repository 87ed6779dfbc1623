import type { Knex } from 'knex';

/** Which processes have citizens waiting right now. Worth nothing after a crash, so it is not logged. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE UNLOGGED TABLE rush (
      process_id uuid PRIMARY KEY,
      until timestamptz NOT NULL
    );
    COMMENT ON TABLE rush IS 'processes in which citizens wait, each until when it last said so: hand-over and notices step back meanwhile';
  `);
}
