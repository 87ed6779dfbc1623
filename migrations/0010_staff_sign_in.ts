import type { Knex } from 'knex';

/** People who log in through the city's identity provider, and authenticator apps that their owner sets up at the first log-in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE staff
      ALTER COLUMN password_hash DROP NOT NULL,
      ADD COLUMN sealed_totp_new bytea,
      ADD COLUMN oidc_issuer text,
      ADD COLUMN oidc_subject text,
      ADD CONSTRAINT staff_oidc_whole CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL)),
      ADD CONSTRAINT staff_oidc_once UNIQUE (oidc_issuer, oidc_subject);
    COMMENT ON COLUMN staff.password_hash IS 'Argon2id, 19 MiB, t=2, p=1; none: logs in through the identity provider alone';
    COMMENT ON COLUMN staff.sealed_totp IS 'AES-256-GCM of the secret of the one-time codes; none beside a one-time password: its owner sets the app up at the first log-in; none beside an own password: demo accounts, which only get in in demo mode';
    COMMENT ON COLUMN staff.sealed_totp_new IS 'a secret shown to its owner, in force once they have sent a code of it';
    COMMENT ON COLUMN staff.oidc_subject IS 'who this is at the identity provider: stable, and never given to somebody else';

    ALTER TABLE staff_session ADD COLUMN way text NOT NULL DEFAULT 'local' CHECK (way IN ('local', 'oidc'));
  `);
}
