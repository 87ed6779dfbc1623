import type { Booking } from '../../domain/bookings/booking';
import type { ContextSlot } from '../../domain/bookings/plan';
import { venueJson } from '../schedule';

/** What JSON says of a moment. */
type Times<Value, Names extends keyof Value> = Omit<Value, Names> & Record<Names, string>;

/** A booking as JSON from the database: as it is, but for its times. */
export type BookingJson = Omit<Times<Booking, 'holdExpiresAt'>, 'slot'> & {
  readonly slot: Times<Booking['slot'], 'startsAt' | 'endsAt'>;
};

/** Booking `b` with its slot `s` and venue `v` as one JSON object. */
export const bookingJson = `json_build_object('id', b.id, 'residentId', b.resident_id, 'programmeVersionId', b.programme_version_id,
    'state', b.state, 'dose', b.dose, 'channel', b.channel, 'version', b.version, 'reference', b.reference, 'holdExpiresAt', b.hold_expires_at,
    'replaces', b.replaces, 'replacedBy', b.replaced_by, 'pairOf', b.pair_of, 'changes', b.changes, 'endReason', b.end_reason,
    'shareCode', b.share_code,
    'slot', json_build_object('id', s.id, 'startsAt', s.starts_at, 'endsAt', s.ends_at, 'venue', ${venueJson('v')}))`;

/** From where `bookingJson` is selected. */
export const bookingTables = 'booking b JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id';

/**
 * One row by its key. A join would be planned once for the sizes of the tables at that moment, which on an opening day are not
 * those of an hour later.
 */
export function byId(table: string, id: string): string {
  return `LATERAL (SELECT * FROM ${table} x WHERE x.id = ${id} OFFSET 0)`;
}

/** As `bookingTables`, of one booking. */
export function bookingById(id: string): string {
  return `${byId('booking', id)} b, ${byId('slot', 'b.slot_id')} s, ${byId('venue', 's.venue_id')} v`;
}

export function readBooking(json: BookingJson): Booking {
  const { slot } = json;
  return {
    ...json,
    holdExpiresAt: new Date(json.holdExpiresAt),
    slot: { ...slot, startsAt: new Date(slot.startsAt), endsAt: new Date(slot.endsAt) },
  };
}

type SeatsJson = Omit<ContextSlot['seats'][number], 'shares' | 'stale' | 'cooled'> & {
  readonly shares: Readonly<Record<string, number>> | null;
  readonly stale: readonly BookingJson[] | null;
  readonly cooled: ContextSlot['seats'][number]['cooled'] | null;
};

export type SlotJson = Omit<Times<ContextSlot, 'startsAt' | 'endsAt'>, 'seats'> & {
  readonly seats: readonly SeatsJson[] | null;
};

/** Holds that are over and are offered to be ended, at most: one is enough for one seat. */
const staleMost = 100;

/**
 * Seats of the quota `q` as one JSON object. What could be opened is looked for only where seats may be short: none is left, or a seat
 * stage counts its share.
 */
const seatsJson = `json_build_object('channel', q.channel, 'capacity', q.capacity, 'taken', q.taken,
    'shares', (SELECT json_object_agg(h.code, h.taken) FROM slot_share h WHERE h.slot_id = q.slot_id AND h.channel = q.channel),
    'stale', CASE WHEN short.is_so THEN (SELECT json_agg(${bookingJson} ORDER BY b.hold_expires_at) FROM (
        SELECT o.id FROM booking o WHERE o.slot_id = q.slot_id AND o.channel = q.channel AND o.is_held AND o.hold_expires_at <= clock_timestamp()
         ORDER BY o.hold_expires_at LIMIT ${String(staleMost)}) i, ${bookingById('i.id')}) END,
    'cooled', CASE WHEN short.is_so THEN (SELECT json_agg(json_build_object('bookingId', c.booking_id, 'shareCode', c.share_code)) FROM slot_cooling c
        WHERE c.slot_id = q.slot_id AND c.channel = q.channel AND c.reopens_at <= clock_timestamp()) END)`;

/** Slot `s` with its venue `v` and the seats of the channels that `channels` names as one JSON object. */
export const slotJson = (
  channels: string,
): string => `json_build_object('id', s.id, 'programmeId', s.programme_id, 'dose', s.dose,
    'startsAt', s.starts_at, 'endsAt', s.ends_at, 'isOpen', v.active AND NOT s.stopped, 'venue', ${venueJson('v')},
    'seats', (SELECT json_agg(${seatsJson}) FROM slot_quota q,
        LATERAL (SELECT q.taken >= q.capacity OR EXISTS (SELECT 1 FROM slot_share h WHERE h.slot_id = q.slot_id AND h.channel = q.channel) AS is_so) short
      WHERE q.slot_id = s.id AND q.channel = ANY (${channels})))`;

export function readSlot({ seats, ...json }: SlotJson): ContextSlot {
  return {
    ...json,
    startsAt: new Date(json.startsAt),
    endsAt: new Date(json.endsAt),
    seats: (seats ?? []).map((item) => ({
      ...item,
      shares: item.shares ?? {},
      stale: (item.stale ?? []).map(readBooking),
      cooled: item.cooled ?? [],
    })),
  };
}
