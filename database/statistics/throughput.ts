import type { Database } from '../foundation/connection';
import { rushIsOn } from '../foundation/rush';

/** What happened in a stretch of time, and what waits at its end. */
export interface Throughput {
  readonly from: Date;
  readonly until: Date;
  /** Bookings that were held, confirmed, or that ended (run out, given up, cancelled) in this stretch. */
  readonly held: number;
  readonly confirmed: number;
  readonly ended: number;
  /** Events that wait for their workflows. */
  readonly toHandOver: number;
  /** Age of the oldest of them, in seconds; 0 where there is none. */
  readonly oldestS: number;
  readonly noticesSent: number;
  readonly noticesWaiting: number;
  /** Whether citizens wait at any process. */
  readonly isRush: boolean;
}

/** An event bears the time of its decision and is seen when it is committed: looking too early would miss it. */
const settledAfterMs = 1_000;

/** Counts for who watches a morning. One short statement each time, which reads only what is new. */
export function createThroughput(database: Database) {
  return {
    /** @param from the end of the stretch before; left out: the last second that is settled */
    async since(from?: Date): Promise<Throughput> {
      const { rows } = await database.raw<{ rows: [Throughput] }>(
        `WITH stretch AS (
           SELECT coalesce(?::timestamptz, now() - ? * interval '1 millisecond') AS "from", now() - ? * interval '1 millisecond' AS "until"
         ), happened AS (
           SELECT count(*) FILTER (WHERE type = 'held')::int AS held, count(*) FILTER (WHERE type = 'confirmed')::int AS confirmed,
                  count(*) FILTER (WHERE type IN ('expired', 'released', 'cancelled'))::int AS ended
             FROM booking_event WHERE at > (SELECT "from" FROM stretch) AND at <= (SELECT "until" FROM stretch)
         ), outbox AS (
           SELECT count(*)::int AS "toHandOver", coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS "oldestS"
             FROM booking_event WHERE delivered_at IS NULL
         ), notices AS (
           SELECT (SELECT count(*)::int FROM notice
                    WHERE status = 'sent' AND sent_at > (SELECT "from" FROM stretch) AND sent_at <= (SELECT "until" FROM stretch)) AS "noticesSent",
                  (SELECT count(*)::int FROM notice WHERE status IN ('queued', 'sending')) AS "noticesWaiting"
         )
         SELECT stretch.*, happened.*, outbox.*, notices.*, ${rushIsOn} AS "isRush"
           FROM stretch, happened, outbox, notices`,
        [from ?? null, 2 * settledAfterMs, settledAfterMs],
      );
      return rows[0];
    },
  };
}
