import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Sql } from '../foundation/transaction';

/** Seats as they are counted: of a slot and channel. */
export interface CountedSeat {
  readonly slotId: string;
  readonly channel: Channel;
}

const statements = {
  lockQuotas: `SELECT 1 FROM slot_quota WHERE (slot_id, channel) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY slot_id, channel FOR NO KEY UPDATE`,
  lockVenues: `SELECT 1 FROM venue WHERE id IN (SELECT venue_id FROM slot WHERE id = ANY ($1::uuid[])) ORDER BY id FOR KEY SHARE`,
  lockSlots: `SELECT 1 FROM slot WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE`,
  /** Cancelled seats of one slot whose cooling time is over are open again. */
  reopen: `WITH due AS (
      DELETE FROM slot_cooling WHERE slot_id = $1 AND channel = $2 AND reopens_at <= $3 RETURNING slot_id, channel, share_code
    ), seats AS (
      UPDATE slot_quota SET taken = taken - (SELECT count(*) FROM due)::int WHERE slot_id = $1 AND channel = $2 AND EXISTS (SELECT 1 FROM due) RETURNING slot_id
    ), shares AS (
      UPDATE slot_share s SET taken = s.taken - d.seats
        FROM (SELECT share_code, count(*)::int AS seats FROM due WHERE share_code IS NOT NULL GROUP BY 1) AS d, seats
       WHERE s.slot_id = $1 AND s.channel = $2 AND s.code = d.share_code
    )
    SELECT count(*)::int AS seats FROM due`,
} as const;

/**
 * Takes the quotas of these seats in the one order that everybody keeps, before the first of them is taken or given back. A
 * transaction that changes more than one seat calls this first: two that change places would otherwise wait for each other.
 */
export async function lockQuotas(sql: Sql, seats: readonly CountedSeat[]): Promise<void> {
  await sql(statements.lockQuotas, [seats.map((seat) => seat.slotId), seats.map((seat) => seat.channel)]);
}

/**
 * Takes a share of the keys of several slots and their venues, in one order. Holds share them with each other and with plans; only
 * a person who stops new bookings (`FOR UPDATE`) waits for the holds under way, and the holds after that see the stop.
 */
export async function shareSlots(sql: Sql, slotIds: readonly string[]): Promise<void> {
  await sql(statements.lockVenues, [[...slotIds]]);
  await sql(statements.lockSlots, [[...slotIds]]);
}

/** Opens the cooled seats of a slot whose time has come; how many there were. */
export async function reopenSeats(sql: Sql, slotId: string, channel: Channel, now: Date): Promise<number> {
  const [row] = await sql<{ seats: number }>(statements.reopen, [slotId, channel, now]);
  return row?.seats ?? 0;
}

/**
 * Seats of the quota `q` of slot `s` that can be taken now, as SQL: holds that ran out and cancelled seats whose cooling
 * time is over count as free. A stopped slot has none.
 */
export const freeSeatsSql = `(CASE WHEN s.stopped THEN 0 ELSE q.capacity - q.taken + (
    SELECT count(*) FROM booking b
    WHERE b.slot_id = s.id AND b.channel = q.channel AND b.is_held AND b.hold_expires_at <= now()) + (
    SELECT count(*) FROM slot_cooling c WHERE c.slot_id = s.id AND c.channel = q.channel AND c.reopens_at <= now()) END)::int`;

/** Seats of the quota `q` of slot `s` that are planned for people, as SQL: of a stopped slot those that are taken. */
export const plannedSeatsSql = `(CASE WHEN s.stopped THEN q.taken ELSE q.capacity END)`;

/** As `freeSeatsSql`, but at most what a share leaves. Bindings: share in %, code, code, code. */
export const freeInShareSql = `least(${freeSeatsSql}, q.capacity * ?::int / 100
    - coalesce((SELECT h.taken FROM slot_share h WHERE h.slot_id = s.id AND h.channel = q.channel AND h.code = ?), 0)
    + (SELECT count(*) FROM booking b
        WHERE b.slot_id = s.id AND b.channel = q.channel AND b.share_code = ? AND b.is_held AND b.hold_expires_at <= now())
    + (SELECT count(*) FROM slot_cooling c WHERE c.slot_id = s.id AND c.channel = q.channel AND c.share_code = ? AND c.reopens_at <= now()))::int`;
