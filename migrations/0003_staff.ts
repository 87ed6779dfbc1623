import type { Knex } from 'knex';

/** Accounts and sessions of staff, and the audit: append-only, each row linked to the one before by its hash. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE staff (
      id uuid PRIMARY KEY,
      login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
      display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
      role text NOT NULL CHECK (role IN ('city_admin', 'supervisor', 'operator', 'reception', 'auditor')),
      password_hash text NOT NULL,
      password_expires_at timestamptz,
      sealed_totp bytea,
      totp_last_step bigint,
      disabled_at timestamptz,
      version integer NOT NULL DEFAULT 1 CHECK (version > 0),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON COLUMN staff.password_hash IS 'Argon2id, 19 MiB, t=2, p=1';
    COMMENT ON COLUMN staff.password_expires_at IS 'set: a one-time password, good for the first log-in only, where a new one is chosen';
    COMMENT ON COLUMN staff.sealed_totp IS 'AES-256-GCM of the secret of the one-time codes; none: demo accounts, which only get in in demo mode';
    COMMENT ON COLUMN staff.totp_last_step IS 'the last period of 30 s whose code was used: each code counts once';

    CREATE TABLE staff_recovery_code (
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      code_hash bytea NOT NULL,
      used_at timestamptz,
      PRIMARY KEY (staff_id, code_hash)
    );

    CREATE TABLE staff_session (
      token_hash bytea PRIMARY KEY,
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      seen_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX staff_session_by_staff ON staff_session (staff_id);

    CREATE TABLE audit_event (
      seq bigint PRIMARY KEY CHECK (seq > 0),
      at timestamptz NOT NULL,
      actor_kind text NOT NULL,
      actor_id uuid,
      action text NOT NULL,
      subject_kind text,
      subject_id uuid,
      resident_id uuid,
      origin text NOT NULL,
      result text NOT NULL,
      detail text NOT NULL,
      request_id uuid,
      key_id text NOT NULL,
      hash bytea NOT NULL,
      seal bytea NOT NULL
    );
    CREATE INDEX audit_event_by_resident ON audit_event (resident_id, seq) WHERE resident_id IS NOT NULL;
    CREATE INDEX audit_event_by_actor ON audit_event (actor_id, seq) WHERE actor_id IS NOT NULL;
    COMMENT ON COLUMN audit_event.detail IS 'JSON with sorted keys: codes, counts and ids; never numbers, dates of birth, names or tokens';
    COMMENT ON COLUMN audit_event.hash IS 'SHA-256 over the hash of the row before and this row';
    COMMENT ON COLUMN audit_event.seal IS 'HMAC of the hash under a key outside the database: a chain made anew is noticed';

    CREATE TABLE audit_head (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      seq bigint NOT NULL,
      hash bytea NOT NULL
    );
    INSERT INTO audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
    COMMENT ON TABLE audit_head IS 'the last row of the audit; locked while one is added, so that they come one after the other';

    CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
      FOR EACH ROW EXECUTE FUNCTION append_only();
    CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
      FOR EACH STATEMENT EXECUTE FUNCTION append_only();
  `);
}
