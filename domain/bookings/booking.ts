import type { BookingState } from '../contracts/booking-lifecycle';
import type { Channel, EndReason } from '../contracts/booking-workflow';
import type { VenueView } from '../schedule/venue-view';
import type { BookingForRules } from './rules';

export interface BookingView {
  readonly id: string;
  readonly residentId: string;
  readonly programmeVersionId: string;
  readonly state: BookingState;
  readonly dose: number;
  readonly channel: Channel;
  readonly version: number;
  readonly reference: string | null;
  readonly holdExpiresAt: Date;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
  /** The booking of the dose before that was held in the same go: both are confirmed together. */
  readonly pairOf: string | null;
  readonly changes: number;
  readonly endReason: EndReason | null;
  readonly slot: { readonly id: string; readonly startsAt: Date; readonly endsAt: Date; readonly venue: VenueView };
}

/** A booking with what only a change of it needs to know. */
export interface Booking extends BookingView {
  /** The seat stage's share that its seat is counted in; null: none held seats back. */
  readonly shareCode: string | null;
}

/** A booking as the rules look at it. */
export function bookingForRules({ slot, ...booking }: BookingView): BookingForRules {
  return {
    id: booking.id,
    dose: booking.dose,
    state: booking.state,
    slotStartsAt: slot.startsAt,
    venueCode: slot.venue.code,
    holdExpiresAt: booking.holdExpiresAt,
    replaces: booking.replaces,
    changes: booking.changes,
  };
}

/** A booking as it is shown: how its seat is counted is nobody's business. */
export function viewOf({ shareCode: _shareCode, ...view }: Booking): BookingView {
  return view;
}
