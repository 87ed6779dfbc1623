import type { BookingRepository, Outbox, SystemChange } from '../../database/bookings';
import type { Programmes } from '../../database/programmes';
import { refusals } from '../../domain/contracts/booking-refusals';
import type { BookingEvent, CancelBookingInput } from '../../domain/contracts/booking-workflow';
import { withJourney } from '../../engine/hand-over/with-journey';

export interface BookingActivitiesOptions {
  readonly bookings: Pick<BookingRepository, 'expireHold' | 'markNoShow' | 'cancelByCity'>;
  readonly outbox: Pick<Outbox, 'eventsOf' | 'markDelivered'>;
  readonly programmes: Pick<Programmes, 'version'>;
}

/** What a cancellation by the city's people came to: the events that the workflow has not seen, or why not. */
export type CancelOutcome =
  | { readonly ok: true; readonly events: readonly BookingEvent[] }
  | { readonly ok: false; readonly code: string; readonly sentence: string };

/** The activities of the queue `booking`: what the workflow asks the database to decide. Each may be run again. */
export interface BookingActivities {
  expireHold(bookingId: string, asOf: string): Promise<SystemChange>;
  markNoShow(bookingId: string, asOf: string): Promise<SystemChange>;
  loadBookingEvents(bookingId: string, afterVersion: number): Promise<BookingEvent[]>;
  cancelByCity(bookingId: string, reason: CancelBookingInput['reason'], afterVersion: number): Promise<CancelOutcome>;
}

export function createBookingActivities({ bookings, outbox, programmes }: BookingActivitiesOptions): BookingActivities {
  async function loadBookingEvents(bookingId: string, afterVersion: number): Promise<BookingEvent[]> {
    const events = await outbox.eventsOf(bookingId, afterVersion);
    return Promise.all(events.map((event) => withJourney(programmes, event)));
  }

  return {
    expireHold: (bookingId, asOf) => bookings.expireHold(bookingId, asOf),

    markNoShow: (bookingId, asOf) => bookings.markNoShow(bookingId, asOf),

    loadBookingEvents,

    async cancelByCity(bookingId, reason, afterVersion) {
      const result = await bookings.cancelByCity(bookingId, reason);
      if (!result.ok) return { ok: false, code: result.code, sentence: refusals[result.code].sentence };
      // Read rather than taken from the result: an attempt whose answer was lost has made them already.
      const events = await loadBookingEvents(bookingId, afterVersion);
      await outbox.markDelivered(events.map(({ version }) => ({ bookingId, version })));
      return { ok: true, events };
    },
  };
}
