import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import { eventColumns, type EventRow, readEvent } from './events';

export interface EventKey {
  readonly bookingId: string;
  readonly version: number;
}

export type Outbox = ReturnType<typeof createOutbox>;

/** The events that workflows have not acknowledged yet. */
export function createOutbox(database: Database) {
  return {
    /** Acknowledged by the workflow service: the relay leaves them alone from now on. */
    async markDelivered(keys: readonly EventKey[]): Promise<void> {
      if (keys.length === 0) return;
      await database.raw(
        `UPDATE booking_event e SET delivered_at = now() FROM unnest(?::uuid[], ?::int[]) AS k(booking_id, version)
          WHERE e.booking_id = k.booking_id AND e.version = k.version AND e.delivered_at IS NULL`,
        [keys.map((key) => key.bookingId), keys.map((key) => key.version)],
      );
    },

    /**
     * Events older than `olderThanMs` that nobody acknowledged, at most `limit`, in order of time and version. They are
     * this caller's for `leaseMs`; a caller that dies with them loses them to the next caller after that.
     */
    async claimUndelivered({
      olderThanMs,
      limit,
      leaseMs,
    }: {
      olderThanMs: number;
      limit: number;
      leaseMs: number;
    }): Promise<BookingEvent[]> {
      const { rows } = await database.raw<{ rows: EventRow[] }>(
        `WITH due AS (
           SELECT booking_id, version FROM booking_event
            WHERE delivered_at IS NULL AND at < now() - ? * interval '1 millisecond' AND (claimed_until IS NULL OR claimed_until < now())
            ORDER BY at LIMIT ? FOR UPDATE SKIP LOCKED
         )
         UPDATE booking_event e SET claimed_until = now() + ? * interval '1 millisecond' FROM due
          WHERE e.booking_id = due.booking_id AND e.version = due.version
         RETURNING ${eventColumns}`,
        [olderThanMs, limit, leaseMs],
      );
      return rows.map(readEvent).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.version - b.version));
    },

    /** Gives claimed events back before their lease ends. */
    async unclaim(keys: readonly EventKey[]): Promise<void> {
      if (keys.length === 0) return;
      await database.raw(
        `UPDATE booking_event e SET claimed_until = NULL FROM unnest(?::uuid[], ?::int[]) AS k(booking_id, version)
          WHERE e.booking_id = k.booking_id AND e.version = k.version`,
        [keys.map((key) => key.bookingId), keys.map((key) => key.version)],
      );
    },

    /** The events of one booking after a version, in order: for a workflow that misses some. */
    async eventsOf(bookingId: string, afterVersion: number): Promise<BookingEvent[]> {
      const { rows } = await database.raw<{ rows: EventRow[] }>(
        `SELECT ${eventColumns} FROM booking_event e WHERE e.booking_id = ? AND e.version > ? ORDER BY e.version`,
        [bookingId, afterVersion],
      );
      return rows.map(readEvent);
    },

    /** How many events wait, and since when the oldest does. */
    async backlog(): Promise<{ count: number; oldestAt: Date | null }> {
      const { rows } = await database.raw<{ rows: { count: number; oldest_at: Date | null }[] }>(
        'SELECT count(*)::int AS count, min(at) AS oldest_at FROM booking_event WHERE delivered_at IS NULL',
      );
      return { count: rows[0]?.count ?? 0, oldestAt: rows[0]?.oldest_at ?? null };
    },
  };
}
