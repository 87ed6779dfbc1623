import {
  checkInStep,
  cityCancelStep,
  missedStep,
  type OwnStep,
  planStep,
  undoCheckInStep,
} from '../../domain/bookings/plan-steps';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type { ActorKind } from '../../domain/contracts/booking-workflow';
import type { BookingChange, ChangeBooking } from './change';
import { plain } from './questions';

/** Steps that the venue and the city's staff take on one booking of any resident. A repeated one is answered as the first. */
export function createStaffSteps({ change }: ChangeBooking) {
  const take = async (bookingId: string, step: OwnStep): Promise<BookingChange | Refusal> =>
    plain(
      await change({
        question: { bookingIds: [bookingId] },
        unknown: refuse('booking_unknown'),
        decide: (context) => planStep(context, bookingId, step),
      }),
    );
  return {
    /**
     * The person is there, or was although they counted as not come.
     * `at`: when it was noted, where that was earlier (a list off line); the programme's check-in window goes by it.
     */
    checkIn: (bookingId: string, actor: ActorKind, at?: Date) => take(bookingId, checkInStep(actor, at)),
    /** The check-in was a mistake: the booking is as before. */
    undoCheckIn: (bookingId: string, actor: ActorKind) => take(bookingId, undoCheckInStep(actor)),
    /** Counts a booking as not come when its slot is over: the venue closes its day. */
    closeAsMissed: (bookingId: string, actor: ActorKind) => take(bookingId, missedStep(actor)),
    /** Cancels without the citizen's limits. */
    cancelByCity: (bookingId: string, reason: 'operator' | 'city') => take(bookingId, cityCancelStep(reason)),
  };
}
