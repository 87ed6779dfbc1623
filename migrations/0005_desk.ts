import type { Knex } from 'knex';

/** What the operators' desk needs: finding residents by blind indexes, identity checks, notes, permits, protected residents. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE resident ADD COLUMN search_keys bigint[] NOT NULL DEFAULT '{}', ADD COLUMN protected boolean NOT NULL DEFAULT false;
    CREATE INDEX resident_by_search_key ON resident USING gin (search_keys);
    COMMENT ON COLUMN resident.search_keys IS 'the first 8 bytes of HMACs (blind indexes): birth date, first characters of the kana; "keys rotate" makes missing ones';
    COMMENT ON COLUMN resident.protected IS 'nobody may learn from the web or by a simple identity check where this person will be';
    ALTER TABLE import_row ADD COLUMN search_keys bigint[] NOT NULL;

    ALTER TABLE booking ADD COLUMN telephone_key bigint;
    CREATE INDEX booking_by_telephone ON booking (telephone_key) WHERE telephone_key IS NOT NULL;
    COMMENT ON COLUMN booking.telephone_key IS 'the first 8 bytes of an HMAC: the telephone number given at confirmation';

    -- To clear every counter of one coupon number, those of known devices included.
    CREATE INDEX login_throttle_by_prefix ON login_throttle (key varchar_pattern_ops);

    CREATE TABLE identity_check (
      id uuid PRIMARY KEY,
      staff_id uuid NOT NULL REFERENCES staff,
      resident_id uuid NOT NULL REFERENCES resident,
      at timestamptz NOT NULL DEFAULT now(),
      passed boolean NOT NULL,
      items text[] NOT NULL,
      open_until timestamptz,
      CHECK (passed OR open_until IS NULL)
    );
    CREATE INDEX identity_check_by_resident ON identity_check (resident_id, at);
    COMMENT ON COLUMN identity_check.items IS 'what was asked: never what was said';
    COMMENT ON COLUMN identity_check.open_until IS 'until then this member of staff sees the resident''s data';

    CREATE TABLE resident_note (
      id uuid PRIMARY KEY,
      resident_id uuid NOT NULL REFERENCES resident,
      staff_id uuid NOT NULL REFERENCES staff,
      at timestamptz NOT NULL DEFAULT now(),
      sealed bytea
    );
    CREATE INDEX resident_note_by_resident ON resident_note (resident_id, id);
    COMMENT ON COLUMN resident_note.sealed IS 'AES-256-GCM of the text; null once it was erased';
    CREATE TRIGGER resident_note_append_only BEFORE UPDATE OF id, resident_id, staff_id, at ON resident_note
      FOR EACH ROW EXECUTE FUNCTION append_only();
    CREATE TRIGGER resident_note_no_delete BEFORE DELETE ON resident_note
      FOR EACH ROW EXECUTE FUNCTION append_only();

    CREATE TABLE booking_permit (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      resident_id uuid NOT NULL REFERENCES resident,
      dose smallint NOT NULL CHECK (dose > 0),
      sealed_reason bytea,
      granted_by uuid NOT NULL REFERENCES staff,
      granted_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      revoked_by uuid REFERENCES staff,
      revoked_at timestamptz,
      CHECK (expires_at > granted_at),
      CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
    );
    CREATE UNIQUE INDEX booking_permit_one ON booking_permit (resident_id, dose) WHERE revoked_at IS NULL;
    COMMENT ON TABLE booking_permit IS 'one person may book one dose by telephone before their group may, for a reason and for a time';
  `);
}
