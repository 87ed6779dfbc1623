import type { Knex } from 'knex';

/** What the city sets for the whole site. A change is a new row: the history is the table, and the second of two people meets the key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE site_settings (
      version integer PRIMARY KEY CHECK (version > 0),
      settings jsonb NOT NULL,
      changed_at timestamptz NOT NULL DEFAULT now(),
      changed_by uuid REFERENCES staff
    );
    CREATE TRIGGER site_settings_append_only BEFORE UPDATE OR DELETE ON site_settings
      FOR EACH ROW EXECUTE FUNCTION append_only();
    COMMENT ON TABLE site_settings IS 'the highest version is in force; none: the programme and the environment say it all';
    COMMENT ON COLUMN site_settings.changed_by IS 'none: the command line';
  `);
}
