import type { Database } from '../foundation/connection';

/** Failed log-ins that run out of the bucket in a minute: 43,200 tries a day are between 3 and 4 hits (12,800 birth dates). */
const perMinute = 30;
/** Above this many the brake is on. */
const fullAt = 30;
/** An attack that stopped is forgotten after an hour at most. */
const mostEver = perMinute * 60;
/**
 * What a success takes out. People mistype: on an opening day thousands log in within a minute and hundreds fail, and nobody can make
 * successes to hide guesses behind.
 */
const perSuccess = 0.25;
/** How long a process goes on with what it read, ms. */
const freshForMs = 1_000;

/** Seconds after which a person stopped by the brake may try again. */
export const brakeRetryAfterS = 60;

export interface LoginBrake {
  /** Whether devices that nobody knows must wait; at most 1 s behind what other processes have seen. */
  isOn(): Promise<boolean>;
  failed(): void;
  succeeded(): void;
}

/** One statement: what ran out since, what happened since, what is left. */
const settle = `UPDATE login_brake
  SET level = LEAST(${String(mostEver)}, GREATEST(0, GREATEST(0, level - ${String(perMinute / 60)} * extract(epoch FROM clock_timestamp() - updated_at)) + ?)), updated_at = clock_timestamp()
  RETURNING level`;

/**
 * The brake of the whole site: a bucket of failed log-ins, shared by all processes, that leaks 30 a minute. While it is full, only
 * devices that have logged in before are let through to try. Each process adds up and writes once a second at most: an opening day must not
 * queue at one row. The clock is PostgreSQL's.
 * @param onChange told when the brake is put on or taken off, as this process sees it
 */
export function createLoginBrake(database: Database, onChange: (isOn: boolean) => void = () => undefined): LoginBrake {
  let pending = 0;
  let level = 0;
  let readAt = -Infinity;
  let wasOn = false;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const own = pending;
    pending = 0;
    try {
      const { rows } = await database.raw<{ rows: { level: number }[] }>(settle, [own]);
      level = rows[0]?.level ?? 0;
      readAt = performance.now();
    } catch (error) {
      pending += own;
      throw error;
    }
  }

  function now(): number {
    return Math.max(0, level - ((performance.now() - readAt) / 60_000) * perMinute) + Math.max(0, pending);
  }

  return {
    async isOn() {
      if (performance.now() - readAt > freshForMs) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      const isOn = now() >= fullAt;
      if (isOn !== wasOn) onChange(isOn);
      wasOn = isOn;
      return isOn;
    },
    failed() {
      pending += 1;
    },
    succeeded() {
      pending -= perSuccess;
    },
  };
}

/** How full the bucket is now, and whether the brake is on; for those who watch. What a process has not written yet (1 s) is not in it. */
export async function readLoginBrake(database: Database): Promise<{ readonly isOn: boolean; readonly level: number }> {
  const row = await database('login_brake').first<{ level: number }>(
    database.raw(
      `GREATEST(0, level - ${String(perMinute / 60)} * extract(epoch FROM clock_timestamp() - updated_at))::float8 AS level`,
    ),
  );
  return { isOn: row.level >= fullAt, level: Math.round(row.level) };
}
