import type { BookingState } from '../contracts/booking-lifecycle';

/** A booking as far as a calendar has to know it again. */
export interface BookingInCalendar {
  readonly id: string;
  readonly replaces: string | null;
  readonly state: BookingState;
  readonly version: number;
}

export interface CalendarIdentity {
  /** Names the appointment; an entry with the same name takes the place of the one before. */
  readonly uid: string;
  /** Counts up with every step: of two entries with one name a calendar keeps the one with the higher number. */
  readonly sequence: number;
  readonly isCancelled: boolean;
}

/**
 * How a calendar knows an appointment again. A move makes another booking, but to the person it is the same
 * appointment, so it keeps the name of the first booking in its chain of moves.
 * @param all the person's bookings
 */
export function calendarIdentity(booking: BookingInCalendar, all: readonly BookingInCalendar[]): CalendarIdentity {
  let first = booking;
  let sequence = booking.version;
  for (;;) {
    const before = all.find((item) => item.id === first.replaces);
    if (!before) return { uid: `${first.id}@toki`, sequence, isCancelled: booking.state === 'cancelled' };
    first = before;
    sequence += before.version;
  }
}
