import type { Knex } from 'knex';

import type { Channel } from '../../domain/contracts/booking-workflow';
import { channels } from '../../domain/contracts/booking-workflow';
import type { KnownSlot, Seats } from '../../domain/schedule/compare-slots';

/** Seats of a slot as one column: `{"web": [capacity, taken]}`. */
export const seatsColumn = `(SELECT coalesce(jsonb_object_agg(q.channel, jsonb_build_array(q.capacity, q.taken)), '{}') FROM slot_quota q WHERE q.slot_id = s.id) AS seats`;

export interface KnownSlotRow {
  id: string;
  schedule_id: string | null;
  dose: number;
  starts_at: Date;
  ends_at: Date;
  vaccine: string | null;
  set_by_hand: boolean;
  stopped: boolean;
  seats: Partial<Record<Channel, [number, number]>>;
}

export function readKnownSlot(row: KnownSlotRow): KnownSlot {
  const seats = (which: 0 | 1) =>
    Object.fromEntries(channels.map((channel) => [channel, row.seats[channel]?.[which] ?? 0])) as unknown as Seats;
  return {
    id: row.id,
    scheduleId: row.schedule_id,
    dose: row.dose,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    vaccine: row.vaccine,
    setByHand: row.set_by_hand,
    stopped: row.stopped,
    capacity: seats(0),
    taken: seats(1),
  };
}

/** The slots of one venue and programme that begin after `after`, in order. */
export async function knownSlots(
  connection: Knex,
  programmeId: string,
  venueId: string,
  after: Date,
): Promise<KnownSlot[]> {
  const rows = await connection('slot as s')
    .where({ 's.programme_id': programmeId, 's.venue_id': venueId })
    .where('s.starts_at', '>', after)
    .orderBy(['s.starts_at', 's.dose'])
    .select<KnownSlotRow[]>(
      's.id',
      's.schedule_id',
      's.dose',
      's.starts_at',
      's.ends_at',
      's.vaccine',
      's.set_by_hand',
      's.stopped',
      connection.raw(seatsColumn),
    );
  return rows.map(readKnownSlot);
}

/** A transaction that stops slots takes them first, before their seats: holds under way end, and later ones see the stop (`shareSlots` in `seats.ts`). */
export async function lockSlots(trx: Knex.Transaction, slotIds: readonly string[]): Promise<void> {
  await trx.raw('SELECT 1 FROM slot WHERE id = ANY(?::uuid[]) ORDER BY id FOR UPDATE', [[...slotIds]]);
}

/** Seats are locked in this order by everybody who changes several: bookings that move, plans, capacities. */
export async function lockSeats(trx: Knex.Transaction, slotIds: readonly string[]): Promise<void> {
  await trx.raw('SELECT 1 FROM slot_quota WHERE slot_id = ANY(?::uuid[]) ORDER BY slot_id, channel FOR NO KEY UPDATE', [
    [...slotIds],
  ]);
}

/** A person whose seat is in the way: never a name. */
export interface TouchedBooking {
  readonly bookingId: string;
  readonly isProtected: boolean;
  readonly slotId: string;
  /** Nine digits; null while it is held. */
  readonly reference: string | null;
  readonly channel: Channel;
  readonly state: 'held' | 'confirmed' | 'attended' | 'no_show';
  /** Set while held. */
  readonly holdExpiresAt: Date | null;
}

/** Who holds seats of these slots, in order of time; at most `limit`. Both halves have an index. Call `catchUp` before, outside a transaction. */
export async function touchedBookings(
  connection: Knex,
  slotIds: readonly string[],
  limit: number,
): Promise<TouchedBooking[]> {
  const { rows } = await connection.raw<{
    rows: {
      id: string;
      protected: boolean;
      slot_id: string;
      reference: string | null;
      channel: Channel;
      state: TouchedBooking['state'];
      hold_expires_at: Date | null;
    }[];
  }>(
    `SELECT b.id, r.protected, b.slot_id, b.reference, b.channel, b.state, b.hold_expires_at FROM (
       SELECT id, resident_id, slot_id, reference, channel, state, NULL::timestamptz AS hold_expires_at FROM listed_booking WHERE slot_id = ANY(CAST(:slots AS uuid[])) AND state IN ('confirmed', 'attended', 'no_show')
       UNION ALL
       SELECT id, resident_id, slot_id, NULL, channel, state, hold_expires_at FROM listed_booking WHERE slot_id = ANY(CAST(:slots AS uuid[])) AND state = 'held'
     ) b JOIN slot s ON s.id = b.slot_id JOIN resident r ON r.id = b.resident_id ORDER BY s.starts_at, b.id LIMIT :limit`,
    { slots: [...slotIds], limit },
  );
  return rows.map((row) => ({
    bookingId: row.id,
    isProtected: row.protected,
    slotId: row.slot_id,
    reference: row.reference,
    channel: row.channel,
    state: row.state,
    holdExpiresAt: row.hold_expires_at,
  }));
}
