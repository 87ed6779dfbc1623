import type { Audit, AuditActor } from '../../../database/audit';
import type { BookingChange, BookingPermits, BookingRepository, InvalidAnswers } from '../../../database/bookings';
import { type Refusal, refuse } from '../../../domain/contracts/booking-refusals';
import type { StaffRefusal } from '../../../domain/staff/refusals';
import { type ChangeRecorderDependencies, createChangeRecorder } from '../frame/recorded-change';
import type { IdentityRequirement } from '../residents/identity-requirement';

export interface PhoneBookingsDependencies extends ChangeRecorderDependencies {
  readonly bookings: BookingRepository;
  readonly identityRequirement: IdentityRequirement;
  readonly permits: Pick<BookingPermits, 'of'>;
  readonly audit: Audit;
}

interface Key {
  readonly idempotencyKey?: string;
}

const channel = 'phone';
const actorKind = 'operator';

export type PhoneBookings = ReturnType<typeof createPhoneBookings>;

/**
 * What operators do for a caller: the same transactions as the citizens', on the telephone's seats, each recorded. Nothing is done for a caller who was not identified.
 */
export function createPhoneBookings({
  bookings,
  identityRequirement,
  permits,
  audit,
  handOver,
}: PhoneBookingsDependencies) {
  const record = createChangeRecorder({ audit, handOver });

  /** Bookings are named by their id alone; the resident is the one that they belong to. */
  async function onBooking<Result extends BookingChange | Refusal | InvalidAnswers>(
    by: AuditActor,
    action: string,
    bookingId: string,
    work: (residentId: string) => Promise<Result>,
  ): Promise<Result | Refusal> {
    const booking = await bookings.find(bookingId);
    if (!booking) return refuse('booking_unknown');
    return record(by, { action, residentId: booking.residentId, subject: { kind: 'booking', id: bookingId } }, () =>
      work(booking.residentId),
    );
  }

  /** As `onBooking`, for a caller: only after the identity check. */
  async function forCaller<Result extends BookingChange | Refusal | InvalidAnswers>(
    by: AuditActor,
    action: string,
    bookingId: string,
    work: (residentId: string) => Promise<Result>,
  ): Promise<Result | Refusal | StaffRefusal> {
    const booking = await bookings.find(bookingId);
    const refusal = booking && (await identityRequirement.refusal(by.id, booking.residentId));
    if (!refusal) return onBooking(by, action, bookingId, work);
    await audit.record(by, {
      action,
      residentId: booking.residentId,
      subject: { kind: 'booking', id: bookingId },
      result: refusal.staffCode,
    });
    return refusal;
  }

  return {
    async hold(
      by: AuditActor,
      input: Key & { residentId: string; slotId: string; dose: number; replaces?: string },
    ): Promise<BookingChange | Refusal | StaffRefusal> {
      const action = input.replaces === undefined ? 'booking.hold' : 'booking.move';
      const subject = { kind: 'slot', id: input.slotId } as const;
      const refusal = await identityRequirement.refusal(by.id, input.residentId);
      if (refusal) {
        await audit.record(by, { action, residentId: input.residentId, subject, result: refusal.staffCode });
        return refusal;
      }
      // A booking before the group's turn names the permit that it rests on.
      const permit = (await permits.of(input.residentId)).find((item) => item.dose === input.dose);
      return record(
        by,
        { action, residentId: input.residentId, subject, detail: permit ? { permit: permit.id } : {} },
        () => bookings.hold({ ...input, channel, actor: actorKind }),
      );
    },

    confirm(
      by: AuditActor,
      input: Key & { bookingId: string; answers: Readonly<Record<string, unknown>> },
    ): Promise<BookingChange | Refusal | StaffRefusal | InvalidAnswers> {
      return forCaller(by, 'booking.confirm', input.bookingId, (residentId) =>
        bookings.confirm({ ...input, residentId, channel, actor: actorKind }),
      );
    },

    cancel(by: AuditActor, input: Key & { bookingId: string }): Promise<BookingChange | Refusal | StaffRefusal> {
      return forCaller(by, 'booking.cancel', input.bookingId, (residentId) =>
        bookings.cancel({ ...input, residentId, channel, actor: actorKind }),
      );
    },
  };
}
