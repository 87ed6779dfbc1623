import type { Knex } from 'knex';

/**
 * The tables of the spine. The safety rules are here, in the only place that sees every writer:
 * capacity, one live booking per resident and dose, the allowed steps of a booking, append-only events.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE programme (
      id uuid PRIMARY KEY,
      code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE programme_version (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      number integer NOT NULL CHECK (number > 0),
      status text NOT NULL CHECK (status IN ('draft', 'published', 'superseded')),
      document jsonb NOT NULL,
      checksum text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz,
      UNIQUE (programme_id, number),
      CHECK (status = 'draft' OR published_at IS NOT NULL)
    );
    CREATE UNIQUE INDEX programme_version_one_published ON programme_version (programme_id) WHERE status = 'published';

    CREATE FUNCTION programme_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.status = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'superseded'
         AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'a published programme version never changes' USING ERRCODE = 'TK001';
    END $$;
    CREATE TRIGGER programme_version_immutable BEFORE UPDATE OR DELETE ON programme_version
      FOR EACH ROW EXECUTE FUNCTION programme_version_immutable();

    CREATE TABLE import_file (
      id uuid PRIMARY KEY,
      sealed_name bytea NOT NULL,
      size_bytes bigint NOT NULL,
      sha256 bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE import_file_chunk (
      file_id uuid NOT NULL REFERENCES import_file ON DELETE CASCADE,
      seq integer NOT NULL CHECK (seq >= 0),
      sealed bytea NOT NULL,
      PRIMARY KEY (file_id, seq)
    );
    CREATE TABLE import_run (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      programme_version_id uuid NOT NULL REFERENCES programme_version,
      file_id uuid NOT NULL REFERENCES import_file,
      is_full_set boolean NOT NULL DEFAULT false,
      mapping jsonb,
      key_id text NOT NULL,
      status text NOT NULL CHECK (status IN ('checking', 'waiting', 'applying', 'applied', 'rejected', 'refused', 'failed')),
      staged_records integer NOT NULL DEFAULT 0 CHECK (staged_records >= 0),
      tally jsonb NOT NULL DEFAULT '{}',
      duplicates_settled boolean NOT NULL DEFAULT false,
      compared_after uuid REFERENCES import_run,
      summary jsonb NOT NULL DEFAULT '{}',
      result jsonb,
      approved_by text,
      removal_approved_by text,
      created_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz
    );
    CREATE INDEX import_run_by_programme ON import_run (programme_id, ended_at);
    COMMENT ON COLUMN import_run.staged_records IS 'records of the file that are dealt with, committed together with their rows: where a new attempt goes on';
    COMMENT ON COLUMN import_run.tally IS 'counts over the records dealt with so far';
    COMMENT ON COLUMN import_run.compared_after IS 'the last run applied to the programme when this one was compared: another one since, and the comparison is stale';
    COMMENT ON COLUMN import_run.key_id IS 'the key that the run''s blind indexes are made under';

    -- The shape of a run's staged rows. Each run has a table of its own like this one, so that staged rows can be
    -- dropped at once and leave no dead tuples with personal data behind.
    CREATE TABLE import_row (
      line integer PRIMARY KEY,
      resident_id uuid NOT NULL,
      coupon_index bytea NOT NULL,
      sealed bytea NOT NULL,
      digest bytea NOT NULL,
      group_code text NOT NULL
    );
    CREATE TABLE import_row_error (
      run_id uuid NOT NULL REFERENCES import_run ON DELETE CASCADE,
      line integer NOT NULL,
      code text NOT NULL,
      column_name text,
      coupon_index bytea,
      sealed_value bytea,
      PRIMARY KEY (run_id, line, code)
    );

    CREATE TABLE resident (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      coupon_index bytea NOT NULL,
      sealed bytea NOT NULL,
      digest bytea NOT NULL,
      key_id text NOT NULL,
      group_code text NOT NULL,
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'missing')),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT resident_coupon_once UNIQUE (programme_id, coupon_index)
    );
    COMMENT ON COLUMN resident.coupon_index IS 'HMAC of the coupon number (blind index)';
    COMMENT ON COLUMN resident.sealed IS 'AES-256-GCM of coupon number, date of birth and kana together';
    COMMENT ON COLUMN resident.digest IS 'HMAC of birth date and kana: tells changed from unchanged, and one person under two numbers';

    CREATE TABLE venue (
      id uuid PRIMARY KEY,
      code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
      name text NOT NULL,
      ward text NOT NULL,
      address text NOT NULL,
      access text NOT NULL DEFAULT '',
      features text[] NOT NULL DEFAULT '{}',
      map_url text,
      active boolean NOT NULL DEFAULT true,
      position integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE schedule (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      venue_id uuid NOT NULL REFERENCES venue,
      valid_from date NOT NULL,
      valid_until date NOT NULL,
      template jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      CHECK (valid_from < valid_until)
    );

    CREATE TABLE slot (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      venue_id uuid NOT NULL REFERENCES venue,
      schedule_id uuid REFERENCES schedule,
      dose smallint NOT NULL CHECK (dose > 0),
      starts_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      CHECK (starts_at < ends_at),
      CONSTRAINT slot_once UNIQUE (programme_id, venue_id, dose, starts_at)
    );
    CREATE INDEX slot_by_dose_and_time ON slot (programme_id, dose, starts_at);

    CREATE TABLE slot_quota (
      slot_id uuid NOT NULL REFERENCES slot,
      channel text NOT NULL CHECK (channel IN ('web', 'phone', 'line', 'venue')),
      capacity integer NOT NULL CHECK (capacity >= 0),
      taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
      PRIMARY KEY (slot_id, channel),
      CONSTRAINT slot_quota_capacity CHECK (taken <= capacity)
    ) WITH (fillfactor = 70);

    CREATE TABLE booking (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      programme_version_id uuid NOT NULL REFERENCES programme_version,
      resident_id uuid NOT NULL REFERENCES resident,
      dose smallint NOT NULL CHECK (dose > 0),
      slot_id uuid NOT NULL REFERENCES slot,
      channel text NOT NULL CHECK (channel IN ('web', 'phone', 'line', 'venue')),
      state text NOT NULL CHECK (state IN ('held', 'confirmed', 'attended', 'no_show', 'cancelled', 'expired', 'released')),
      version integer NOT NULL CHECK (version > 0),
      hold_expires_at timestamptz NOT NULL,
      replaces uuid REFERENCES booking,
      replaced_by uuid REFERENCES booking,
      changes integer NOT NULL DEFAULT 0 CHECK (changes >= 0),
      reference text,
      sealed_answers bytea,
      end_reason text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT booking_reference_once UNIQUE (programme_id, reference),
      CONSTRAINT booking_confirmed_has_reference CHECK (state NOT IN ('confirmed', 'attended', 'no_show') OR reference IS NOT NULL)
    ) WITH (fillfactor = 80);
    -- One live booking per resident, programme and dose. A hold that replaces a booking stands beside it until it is
    -- confirmed, so it has a rule of its own: one such hold at a time.
    CREATE UNIQUE INDEX booking_one_live ON booking (resident_id, programme_id, dose)
      WHERE state IN ('confirmed', 'attended') OR (state = 'held' AND replaces IS NULL);
    CREATE UNIQUE INDEX booking_one_move ON booking (resident_id, programme_id, dose)
      WHERE state = 'held' AND replaces IS NOT NULL;
    CREATE INDEX booking_by_resident ON booking (resident_id);
    CREATE INDEX booking_held_by_slot ON booking (slot_id, channel, hold_expires_at) WHERE state = 'held';

    CREATE TABLE booking_transition (
      from_state text NOT NULL,
      to_state text NOT NULL,
      PRIMARY KEY (from_state, to_state)
    );
    INSERT INTO booking_transition VALUES
      ('held', 'confirmed'), ('held', 'expired'), ('held', 'released'),
      ('confirmed', 'cancelled'), ('confirmed', 'attended'), ('confirmed', 'no_show');

    CREATE FUNCTION booking_step_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM booking_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'a booking cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'TK002';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER booking_step_allowed BEFORE UPDATE OF state ON booking
      FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION booking_step_allowed();

    CREATE TABLE booking_event (
      booking_id uuid NOT NULL REFERENCES booking,
      version integer NOT NULL CHECK (version > 0),
      type text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      actor text NOT NULL,
      reason text,
      facts jsonb NOT NULL,
      claimed_until timestamptz,
      delivered_at timestamptz,
      PRIMARY KEY (booking_id, version)
    );
    CREATE INDEX booking_event_undelivered ON booking_event (at) WHERE delivered_at IS NULL;

    CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'TK003';
    END $$;
    CREATE TRIGGER booking_event_append_only
      BEFORE UPDATE OF booking_id, version, type, at, actor, reason, facts ON booking_event
      FOR EACH ROW EXECUTE FUNCTION append_only();
    CREATE TRIGGER booking_event_no_delete BEFORE DELETE ON booking_event
      FOR EACH ROW EXECUTE FUNCTION append_only();

    CREATE TABLE notice (
      id uuid PRIMARY KEY,
      booking_id uuid NOT NULL REFERENCES booking,
      step text NOT NULL,
      occurrence text NOT NULL,
      channel text,
      status text NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'unclear', 'skipped')),
      skip_reason text,
      attempts integer NOT NULL DEFAULT 0,
      last_error text,
      queued_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      CONSTRAINT notice_once UNIQUE (booking_id, step, occurrence)
    );
    COMMENT ON COLUMN notice.status IS 'unclear: handed to the mail server, the answer was lost; never sent again by itself, a person decides';

    CREATE TABLE inbox_message (
      notice_id uuid PRIMARY KEY,
      channel text NOT NULL,
      recipient text NOT NULL,
      subject text NOT NULL,
      body_text text NOT NULL,
      body_html text NOT NULL,
      sent_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE inbox_message IS 'demo mode only: what would have left the machine';

    CREATE TABLE citizen_session (
      token_hash bytea PRIMARY KEY,
      resident_id uuid NOT NULL REFERENCES resident,
      created_at timestamptz NOT NULL DEFAULT now(),
      seen_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX citizen_session_by_age ON citizen_session (created_at);

    CREATE TABLE idempotency_key (
      resident_id uuid NOT NULL REFERENCES resident,
      key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
      operation text NOT NULL,
      response jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (resident_id, key)
    );
    CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);

    CREATE TABLE login_throttle (
      key varchar(255) PRIMARY KEY,
      points integer NOT NULL DEFAULT 0,
      expire bigint
    );
  `);
}
