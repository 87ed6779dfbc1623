import { instantOf } from '../../domain/calendar/city-time';
import { type Channel, channels } from '../../domain/contracts/booking-workflow';
import type { DaySeats } from '../../domain/schedule/balance';
import type { PlannedSlot } from '../../domain/schedule/plan-slots';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import { type TouchedBooking, touchedBookings } from './known-slots';
import { plannedSeatsSql } from './seats';

/** Seats of a slot for one channel: planned = held + booked + free, but in a stopped slot, where none is free. */
export interface ChannelSeats {
  readonly channel: Channel;
  readonly planned: number;
  /** Holds that are still running. */
  readonly held: number;
  /** Confirmed, attended, missed. */
  readonly booked: number;
  readonly free: number;
}

export interface GridSlot {
  readonly id: string;
  readonly dose: number;
  readonly vaccine: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly scheduleId: string | null;
  readonly setByHand: boolean;
  /** Takes no new bookings. */
  readonly stopped: boolean;
  readonly seats: readonly ChannelSeats[];
}

/** A venue's day, all channels together. Of stopped slots the seats that people have are planned, and no others. */
export interface VenueDay extends Omit<ChannelSeats, 'channel'> {
  readonly slots: number;
  /** Of the slots those that take no new bookings. */
  readonly stoppedSlots: number;
  readonly venueId: string;
  readonly date: string;
  readonly dose: number;
}

export type SlotGrid = ReturnType<typeof createSlotGrid>;

/**
 * Seats as the week grid shows them. Always fresh: a person who changes seats must see the change. Holds are counted in `booking`
 * itself, beside the quotas that count them too; the index of what decides finds them.
 */
export function createSlotGrid(database: Database) {
  return {
    /** All slots of one venue on the days of [from, until), in order. Those that a plan took away are not among them. */
    async slots(programmeId: string, venueId: string, from: string, until: string): Promise<GridSlot[]> {
      const { rows } = await database.raw<{
        rows: {
          id: string;
          dose: number;
          vaccine: string | null;
          starts_at: Date;
          ends_at: Date;
          schedule_id: string | null;
          set_by_hand: boolean;
          stopped: boolean;
          seats: Partial<Record<Channel, [number, number, number, number]>>;
        }[];
      }>(
        `SELECT s.id, s.dose, s.vaccine, s.starts_at, s.ends_at, s.schedule_id, s.set_by_hand, s.stopped,
                jsonb_object_agg(q.channel, jsonb_build_array(q.capacity, q.taken, coalesce(h.running, 0), coalesce(h.over, 0))) AS seats
           FROM slot s JOIN slot_quota q ON q.slot_id = s.id
           LEFT JOIN LATERAL (
             SELECT count(*) FILTER (WHERE b.hold_expires_at > now())::int AS running, count(*) FILTER (WHERE b.hold_expires_at <= now())::int AS over
               FROM booking b WHERE b.slot_id = s.id AND b.channel = q.channel AND b.is_held) h ON q.taken > 0
          WHERE s.programme_id = ? AND s.venue_id = ? AND s.starts_at >= ? AND s.starts_at < ?
          GROUP BY s.id HAVING sum(q.capacity) > 0 OR s.set_by_hand
          ORDER BY s.starts_at, s.dose`,
        [programmeId, venueId, instantOf(from, '00:00'), instantOf(until, '00:00')],
      );
      return rows.map((row) => ({
        id: row.id,
        dose: row.dose,
        vaccine: row.vaccine,
        startsAt: row.starts_at,
        endsAt: row.ends_at,
        scheduleId: row.schedule_id,
        setByHand: row.set_by_hand,
        stopped: row.stopped,
        seats: channels.map((channel) => {
          const [planned, taken, held, over] = row.seats[channel] ?? [0, 0, 0, 0];
          return {
            channel,
            planned,
            held,
            booked: taken - held - over,
            free: row.stopped ? 0 : planned - taken + over,
          };
        }),
      }));
    },

    /** Every venue's days of [from, until), by dose. */
    async days(programmeId: string, from: string, until: string): Promise<VenueDay[]> {
      const { rows } = await database.raw<{ rows: VenueDay[] }>(
        `SELECT s.venue_id AS "venueId", to_char(s.starts_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS date, s.dose,
                count(DISTINCT s.id) FILTER (WHERE q.capacity > 0)::int AS slots, count(DISTINCT s.id) FILTER (WHERE s.stopped)::int AS "stoppedSlots",
                sum(CASE WHEN s.stopped THEN q.taken - coalesce(h.over, 0) ELSE q.capacity END)::int AS planned, sum(coalesce(h.running, 0))::int AS held, sum(q.taken - coalesce(h.running, 0) - coalesce(h.over, 0))::int AS booked,
                sum(CASE WHEN s.stopped THEN 0 ELSE q.capacity - q.taken + coalesce(h.over, 0) END)::int AS free
           FROM slot s JOIN slot_quota q ON q.slot_id = s.id
           LEFT JOIN (
             SELECT slot_id, channel, count(*) FILTER (WHERE hold_expires_at > now())::int AS running, count(*) FILTER (WHERE hold_expires_at <= now())::int AS over
               FROM booking WHERE is_held GROUP BY slot_id, channel) h ON h.slot_id = q.slot_id AND h.channel = q.channel
          WHERE s.programme_id = ? AND s.starts_at >= ? AND s.starts_at < ?
          GROUP BY 1, 2, 3 HAVING sum(q.capacity) > 0 ORDER BY 2, 1, 3`,
        [programmeId, instantOf(from, '00:00'), instantOf(until, '00:00')],
      );
      return rows;
    },

    /** Seats by day and dose from `from` on, of one venue or of all: for the balance of doses. Where no new bookings are taken, those that people have. */
    async seatsByDay(programmeId: string, from: string, venueId?: string): Promise<DaySeats[]> {
      const { rows } = await database.raw<{ rows: DaySeats[] }>(
        `SELECT to_char(s.starts_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS date, s.dose, sum(CASE WHEN v.active THEN ${plannedSeatsSql} ELSE q.taken END)::int AS seats
           FROM slot s JOIN slot_quota q ON q.slot_id = s.id JOIN venue v ON v.id = s.venue_id
          WHERE s.programme_id = ? AND s.starts_at >= ? AND (CAST(? AS uuid) IS NULL OR s.venue_id = ?)
          GROUP BY 1, 2 ORDER BY 1, 2`,
        [programmeId, instantOf(from, '00:00'), venueId ?? null, venueId ?? null],
      );
      return rows;
    },

    /** Who has a seat of a slot; undefined for an unknown one. */
    async bookings(programmeId: string, slotId: string): Promise<TouchedBooking[] | undefined> {
      const row = await database('slot')
        .where({ id: slotId, programme_id: programmeId })
        .first<{ id: string } | undefined>('id');
      if (!row) return undefined;
      await catchUp(database);
      return touchedBookings(database, [slotId], 1_000);
    },

    /** For a sheet: the slots of [from, until), of one venue or of all, with the venue's code. Stopped ones are left out: loaded again, they would open. */
    async sheet(
      programmeId: string,
      from: string,
      until: string,
      venueId?: string,
    ): Promise<{ readonly venueCode: string; readonly slot: PlannedSlot }[]> {
      const rows = await database('slot as s')
        .join('venue as v', 'v.id', 's.venue_id')
        .join('slot_quota as q', 'q.slot_id', 's.id')
        .where({ 's.programme_id': programmeId, 's.stopped': false })
        .where('s.starts_at', '>=', instantOf(from, '00:00'))
        .where('s.starts_at', '<', instantOf(until, '00:00'))
        .modify((query) => {
          if (venueId !== undefined) void query.where('s.venue_id', venueId);
        })
        .groupBy(['s.id', 'v.id'])
        .havingRaw('sum(q.capacity) > 0')
        .orderBy(['v.position', 'v.code', 's.starts_at', 's.dose'])
        .select<
          {
            code: string;
            dose: number;
            starts_at: Date;
            ends_at: Date;
            vaccine: string | null;
            quotas: PlannedSlot['quotas'];
          }[]
        >(
          'v.code',
          's.dose',
          's.starts_at',
          's.ends_at',
          's.vaccine',
          database.raw(`jsonb_agg(jsonb_build_object('channel', q.channel, 'capacity', q.capacity)) AS quotas`),
        );
      return rows.map((row) => ({
        venueCode: row.code,
        slot: {
          dose: row.dose,
          startsAt: row.starts_at,
          endsAt: row.ends_at,
          vaccine: row.vaccine,
          quotas: row.quotas,
        },
      }));
    },
  };
}
