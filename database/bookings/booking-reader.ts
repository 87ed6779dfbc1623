import { type BookingView, viewOf } from '../../domain/bookings/booking';
import type { Answers } from '../../domain/bookings/form';
import { isStale } from '../../domain/bookings/plan';
import type { ActorKind, BookingEvent } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';
import { type BookingJson, bookingJson, bookingTables, readBooking } from './booking-json';
import { eventColumns, type EventRow, readEvent } from './events';

const listText = `SELECT ${bookingJson} AS booking, now() AS now FROM ${bookingTables} WHERE b.resident_id = $1 ORDER BY b.id DESC LIMIT 200`;
const oneText = `SELECT ${bookingJson} AS booking FROM ${bookingTables} WHERE b.id = $1`;
const lastEventText = `SELECT ${eventColumns} FROM booking_event e WHERE e.booking_id = $1 ORDER BY e.version DESC LIMIT 1`;

export type BookingReader = ReturnType<typeof createBookingReader>;

/** Bookings as they are, for pages, lists and workflows. */
export function createBookingReader({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** All bookings of a resident, the newest first. Holds whose time is over are shown as expired, also before their rows say so. */
    async listOf(residentId: string): Promise<BookingView[]> {
      const rows = await preparedQuery<{ booking: BookingJson; now: Date }>(database, 'bookings-of', listText, [
        residentId,
      ]);
      return rows.map(({ booking: json, now }) => {
        const booking = readBooking(json);
        return viewOf(isStale(booking, now) ? { ...booking, state: 'expired', endReason: 'hold_expired' } : booking);
      });
    },

    async find(bookingId: string): Promise<BookingView | undefined> {
      const [row] = await preparedQuery<{ booking: BookingJson }>(database, 'booking', oneText, [bookingId]);
      return row && viewOf(readBooking(row.booking));
    },

    /** The answers given at confirmation, opened; undefined before it. */
    async answersOf(bookingId: string): Promise<Answers | undefined> {
      const row = await database('booking')
        .where({ id: bookingId })
        .first<{ sealed_answers: Buffer | null } | undefined>('sealed_answers');
      return row?.sealed_answers ? (JSON.parse(keys.open(row.sealed_answers).toString('utf8')) as Answers) : undefined;
    },

    /** The booking's last event; undefined where there is no booking. */
    async lastEvent(bookingId: string): Promise<BookingEvent | undefined> {
      const [row] = await preparedQuery<EventRow>(database, 'booking-last-event', lastEventText, [bookingId]);
      return row && readEvent(row);
    },

    /** Who took the booking's last step; undefined where there is no booking. */
    async lastActor(bookingId: string): Promise<ActorKind | undefined> {
      return (await this.lastEvent(bookingId))?.actor;
    },

    /** Whether the resident of this booking has one for `dose` that counts (confirmed or attended). */
    async hasBookingForDose(residentId: string, dose: number): Promise<boolean> {
      const row = await database('booking')
        .where({ resident_id: residentId, dose })
        .whereIn('state', ['confirmed', 'attended'])
        .first<{ id: string } | undefined>('id');
      return row !== undefined;
    },
  };
}
