import { setTimeout as sleep } from 'node:timers/promises';

import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';

/** Who tries to log in, as the counters know them. */
export interface LoginTry {
  readonly programmeId: string;
  /** Digits; whether anybody has this number does not matter to the counters. */
  readonly couponNumber: string;
  /** An IPv4 address or the /64 of an IPv6 address. */
  readonly network: string;
  /** Id of a device that logged in with this very coupon before: it has counters of its own, so that strangers cannot lock it out. */
  readonly device: string | undefined;
}

/** `locked`: this coupon number is not let in for a while, whatever the date. `network`: nobody from there is. */
export interface LoginAttempt {
  readonly verdict: 'allowed' | 'locked' | 'network';
  /** Seconds until the network may try again; 0 unless `network`. */
  readonly retryAfterS: number;
  /** Gives back what was counted: a success is no failure. */
  succeeded(): Promise<void>;
  /** Starts the lock when this failure was the last one allowed. */
  failed(): Promise<void>;
}

export type LoginThrottle = ReturnType<typeof createLoginThrottle>;

const hourS = 3_600;
const dayS = 24 * hourS;
/** Pauses before looking again at a limit that tries under way may have reached, ms. */
const patienceMs = [50, 100, 150, 200, 300, 400, 500, 600, 800] as const;

/** Failures per coupon number within a day, and the lock that follows, s. */
const ladder = [
  { failures: 5, lockS: 15 * 60 },
  { failures: 10, lockS: hourS },
  { failures: 20, lockS: dayS },
] as const;
/** Failures per network and hour. */
const networkFailures = 30;
/** Different coupon numbers that may fail per network and hour; the one after these is refused. */
const networkCoupons = 10;

/** What the statement says of a try. */
interface CountedTry {
  readonly verdict: LoginAttempt['verdict'];
  /** Until a network may try again, ms. */
  readonly waitMs: number;
  /** Counters that this try is on, in the order in which everybody takes them. */
  readonly counted: readonly string[];
  /** Counters of the coupon number for which this would be the last failure. */
  readonly reached: readonly string[];
}

/**
 * Counts failed log-ins in PostgreSQL, so that all processes count together. Every try is counted before it is verified, on all of its
 * counters in one statement, and given back when it succeeds: a thousand guesses at once are a thousand tries. Keys are blind indexes, so
 * the table names neither coupon numbers nor addresses.
 */
export function createLoginThrottle({ database, keys }: { database: Database; keys: KeyRing }) {
  const perCoupon = ladder.map((step) => ({ ...step, prefix: `coupon-${String(step.failures)}:` }));

  /** Tries that have not ended, by network, in this process. */
  const underWay = new Map<string, number>();
  const blind = (text: string): string => keys.blindIndex(`login ${text}`).toString('base64url');
  /** The counters of one coupon number share the beginning of their keys, so that they can be cleared together. */
  const couponKeyOf = ({ programmeId, couponNumber }: Pick<LoginTry, 'programmeId' | 'couponNumber'>): string =>
    blind(`coupon ${programmeId} ${couponNumber}`);
  const deviceKeyOf = (couponKey: string, device: string | undefined): string =>
    device === undefined ? couponKey : `${couponKey}.${blind(`device ${device}`)}`;
  /** Base64url has no other character that means something to LIKE than `_`. */
  const countersOf = (couponKey: string) =>
    database('login_throttle').where((query) => {
      for (const step of perCoupon)
        void query.orWhere('key', 'like', `${step.prefix}${couponKey.replaceAll('_', '\\_')}%`);
    });

  return {
    /** Forgets what was counted against one coupon number, its locks included, on known devices as well: a caller was identified otherwise. */
    async clear(login: Pick<LoginTry, 'programmeId' | 'couponNumber'>): Promise<void> {
      await countersOf(couponKeyOf(login)).delete();
    },

    /** Until when a coupon number is locked, on any device; undefined when it is not. */
    async lockedUntil(login: Pick<LoginTry, 'programmeId' | 'couponNumber'>): Promise<Date | undefined> {
      const rows = await countersOf(couponKeyOf(login))
        .where('expire', '>', Date.now())
        .select<{ key: string; points: number; expire: number }[]>('key', 'points', 'expire');
      const locks = rows
        .filter((row) => perCoupon.some((step) => row.key.startsWith(step.prefix) && row.points > step.failures))
        .map((row) => row.expire);
      return locks.length === 0 ? undefined : new Date(Math.max(...locks));
    },

    /** Counts a try. Its end must be told by `succeeded` or `failed`. */
    async attempt(login: LoginTry): Promise<LoginAttempt> {
      // Behind a mobile carrier or in a ward office many people log in through one address at the same moment. Their tries
      // are counted until they succeed, a few ms later: a try that finds the limit reached while others are under way looks again.
      const { network } = login;
      underWay.set(network, (underWay.get(network) ?? 0) + 1);
      try {
        for (const pauseMs of patienceMs) {
          const found = await attemptOnce(login);
          if (found.verdict !== 'network' || underWay.get(network) === 1) return untilItsEnd(network, found);
          await found.succeeded();
          // Those who wait must not all look at the same moment.
          await sleep(pauseMs * (0.5 + Math.random()));
        }
        return untilItsEnd(network, await attemptOnce(login));
      } catch (error) {
        leave(network);
        throw error;
      }
    },
  };

  /** A try is under way until it is refused here, or told to have succeeded or failed. */
  function untilItsEnd(network: string, attempt: LoginAttempt): LoginAttempt {
    if (attempt.verdict !== 'allowed') {
      leave(network);
      return attempt;
    }
    const ended = () => {
      leave(network);
    };
    return {
      ...attempt,
      succeeded: () => attempt.succeeded().finally(ended),
      failed: () => attempt.failed().finally(ended),
    };
  }

  function leave(network: string): void {
    const left = (underWay.get(network) ?? 1) - 1;
    if (left === 0) underWay.delete(network);
    else underWay.set(network, left);
  }

  async function attemptOnce({ programmeId, couponNumber, network, device }: LoginTry): Promise<LoginAttempt> {
    const couponKey = deviceKeyOf(couponKeyOf({ programmeId, couponNumber }), device);
    const networkKey = blind(`network ${network}`);
    const found = await count({
      // A device that knows this coupon can only try this coupon, and has its own ladder for it.
      ...(device === undefined
        ? {
            network: {
              key: `network:${networkKey}`,
              failures: networkFailures,
              pair: `network-coupon:${blind(`pair ${network} ${programmeId} ${couponNumber}`)}`,
              coupons: `network-coupons:${networkKey}`,
              couponNumbers: networkCoupons,
            },
          }
        : {}),
      networkSeconds: hourS,
      steps: perCoupon.map(({ prefix, failures, lockS }) => ({
        key: `${prefix}${couponKey}`,
        failures,
        seconds: dayS,
        lockSeconds: lockS,
      })),
    });
    return {
      verdict: found.verdict,
      retryAfterS: Math.ceil(found.waitMs / 1000),
      succeeded: () => giveBack(found.counted),
      failed: () => lock(found.reached),
    };
  }

  async function count(counters: object): Promise<CountedTry> {
    const [row] = await preparedQuery<{ found: CountedTry }>(
      database,
      'log-in-attempt',
      'SELECT attempt_log_in($1::jsonb) AS found',
      [JSON.stringify(counters)],
    );
    if (!row) throw new Error('a try to log in was not counted');
    return row.found;
  }

  async function giveBack(counted: readonly string[]): Promise<void> {
    await preparedQuery(database, 'log-in-give-back', 'SELECT give_back_log_in($1::text[])', [counted]);
  }

  /** Starts the locks of the steps that a failure has reached. */
  async function lock(reached: readonly string[]): Promise<void> {
    for (const key of reached) {
      const step = perCoupon.find(({ prefix }) => key.startsWith(prefix));
      if (step)
        await database('login_throttle')
          .where({ key })
          .update({ points: step.failures + 1, expire: Date.now() + step.lockS * 1000 });
    }
  }
}
