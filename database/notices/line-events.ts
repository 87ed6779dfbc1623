import type { Database } from '../foundation/connection';
import { type KeyRing, openJson } from '../foundation/keys';

/** What a person did in LINE, as far as it concerns us. */
export type LineEvent =
  /** Wants to link: answered once, by the reply token. */
  | { readonly kind: 'link_wanted'; readonly userId: string; readonly replyToken: string }
  /** LINE names the account that belongs to a nonce of ours. */
  | {
      readonly kind: 'linked';
      readonly userId: string;
      readonly nonce: string;
      readonly replyToken?: string | undefined;
    }
  | { readonly kind: 'blocked'; readonly userId: string };

export interface ReceivedLineEvent {
  /** LINE's webhookEventId: the same for every delivery. */
  readonly id: string;
  readonly event: LineEvent;
}

export type LineEvents = ReturnType<typeof createLineEvents>;

/** Days for which LINE may deliver an event once more. */
const rememberedDays = 7;
const mostAttempts = 8;

/** What the webhook was told, sealed until it is dealt with. An event that comes again is taken once. */
export function createLineEvents({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** How many of the events were new. */
    async receive(events: readonly ReceivedLineEvent[]): Promise<number> {
      if (events.length === 0) return 0;
      const { rowCount } = await database.raw<{ rowCount: number }>(
        `INSERT INTO line_event (id, sealed) SELECT * FROM unnest(?::text[], ?::bytea[]) ON CONFLICT (id) DO NOTHING`,
        [events.map(({ id }) => id), events.map(({ event }) => keys.seal(JSON.stringify(event)))],
      );
      return rowCount;
    },

    /**
     * Deals with the oldest event that is due. While `work` runs nobody else has it; when it fails the event is due again later, and after
     * some attempts it is given up: its reply token is long worth nothing. False: nothing was due.
     */
    async workOff(work: (event: LineEvent) => Promise<void>): Promise<boolean> {
      const { rows } = await database.raw<{ rows: { id: string; sealed: Buffer; attempts: number }[] }>(
        `UPDATE line_event SET attempts = attempts + 1, due_at = now() + least(power(2, attempts), 300) * interval '1 second' + interval '15 seconds'
          WHERE id = (SELECT id FROM line_event WHERE done_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, sealed, attempts`,
      );
      const [row] = rows;
      if (!row) return false;
      const done = () =>
        database('line_event').where({ id: row.id }).update({ done_at: database.fn.now(), sealed: null });
      try {
        await work(openJson<LineEvent>(keys, row.sealed));
      } catch (error) {
        if (row.attempts >= mostAttempts) await done();
        throw error;
      }
      await done();
      return true;
    },

    async removeOutdated(): Promise<void> {
      await database('line_event').whereRaw(`received_at < now() - ? * interval '1 day'`, [rememberedDays]).delete();
    },
  };
}
