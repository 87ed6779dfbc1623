import type { Channel } from '../../domain/contracts/booking-workflow';
import type { KnownSlot, Seats } from '../../domain/schedule/compare-slots';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import {
  type KnownSlotRow,
  lockSeats,
  readKnownSlot,
  seatsColumn,
  type TouchedBooking,
  touchedBookings,
} from './known-slots';
import { appendSlotChange } from './slot-history';
import { refusable, writeSeats } from './slot-plans';

/** Seats of one slot for one channel: what a person saw, and what they shall be. */
export interface CapacityChange {
  readonly slotId: string;
  readonly channel: Channel;
  readonly was: number;
  readonly capacity: number;
}

/** Seats that cannot go because people have them. */
export interface ShortSeats {
  readonly slotId: string;
  readonly channel: Channel;
  readonly startsAt: Date;
  readonly dose: number;
  readonly taken: number;
  readonly wanted: number;
  readonly touched: readonly TouchedBooking[];
}

/** `applied`: false where only a look was asked for. */
export type CapacityOutcome = { readonly ok: true; readonly applied: boolean; readonly changed: number } | StaffRefusal;

const shownBookings = 200;

export type SlotCapacityRepository = ReturnType<typeof createSlotCapacityRepository>;

/** Seats of one or many slots, changed one by one. All of them or none, in one transaction; a booking that comes at the same moment waits for it. */
export function createSlotCapacityRepository({ database, audit }: { database: Database; audit: Audit }) {
  return {
    /**
     * Refuses with `changed_meanwhile` and the seats in force where another person changed one since it was seen, and with
     * `below_booked` and those in the way where fewer would be left than are taken.
     * @param dryRun only says what would happen
     */
    async change(
      actor: AuditActor,
      programmeId: string,
      changes: readonly CapacityChange[],
      { dryRun }: { readonly dryRun: boolean },
    ): Promise<CapacityOutcome> {
      return refusable<CapacityOutcome>(database, async (trx) => {
        const ids = [...new Set(changes.map((change) => change.slotId))];
        const venueIds = await trx('slot')
          .whereIn('id', ids)
          .where({ programme_id: programmeId })
          .distinct<{ venue_id: string }[]>('venue_id')
          .orderBy('venue_id');
        // The same order as plans and sheets: the venue, then its seats.
        await trx('venue')
          .whereIn(
            'id',
            venueIds.map((row) => row.venue_id),
          )
          .orderBy('id')
          .forNoKeyUpdate()
          .select('id');
        await lockSeats(trx, ids);
        const rows = await trx('slot as s')
          .whereIn('s.id', ids)
          .where({ 's.programme_id': programmeId })
          .orderBy(['s.starts_at', 's.dose'])
          .select<(KnownSlotRow & { venue_id: string })[]>(
            's.id',
            's.venue_id',
            's.schedule_id',
            's.dose',
            's.starts_at',
            's.ends_at',
            's.vaccine',
            's.set_by_hand',
            's.stopped',
            trx.raw(seatsColumn),
          );
        if (rows.length < ids.length) return refuseStaff('slot_not_found');
        const slots = new Map(rows.map((row) => [row.id, { venueId: row.venue_id, slot: readKnownSlot(row) }]));
        const slotOf = (id: string): KnownSlot => {
          const found = slots.get(id);
          if (!found) throw new Error(`slot ${id} was not read`);
          return found.slot;
        };

        const stale = changes.filter((change) => slotOf(change.slotId).capacity[change.channel] !== change.was);
        if (stale.length > 0) {
          return refuseStaff(
            'changed_meanwhile',
            { seats: stale.length },
            {
              seats: stale.map((change) => ({
                slotId: change.slotId,
                channel: change.channel,
                capacity: slotOf(change.slotId).capacity[change.channel],
              })),
            },
          );
        }
        const short = changes.filter((change) => change.capacity < slotOf(change.slotId).taken[change.channel]);
        if (short.length > 0) {
          const touched = await touchedBookings(trx, [...new Set(short.map((change) => change.slotId))], shownBookings);
          const seats = short.map((change): ShortSeats => {
            const { startsAt, dose, taken } = slotOf(change.slotId);
            return {
              slotId: change.slotId,
              channel: change.channel,
              startsAt,
              dose,
              taken: taken[change.channel],
              wanted: change.capacity,
              touched: touched.filter(
                (booking) => booking.slotId === change.slotId && booking.channel === change.channel,
              ),
            };
          });
          return refuseStaff('below_booked', { seats: short.length }, { short: seats });
        }
        const real = changes.filter((change) => change.capacity !== change.was);
        if (dryRun || real.length === 0) return { ok: true, applied: !dryRun, changed: real.length };
        await writeSeats(
          trx,
          real.map((change) => ({ id: change.slotId, channel: change.channel, capacity: change.capacity })),
        );
        const touchedSlots = [...new Set(real.map((change) => change.slotId))];
        await trx('slot').whereIn('id', touchedSlots).update({ set_by_hand: true });
        for (const { venue_id: venueId } of venueIds) {
          const ofVenue = touchedSlots.filter((id) => slots.get(id)?.venueId === venueId);
          if (ofVenue.length === 0) continue;
          const changeId = await appendSlotChange(trx, actor, {
            programmeId,
            venueId,
            scheduleId: null,
            kind: 'capacity',
            added: 0,
            changed: ofVenue.length,
            removed: 0,
            before: null,
            after: null,
            items: ofVenue.map((id) => {
              const slot = slotOf(id);
              const after: Seats = {
                ...slot.capacity,
                ...Object.fromEntries(
                  real.filter((change) => change.slotId === id).map((change) => [change.channel, change.capacity]),
                ),
              };
              return { dose: slot.dose, startsAt: slot.startsAt, before: slot.capacity, after };
            }),
          });
          await audit.append(trx, actor, {
            action: 'slots.capacity',
            subject: { kind: 'venue', id: venueId },
            result: 'done',
            detail: { change: changeId, slots: ofVenue.length },
          });
        }
        return { ok: true, applied: true, changed: real.length };
      });
    },
  };
}
