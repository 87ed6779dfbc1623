import type { Knex } from 'knex';

/** LINE: whose account belongs to which resident, how one is linked, what its webhook told, and the broadcasts of a programme. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE line_link (
      id uuid PRIMARY KEY,
      resident_id uuid NOT NULL UNIQUE REFERENCES resident ON DELETE CASCADE,
      user_index bytea NOT NULL,
      sealed_user bytea NOT NULL,
      linked_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX line_link_by_user ON line_link (user_index);
    COMMENT ON TABLE line_link IS 'one LINE account for a resident; an account may stand for several (somebody who looks after a family)';
    COMMENT ON COLUMN line_link.user_index IS 'blind index of the account, to find its links when it blocks us';

    CREATE TABLE line_link_token (
      token_hash bytea PRIMARY KEY,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE line_link_token IS 'link tokens that LINE gave us and nobody has used yet; gone with their use or after minutes';

    CREATE TABLE line_nonce (
      nonce_hash bytea PRIMARY KEY,
      resident_id uuid NOT NULL REFERENCES resident ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE line_nonce IS 'for whom LINE may name an account: gone with their use or after minutes';

    CREATE TABLE line_event (
      id text PRIMARY KEY,
      sealed bytea,
      attempts integer NOT NULL DEFAULT 0,
      received_at timestamptz NOT NULL DEFAULT now(),
      due_at timestamptz NOT NULL DEFAULT now(),
      done_at timestamptz,
      CHECK ((done_at IS NULL) = (sealed IS NOT NULL))
    );
    CREATE INDEX line_event_open ON line_event (due_at) WHERE done_at IS NULL;
    COMMENT ON TABLE line_event IS 'what the webhook was told, by webhookEventId; the content goes when it is dealt with, the id stays for some days';

    CREATE TABLE line_broadcast (
      id uuid PRIMARY KEY,
      programme_id uuid NOT NULL REFERENCES programme,
      programme_version_id uuid NOT NULL REFERENCES programme_version,
      broadcast text NOT NULL,
      day date NOT NULL,
      status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'skipped', 'failed', 'unclear')),
      reason text,
      body text,
      venues integer NOT NULL DEFAULT 0,
      seats integer NOT NULL DEFAULT 0,
      attempts integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      CONSTRAINT line_broadcast_once UNIQUE (programme_id, broadcast, day),
      CHECK (status NOT IN ('sending', 'sent', 'unclear') OR body IS NOT NULL)
    );
    COMMENT ON TABLE line_broadcast IS 'one message to all followers a day and broadcast: the row is the idempotency key, its id the retry key';
  `);
}
