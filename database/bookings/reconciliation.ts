import type { Database } from '../foundation/connection';

export interface WatchedBooking {
  readonly id: string;
  readonly state: string;
}

export type Reconciliation = ReturnType<typeof createReconciliation>;

/** What should have a workflow: live bookings, and those that ended a short while ago and may still owe a notice. */
const watched = `(state = 'confirmed' OR (state IN ('cancelled', 'attended', 'no_show') AND updated_at > now() - interval '12 hours'))
  AND NOT EXISTS (SELECT 1 FROM booking_event e WHERE e.booking_id = booking.id AND e.delivered_at IS NULL)`;

/** The look at bookings that finds those whose workflow was lost. Events not delivered yet are the relay's business. */
export function createReconciliation(database: Database) {
  async function rows(statement: string, values: readonly (string | number)[]): Promise<WatchedBooking[]> {
    const result = await database.raw<{ rows: WatchedBooking[] }>(statement, [...values]);
    return result.rows;
  }

  return {
    /** Holds whose time was over more than `olderThanMs` ago and that nothing has ended, the oldest first. */
    overdueHolds: (olderThanMs: number, limit: number) =>
      rows(
        `SELECT id, state FROM booking WHERE is_held AND hold_expires_at < now() - ? * interval '1 millisecond' ORDER BY hold_expires_at LIMIT ?`,
        [olderThanMs, limit],
      ),

    /** Of the newest `limit` bookings, those that should have a workflow. */
    newest: (limit: number) =>
      rows(`SELECT id, state FROM (SELECT * FROM booking ORDER BY id DESC LIMIT ?) AS booking WHERE ${watched}`, [
        limit,
      ]),

    /**
     * Of the `limit` bookings after `cursor` (by id), those that should have a workflow; `next` is the cursor of the
     * following page, null at the end. A page reads a bounded number of rows, however many have ended.
     */
    async page(cursor: string | null, limit: number): Promise<{ bookings: WatchedBooking[]; next: string | null }> {
      const after = cursor ?? '00000000-0000-0000-0000-000000000000';
      const [end] = (
        await database.raw<{ rows: { id: string }[] }>(
          `SELECT id FROM booking WHERE id > ? ORDER BY id OFFSET ? LIMIT 1`,
          [after, limit - 1],
        )
      ).rows;
      const bookings = end
        ? await rows(`SELECT id, state FROM booking WHERE id > ? AND id <= ? AND ${watched} ORDER BY id`, [
            after,
            end.id,
          ])
        : await rows(`SELECT id, state FROM booking WHERE id > ? AND ${watched} ORDER BY id`, [after]);
      return { bookings, next: end?.id ?? null };
    },

    /** The state of a booking now. */
    async stateOf(bookingId: string): Promise<string | undefined> {
      return (await rows('SELECT id, state FROM booking WHERE id = ?', [bookingId]))[0]?.state;
    },
  };
}
