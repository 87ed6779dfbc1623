import { createHash, randomBytes } from 'node:crypto';

import { absoluteMinutes, idleMinutes, type StaffRole, staffRoles } from '../../domain/staff/roles';
import type { Database } from '../foundation/connection';
import { preparedQuery } from '../foundation/prepared-query';

export interface StaffSession {
  readonly tokenHash: Buffer;
  readonly staffId: string;
  readonly login: string;
  readonly displayName: string;
  readonly role: StaffRole;
  /** `oidc`: the identity provider has let them in. */
  readonly way: 'local' | 'oidc';
  /** Came in with a one-time password: may only choose an own one. */
  readonly mustChangePassword: boolean;
  /** Came in with a one-time password alone: sets up an authenticator app first. */
  readonly mustEnrol: boolean;
  /** When the session ends unless there is a request before. Up to a minute early: not every request is noted. */
  readonly idleEndsAt: Date;
  /** When the session ends in any case. */
  readonly endsAt: Date;
}

/** A request is noted at most this often, ms: reading must not turn into writing. */
const noteEveryMs = 60_000;

const minutesByRole = `CASE a.role ${staffRoles.map((role) => `WHEN '${role}' THEN ${String(absoluteMinutes(role))}`).join(' ')} END`;
const isRunning = `s.seen_at > now() - interval '${String(idleMinutes)} minutes' AND s.created_at > now() - make_interval(mins => ${minutesByRole})`;
const findText = `SELECT a.id, a.login, a.display_name, a.role, s.way, s.way = 'local' AND a.password_expires_at IS NOT NULL AS must_change_password,
    s.way = 'local' AND a.password_expires_at IS NOT NULL AND a.sealed_totp IS NULL AS must_enrol, s.seen_at, now() AS now,
    s.created_at + make_interval(mins => ${minutesByRole}) AS ends_at
  FROM staff_session s JOIN staff a ON a.id = s.staff_id
  WHERE s.token_hash = $1 AND a.disabled_at IS NULL AND ${isRunning}`;

interface SessionRow {
  id: string;
  login: string;
  display_name: string;
  role: StaffRole;
  way: 'local' | 'oidc';
  must_change_password: boolean;
  must_enrol: boolean;
  seen_at: Date;
  now: Date;
  ends_at: Date;
}

export type StaffSessionRepository = ReturnType<typeof createStaffSessionRepository>;

/**
 * Sessions of staff: the cookie holds 32 random bytes, the table only their SHA-256. Role and account are read again with every request.
 * @param lookUps the pool for finding a session, which every request begins with
 */
export function createStaffSessionRepository(database: Database, lookUps = database) {
  const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

  return {
    /** Opens a session and returns the token for the cookie. */
    async open(staffId: string, way: StaffSession['way'] = 'local'): Promise<string> {
      const token = randomBytes(32).toString('base64url');
      await database('staff_session').insert({ token_hash: hashOf(token), staff_id: staffId, way });
      return token;
    },

    /**
     * The session of a token; undefined when there is none, its time is over, or its person was shut out.
     * @param isNoted whether this counts as a sign of life
     */
    async find(token: string, isNoted = true): Promise<StaffSession | undefined> {
      if (token.length !== 43) return undefined;
      const tokenHash = hashOf(token);
      const [row] = await preparedQuery<SessionRow>(lookUps, 'staff-session', findText, [tokenHash]);
      if (!row) return undefined;
      const isDue = isNoted && row.now.getTime() - row.seen_at.getTime() > noteEveryMs;
      if (isDue) {
        await lookUps('staff_session').where({ token_hash: tokenHash }).update({ seen_at: lookUps.fn.now() });
      }
      return {
        tokenHash,
        staffId: row.id,
        login: row.login,
        displayName: row.display_name,
        role: row.role,
        way: row.way,
        mustChangePassword: row.must_change_password,
        mustEnrol: row.must_enrol,
        idleEndsAt: new Date((isDue ? row.now : row.seen_at).getTime() + idleMinutes * 60_000),
        endsAt: row.ends_at,
      };
    },

    async close(token: string): Promise<void> {
      await database('staff_session')
        .where({ token_hash: hashOf(token) })
        .delete();
    },

    /** Removes sessions whose time is over. Returns how many. */
    async removeEnded(): Promise<number> {
      const { rowCount } = await database.raw<{ rowCount: number }>(
        `DELETE FROM staff_session s USING staff a WHERE a.id = s.staff_id AND NOT (${isRunning})`,
      );
      return rowCount;
    },
  };
}
