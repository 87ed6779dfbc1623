import type { Knex } from 'knex';

/** What a citizen typed but has not confirmed yet lives and dies with the session. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE citizen_session ADD COLUMN sealed_draft bytea;
    COMMENT ON COLUMN citizen_session.sealed_draft IS 'AES-256-GCM of form fields not confirmed yet';
  `);
}
