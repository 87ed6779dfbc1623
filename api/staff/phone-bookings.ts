import type { Audit, AuditActor } from '../../database/audit';
import type { BookingChange, BookingRepository, InvalidAnswers } from '../../database/bookings';
import { refuse, type Refusal } from '../../domain/booking/refusals';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';

export interface PhoneBookingsDependencies {
  readonly bookings: BookingRepository;
  readonly audit: Audit;
  readonly handOver: { offer(events: readonly BookingEvent[]): void };
}

interface Key {
  readonly idempotencyKey?: string;
}

const channel = 'phone';
const actorKind = 'operator';

export type PhoneBookings = ReturnType<typeof createPhoneBookings>;

/**
 * What operators do for a caller: the same transactions as the citizens', on the telephone's seats. Who did it is recorded before
 * (`begun`) and after, under the same request: a change without its record cannot be, even if the process dies in between.
 */
export function createPhoneBookings({ bookings, audit, handOver }: PhoneBookingsDependencies) {
  async function recorded<Result extends BookingChange | Refusal | InvalidAnswers>(
    by: AuditActor, action: string, residentId: string, subject: { kind: 'booking' | 'slot'; id: string }, work: () => Promise<Result>,
  ): Promise<Result> {
    await audit.record(by, { action, residentId, subject, result: 'begun' });
    const result = await work();
    if (result.ok) handOver.offer(result.events);
    await audit.record(by, {
      action, residentId,
      subject: result.ok ? { kind: 'booking', id: result.booking.id } : subject,
      result: result.ok ? (result.replayed ? 'repeated' : 'done') : result.code,
    });
    return result;
  }

  /** Bookings are named by their id alone; the resident is the one that they belong to. */
  async function onBooking<Result extends BookingChange | Refusal | InvalidAnswers>(
    by: AuditActor, action: string, bookingId: string, work: (residentId: string) => Promise<Result>,
  ): Promise<Result | Refusal> {
    const booking = await bookings.find(bookingId);
    if (!booking) return refuse('booking_unknown');
    return recorded(by, action, booking.residentId, { kind: 'booking', id: bookingId }, () => work(booking.residentId));
  }

  return {
    hold(by: AuditActor, input: Key & { residentId: string; slotId: string; dose: number; replaces?: string }): Promise<BookingChange | Refusal> {
      return recorded(by, input.replaces === undefined ? 'booking.hold' : 'booking.move', input.residentId, { kind: 'slot', id: input.slotId }, () =>
        bookings.hold({ ...input, channel, actor: actorKind }),
      );
    },

    confirm(by: AuditActor, input: Key & { bookingId: string; answers: Readonly<Record<string, unknown>> }): Promise<BookingChange | Refusal | InvalidAnswers> {
      return onBooking(by, 'booking.confirm', input.bookingId, (residentId) => bookings.confirm({ ...input, residentId, channel, actor: actorKind }));
    },

    cancel(by: AuditActor, input: Key & { bookingId: string }): Promise<BookingChange | Refusal> {
      return onBooking(by, 'booking.cancel', input.bookingId, (residentId) => bookings.cancel({ ...input, residentId, channel, actor: actorKind }));
    },

    checkIn(by: AuditActor, bookingId: string): Promise<BookingChange | Refusal> {
      return onBooking(by, 'booking.check_in', bookingId, () => bookings.checkIn(bookingId, 'venue'));
    },
  };
}
