import type { Knex } from 'knex';

/** Staff send the texts they write to themselves: to an address that they have shown to be theirs, and not often. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE staff ADD COLUMN sealed_email bytea;
    COMMENT ON COLUMN staff.sealed_email IS 'AES-256-GCM of an address that this person has confirmed with a code sent to it; none: no mail to them';

    CREATE TABLE staff_email_check (
      staff_id uuid PRIMARY KEY REFERENCES staff,
      sealed_email bytea NOT NULL,
      code_hash bytea NOT NULL,
      tries integer NOT NULL DEFAULT 0,
      asked_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE staff_email_check IS 'an address that waits for its code';

    CREATE TABLE staff_mail (
      id uuid PRIMARY KEY,
      staff_id uuid NOT NULL REFERENCES staff,
      kind text NOT NULL CHECK (kind IN ('check', 'test')),
      address_key bytea NOT NULL,
      at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX staff_mail_by_staff ON staff_mail (staff_id, at);
    CREATE INDEX staff_mail_by_address ON staff_mail (address_key, at);
    COMMENT ON TABLE staff_mail IS 'one row per mail that staff had sent: what the limits count';
    COMMENT ON COLUMN staff_mail.address_key IS 'blind index of the address';
  `);
}
