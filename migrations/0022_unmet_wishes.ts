import type { Knex } from 'knex';

/** Who wanted a seat and found none in the whole city: people, not searches, until they have one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE unmet_wish (
      resident_id uuid NOT NULL REFERENCES resident ON DELETE CASCADE,
      programme_id uuid NOT NULL REFERENCES programme,
      dose smallint NOT NULL CHECK (dose > 0),
      day date NOT NULL,
      PRIMARY KEY (resident_id, dose, day)
    );
    COMMENT ON TABLE unmet_wish IS 'on this day this person looked for a seat and the whole city had none; shown as counts only, removed after 400 days';
    CREATE INDEX unmet_wish_by_day ON unmet_wish (programme_id, dose, day);
  `);
}
