import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { instantOf } from '../../domain/calendar/city-time';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { SeatShare } from '../../domain/programmes/seat-stages';
import type { PlannedSlot } from '../../domain/schedule/plan-slots';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import { freeInShareSql, freeSeatsSql } from './seats';
import { readVenue, venueColumns, type VenueRow, type VenueView } from './venues';

export interface FreeSlot {
  readonly id: string;
  readonly venueId: string;
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Seats that can be held now; seats of holds that ran out count as free. */
  readonly free: number;
  readonly capacity: number;
}

export interface VenueAvailability {
  readonly venueId: string;
  readonly free: number;
  readonly capacity: number;
  /** First city date with a free seat, `YYYY-MM-DD`. */
  readonly nextDay: string | null;
}

/** Seats of one city date and channel, of one venue or all. */
export interface DayAvailability {
  /** City date, `YYYY-MM-DD`. */
  readonly day: string;
  readonly channel: Channel;
  readonly free: number;
  readonly capacity: number;
}

export interface FreeSlotQuery {
  readonly programmeId: string;
  readonly dose: number;
  readonly channel: Channel;
  readonly venueId?: string;
  /** Left out: all venues. */
  readonly venueIds?: readonly string[];
  /** The part of the seats that is open to the person who asks; left out or null: all. */
  readonly limit?: SeatShare | null;
  /** City dates, half-open: [from, until). */
  readonly from: string;
  readonly until: string;
}

/** ms. Free seats may lag by at most 2 s behind the truth; the hold decides. */
const freshForMs = 1_000;
const rememberedQueries = 500;

export type SlotRepository = ReturnType<typeof createSlotRepository>;

export function createSlotRepository(database: Database) {
  const remembered = new Map<string, { at: number; value: Promise<unknown> }>();

  /** Many people look at the same page at the same second: they share one query. */
  function shared<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const now = Date.now();
    const known = remembered.get(key);
    if (known && now - known.at < freshForMs) return known.value as Promise<Value>;
    const value = read();
    remembered.delete(key);
    remembered.set(key, { at: now, value });
    value.catch(() => remembered.delete(key));
    if (remembered.size > rememberedQueries) remembered.delete(remembered.keys().next().value ?? '');
    return value;
  }

  /** Free seats as SQL with its bindings. */
  function freeOf(limit: SeatShare | null | undefined): { sql: string; bindings: (string | number)[] } {
    return limit
      ? { sql: freeInShareSql, bindings: [limit.share, limit.code, limit.code, limit.code] }
      : { sql: freeSeatsSql, bindings: [] };
  }

  async function readFreeSlots(query: FreeSlotQuery): Promise<FreeSlot[]> {
    const free = freeOf(query.limit);
    const rows = await database('slot as s')
      .join('slot_quota as q', (on) => on.on('q.slot_id', 's.id').andOnVal('q.channel', query.channel))
      .join('venue as v', 'v.id', 's.venue_id')
      .where({ 's.programme_id': query.programmeId, 's.dose': query.dose, 'v.active': true, 's.stopped': false })
      // A time without seats for this channel is not offered on it at all; a full one is shown as full.
      .where('q.capacity', '>', 0)
      .where('s.starts_at', '>=', instantOf(query.from, '00:00'))
      .where('s.starts_at', '<', instantOf(query.until, '00:00'))
      .whereRaw('s.starts_at > now()')
      .modify((builder) => {
        if (query.venueId !== undefined) void builder.where('s.venue_id', query.venueId);
        if (query.venueIds !== undefined) void builder.whereIn('s.venue_id', query.venueIds);
      })
      .orderBy(['s.starts_at', 's.venue_id'])
      .select<
        { id: string; venue_id: string; dose: number; starts_at: Date; ends_at: Date; free: number; capacity: number }[]
      >(
        's.id',
        's.venue_id',
        's.dose',
        's.starts_at',
        's.ends_at',
        'q.capacity',
        database.raw(`${free.sql} AS free`, free.bindings),
      );
    return rows.map((row) => ({
      id: row.id,
      venueId: row.venue_id,
      dose: row.dose,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      free: Math.max(0, row.free),
      capacity: row.capacity,
    }));
  }

  async function readFreeByDay(query: Omit<FreeSlotQuery, 'channel'>): Promise<DayAvailability[]> {
    const { rows } = await database.raw<{ rows: DayAvailability[] }>(
      `SELECT to_char(starts_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day, channel, sum(greatest(free, 0))::int AS free, sum(capacity)::int AS capacity
         FROM (SELECT s.starts_at, q.channel, q.capacity, ${freeSeatsSql} AS free
                 FROM slot s JOIN slot_quota q ON q.slot_id = s.id JOIN venue v ON v.id = s.venue_id AND v.active
                WHERE s.programme_id = ? AND s.dose = ? AND s.starts_at >= ? AND s.starts_at < ? AND s.starts_at > now() AND NOT s.stopped AND q.capacity > 0 AND (?::uuid IS NULL OR s.venue_id = ?)) AS seats
        GROUP BY 1, 2 ORDER BY 1, 2`,
      [
        query.programmeId,
        query.dose,
        instantOf(query.from, '00:00'),
        instantOf(query.until, '00:00'),
        query.venueId ?? null,
        query.venueId ?? null,
      ],
    );
    return rows;
  }

  async function readFreeByVenue(query: FreeSlotQuery): Promise<VenueAvailability[]> {
    const free = freeOf(query.limit);
    const venueIds = query.venueIds ? [...query.venueIds] : null;
    const { rows } = await database.raw<{
      rows: { venue_id: string; free: number; capacity: number; next_day: string | null }[];
    }>(
      `SELECT venue_id, sum(greatest(free, 0))::int AS free, sum(capacity)::int AS capacity,
              to_char(min(starts_at) FILTER (WHERE free > 0) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS next_day
         FROM (SELECT s.venue_id, s.starts_at, q.capacity, ${free.sql} AS free
                 FROM slot s JOIN slot_quota q ON q.slot_id = s.id AND q.channel = ? JOIN venue v ON v.id = s.venue_id AND v.active
                WHERE s.programme_id = ? AND s.dose = ? AND s.starts_at >= ? AND s.starts_at < ? AND s.starts_at > now() AND NOT s.stopped AND q.capacity > 0
                  AND (?::uuid[] IS NULL OR s.venue_id = ANY (?::uuid[]))) AS seats
        GROUP BY venue_id`,
      [
        ...free.bindings,
        query.channel,
        query.programmeId,
        query.dose,
        instantOf(query.from, '00:00'),
        instantOf(query.until, '00:00'),
        venueIds,
        venueIds,
      ],
    );
    return rows.map((row) => ({
      venueId: row.venue_id,
      free: row.free,
      capacity: row.capacity,
      nextDay: row.next_day,
    }));
  }

  return {
    /** The active venues that have slots of the programme, in the city's order. */
    venues(programmeId: string): Promise<VenueView[]> {
      return shared(`venues ${programmeId}`, async () => {
        const rows = await database('venue as v')
          .where('v.active', true)
          .whereExists(
            database('slot as s')
              .select(database.raw('1'))
              .whereRaw('s.venue_id = v.id')
              .where('s.programme_id', programmeId),
          )
          .orderBy(['v.position', 'v.code'])
          .select<VenueRow[]>(venueColumns('v'));
        return rows.map(readVenue);
      });
    },

    /** As `venues`, with those that are switched off and have had bookings: for the people who look after these. */
    async venuesWithBookings(programmeId: string): Promise<VenueView[]> {
      await catchUp(database);
      const ofVenue = (query: Knex.QueryBuilder) =>
        query.select(database.raw('1')).whereRaw('s.venue_id = v.id').where('s.programme_id', programmeId);
      const rows = await database('venue as v')
        .where((either) => {
          void either
            .where((open) => void open.where('v.active', true).whereExists(ofVenue(database('slot as s'))))
            .orWhereExists(
              ofVenue(database('slot as s').join('listed_booking as b', 'b.slot_id', 's.id')).whereIn('b.state', [
                'confirmed',
                'attended',
                'no_show',
              ]),
            );
        })
        .orderBy(['v.position', 'v.code'])
        .select<VenueRow[]>(venueColumns('v'));
      return rows.map(readVenue);
    },

    /** The slot of a dose that begins there and then. */
    async idAt({
      programmeId,
      venueId,
      dose,
      startsAt,
    }: {
      readonly programmeId: string;
      readonly venueId: string;
      readonly dose: number;
      readonly startsAt: Date;
    }): Promise<string | undefined> {
      return (
        await database('slot')
          .where({ programme_id: programmeId, venue_id: venueId, dose, starts_at: startsAt })
          .first<{ id: string } | undefined>('id')
      )?.id;
    },

    /** Slots of one dose for one channel, full ones included, in order of time. At most 1 s old. */
    freeSlots(query: FreeSlotQuery): Promise<FreeSlot[]> {
      return shared(`slots ${JSON.stringify(query)}`, () => readFreeSlots(query));
    },

    /** Seats summed per day and channel. At most 1 s old. */
    freeByDay(query: Omit<FreeSlotQuery, 'channel'>): Promise<DayAvailability[]> {
      return shared(`days ${JSON.stringify(query)} ${query.venueId ?? ''}`, () => readFreeByDay(query));
    },

    /** Free seats summed per venue. At most 1 s old. */
    freeByVenue(query: Omit<FreeSlotQuery, 'venueId'>): Promise<VenueAvailability[]> {
      return shared(`venues-free ${JSON.stringify(query)}`, () => readFreeByVenue(query));
    },

    /**
     * Adds planned slots of one venue. The same plan twice adds nothing: what is there stays as it is.
     * Returns how many slots were new.
     */
    async addSlots(
      programmeId: string,
      venueId: string,
      scheduleId: string | null,
      slots: readonly PlannedSlot[],
    ): Promise<number> {
      return database.transaction(async (trx) => {
        const rows = slots.map((slot) => ({
          id: uuidv7(),
          programme_id: programmeId,
          venue_id: venueId,
          schedule_id: scheduleId,
          dose: slot.dose,
          starts_at: slot.startsAt,
          ends_at: slot.endsAt,
          vaccine: slot.vaccine ?? null,
        }));
        const added = new Set<string>();
        for (let start = 0; start < rows.length; start += 1_000) {
          const inserted = await trx('slot')
            .insert(rows.slice(start, start + 1_000))
            .onConflict(['programme_id', 'venue_id', 'dose', 'starts_at'])
            .ignore()
            .returning<{ id: string }[]>('id');
          for (const { id } of inserted) added.add(id);
        }
        const quotas = rows.flatMap((row, index) =>
          added.has(row.id)
            ? (slots[index]?.quotas ?? []).map(({ channel, capacity }) => ({ slot_id: row.id, channel, capacity }))
            : [],
        );
        await trx.batchInsert('slot_quota', quotas, 1_000);
        return added.size;
      });
    },
  };
}
