import type { Knex } from 'knex';

/** Protected residents are written to only where a supervisor has confirmed an address, and never by LINE. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE confirmed_address (
      resident_id uuid PRIMARY KEY REFERENCES resident ON DELETE CASCADE,
      sealed_email bytea NOT NULL,
      confirmed_by uuid NOT NULL REFERENCES staff,
      confirmed_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE confirmed_address IS 'where a protected resident may be written to; without a row their notices are withheld';
    DELETE FROM line_link l USING resident r WHERE r.id = l.resident_id AND r.protected;
    DELETE FROM line_nonce n USING resident r WHERE r.id = n.resident_id AND r.protected;
  `);
}
