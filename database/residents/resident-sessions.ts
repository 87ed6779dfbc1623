import { createHash, randomBytes } from 'node:crypto';

import type { Channel } from '../../domain/contracts/booking-workflow';
import { createBatch } from '../foundation/batch';
import type { Database } from '../foundation/connection';
import { type KeyRing, openJson } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';
import { didNothing } from '../foundation/transaction';
import { openResident } from './residents';

export interface Session {
  readonly tokenHash: Buffer;
  readonly residentId: string;
  readonly programmeId: string;
  readonly groupCode: string;
  /** Whose seats it books. */
  readonly channel: Extract<Channel, 'web' | 'line'>;
  /** Codes of the groups that the person declared to belong to. */
  readonly declared: readonly string[];
  /** `YYYY-MM-DD`; opened when it is read, which only programmes with groups by age do. */
  readonly birthDate: string;
}

/** What was typed into the fields of a form, by name: a text, or the boxes that are ticked of a group. */
export type Draft = Readonly<Record<string, string | readonly string[]>>;

export type SessionRepository = ReturnType<typeof createSessionRepository>;

/** Minutes without a request, and in all, after which a citizen's session is over. */
const idleMinutes = 15;
const absoluteMinutes = 60;
/** A page view is noted at most this often: reading must not turn into writing. */
const noteEveryMs = 60_000;

const openText = 'INSERT INTO citizen_session (token_hash, resident_id, channel) VALUES ($1, $2, $3)';
/** Sessions of many requests in one statement, each looked up by its key. */
const findText = `SELECT t.n::int - 1 AS n, s.resident_id, s.seen_at, s.channel, r.programme_id, r.group_code, r.declared, r.sealed, now() AS now
  FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS t(hash, n),
    LATERAL (SELECT * FROM citizen_session c WHERE c.token_hash = decode(t.hash, 'hex') OFFSET 0) s,
    LATERAL (SELECT * FROM resident x WHERE x.id = s.resident_id OFFSET 0) r
  WHERE NOT r.protected
    AND s.seen_at > now() - interval '${String(idleMinutes)} minutes'
    AND s.created_at > now() - interval '${String(absoluteMinutes)} minutes'`;
/** Sessions looked up together, and batches on their way at the same time. */
const batch = { most: 100, width: 1, waitMs: 5_000 } as const;

interface SessionRow {
  /** Which of the tokens it was. */
  n: number;
  resident_id: string;
  seen_at: Date;
  channel: Session['channel'];
  now: Date;
  programme_id: string;
  group_code: string;
  declared: string[];
  sealed: Buffer;
}

/** Citizens' sessions: the cookie holds 32 random bytes, the table only their SHA-256. */
export function createSessionRepository({
  database,
  keys,
  lookUps = database,
}: {
  database: Database;
  keys: KeyRing;
  /** The pool for finding a session, which every request begins with. */
  lookUps?: Database;
}) {
  async function hasLineSeats(residentId: string): Promise<boolean> {
    const { rows } = await database.raw<{ rows: unknown[] }>(
      `SELECT 1 FROM resident r JOIN slot s ON s.programme_id = r.programme_id AND s.starts_at > now() AND NOT s.stopped JOIN venue v ON v.id = s.venue_id AND v.active JOIN slot_quota q ON q.slot_id = s.id AND q.channel = 'line' AND q.capacity > 0
        WHERE r.id = ? LIMIT 1`,
      [residentId],
    );
    return rows.length > 0;
  }

  const lookUp = createBatch<Buffer, SessionRow | undefined>({
    ...batch,
    isUndone: didNothing,
    async run(hashes) {
      const values = [JSON.stringify(hashes.map((hash) => hash.toString('hex')))];
      const rows = await preparedQuery<SessionRow>(lookUps, 'citizen-session', findText, values);
      const byNumber = new Map(rows.map((row) => [row.n, row]));
      return hashes.map((_hash, n) => byNumber.get(n));
    },
  });
  const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

  return {
    /**
     * Opens a session and returns the token for the cookie. One that LINE led to books LINE's seats where the programme has any to come:
     * a channel without seats would show nothing.
     */
    async open(residentId: string, { throughLine = false }: { readonly throughLine?: boolean } = {}): Promise<string> {
      const token = randomBytes(32).toString('base64url');
      const channel = throughLine && (await hasLineSeats(residentId)) ? 'line' : 'web';
      await preparedQuery(database, 'citizen-session-open', openText, [hashOf(token), residentId, channel]);
      return token;
    },

    /** The session of a token, undefined when there is none or its time is over. */
    async find(token: string): Promise<Session | undefined> {
      if (token.length !== 43) return undefined;
      const tokenHash = hashOf(token);
      const row = await lookUp(tokenHash);
      if (!row) return undefined;
      if (row.now.getTime() - row.seen_at.getTime() > noteEveryMs) {
        await lookUps('citizen_session').where({ token_hash: tokenHash }).update({ seen_at: lookUps.fn.now() });
      }
      return {
        tokenHash,
        residentId: row.resident_id,
        programmeId: row.programme_id,
        groupCode: row.group_code,
        channel: row.channel,
        declared: row.declared,
        get birthDate() {
          return openResident(keys, row.sealed).birthDate;
        },
      };
    },

    async close(token: string): Promise<void> {
      await database('citizen_session')
        .where({ token_hash: hashOf(token) })
        .delete();
    },

    /** What was typed into the form but not confirmed yet: sealed, and gone with the session. */
    async saveDraft(session: Session, draft: Draft): Promise<void> {
      await database('citizen_session')
        .where({ token_hash: session.tokenHash })
        .update({ sealed_draft: keys.seal(JSON.stringify(draft)) });
    },

    async draftOf(session: Session): Promise<Draft> {
      const row = await database('citizen_session')
        .where({ token_hash: session.tokenHash })
        .first<{ sealed_draft: Buffer | null } | undefined>('sealed_draft');
      return row?.sealed_draft ? openJson<Draft>(keys, row.sealed_draft) : {};
    },

    /** Removes sessions whose time is over, with their drafts. Returns how many. */
    async removeEnded(): Promise<number> {
      return database('citizen_session')
        .whereRaw(
          `seen_at < now() - interval '${String(idleMinutes)} minutes' OR created_at < now() - interval '${String(absoluteMinutes)} minutes'`,
        )
        .delete();
    },
  };
}
