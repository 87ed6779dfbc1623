import { type BookingEventType, type BookingState, countsForDose } from '../contracts/booking-lifecycle';
import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { ActorKind, Channel, EndReason } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programmes/document';
import type { ProgrammeVersion } from '../programmes/version';
import { type Booking, bookingForRules } from './booking';
import {
  type BookingContext,
  type Decision,
  draftOf,
  liveBookings,
  ownBooking,
  personOf,
  type Plan,
  versionOf,
  withStep,
} from './plan';
import { planned } from './plan-confirm';
import { decideCancel } from './rules';
import { reasonToStay, type StayReason } from './version-change';

/** Gives a hold back, or cancels a confirmed booking within the cut-off. What has ended already is answered as it is. */
export function planCancel(
  context: BookingContext,
  { bookingId, channel, actor }: { bookingId: string; channel: Channel; actor: ActorKind },
): Decision {
  const booking = ownBooking(context, bookingId);
  if (!booking) return refuse('booking_unknown');
  if (booking.state === 'cancelled' || booking.state === 'released' || booking.state === 'expired')
    return { ok: true, known: booking };
  const live = liveBookings(context);
  const isHeld = booking.state === 'held';
  if (!isHeld) {
    const decision = decideCancel(
      versionOf(context, booking).document,
      bookingForRules(booking),
      live.filter((item) => item.id !== booking.id && item.replaces !== booking.id).map(bookingForRules),
      channel,
      context.now,
    );
    if (!decision.ok) return decision;
  }
  // A move under way would confirm a booking for a dose that is cancelled, and the second of two has no first any more.
  const withIt = live.filter(
    (item) => item.state === 'held' && (isHeld ? item.pairOf === booking.id : item.replaces === booking.id),
  );
  let draft = draftOf(context);
  for (const item of withIt) draft = withStep(draft, item, 'released', { reason: 'given_up', actor });
  return planned(
    isHeld
      ? withStep(draft, booking, 'released', { reason: 'given_up', actor })
      : withStep(draft, booking, 'cancelled', { reason: reasonOf(actor), actor }),
    booking.id,
  );
}

function reasonOf(actor: ActorKind): EndReason {
  return actor === 'citizen' ? 'citizen' : actor === 'city' ? 'city' : 'operator';
}

/** A step that staff, the system or the city takes on one booking: what it is, and when it may be taken. */
export interface OwnStep {
  readonly type: BookingEventType;
  readonly reason: EndReason | null;
  readonly actor: ActorKind;
  /** The state in which a repeated step is answered as the first; left out: never. */
  readonly sameAs?: BookingState;
  readonly may: (booking: Booking, context: BookingContext) => true | Refusal;
}

export function planStep(context: BookingContext, bookingId: string, step: OwnStep): Decision {
  const booking = ownBooking(context, bookingId);
  if (!booking) return refuse('booking_unknown');
  const allowed = step.may(booking, context);
  if (allowed === true)
    return planned(
      withStep(draftOf(context), booking, step.type, { reason: step.reason, actor: step.actor }),
      bookingId,
    );
  return booking.state === step.sameAs ? { ok: true, known: booking } : allowed;
}

/**
 * The person is there, or was although they counted as not come. A second check-in is answered as the first.
 * `at`: when it was noted, where that was earlier (a list off line); the programme's check-in window goes by it.
 */
export function checkInStep(actor: ActorKind, at?: Date): OwnStep {
  return {
    type: 'attended',
    reason: 'checked_in',
    actor,
    sameAs: 'attended',
    may(booking, context) {
      if (booking.state === 'confirmed')
        return checkInWindow(versionOf(context, booking).document, booking, at ?? context.now);
      if (booking.state !== 'no_show') return refuse('not_confirmed');
      // They may have booked this dose again since.
      return liveBookings(context).some((item) => item.dose === booking.dose) ? refuse('already_booked') : true;
    },
  };
}

function checkInWindow({ policies: { checkIn } }: ProgrammeDocument, { slot }: Booking, at: Date): true | Refusal {
  if (!checkIn) return true;
  if (at.getTime() < slot.startsAt.getTime() - checkIn.fromMinutesBefore * 60_000) return refuse('check_in_too_early');
  if (at.getTime() > slot.endsAt.getTime() + checkIn.untilMinutesAfter * 60_000) return refuse('check_in_too_late');
  return true;
}

/**
 * The check-in was a mistake: the booking is as before. A booking that is confirmed without ever having been checked in
 * is no repeated undo, but the answer is as true.
 */
export function undoCheckInStep(actor: ActorKind): OwnStep {
  return {
    type: 'check_in_undone',
    reason: null,
    actor,
    sameAs: 'confirmed',
    may(booking, context) {
      if (booking.state !== 'attended') return refuse('not_checked_in');
      return liveBookings(context).some((item) => item.dose > booking.dose && item.state === 'attended')
        ? refuse('later_dose_given')
        : true;
    },
  };
}

/** Counts a booking as not come when its slot is over: the venue closes its day. */
export function missedStep(actor: ActorKind): OwnStep {
  return {
    type: 'no_show',
    reason: 'day_over',
    actor,
    sameAs: 'no_show',
    may: (booking, { now }) =>
      booking.state === 'confirmed' && booking.slot.endsAt <= now ? true : refuse('not_confirmed'),
  };
}

/** Cancels without the citizen's limits. A second one is answered as the first. */
export function cityCancelStep(reason: 'operator' | 'city'): OwnStep {
  return {
    type: 'cancelled',
    reason,
    actor: reason,
    sameAs: 'cancelled',
    may: (booking) => (booking.state === 'confirmed' ? true : refuse('not_confirmed')),
  };
}

/**
 * Cancels a booking of the city's that nobody has touched since `version`: not moved, not cancelled, not come, no later
 * dose booked upon it, and still to come. Done before, it is answered as the first time.
 */
export function planTakeBack(context: BookingContext, bookingId: string, version: number): Decision {
  const booking = ownBooking(context, bookingId);
  if (booking?.state === 'cancelled' && booking.version === version + 1 && booking.endReason === 'city')
    return { ok: true, known: booking };
  return planStep(context, bookingId, {
    type: 'cancelled',
    reason: 'city',
    actor: 'city',
    may(current, { now }) {
      if (current.state !== 'confirmed' || current.version !== version) return refuse('not_confirmed');
      if (current.slot.startsAt <= now) return refuse('slot_past');
      const live = liveBookings(context);
      // A move under way would confirm a booking for what was just cancelled.
      if (live.some((item) => item.replaces === current.id)) return refuse('not_confirmed');
      return live.some((item) => item.dose > current.dose) ? refuse('later_dose_booked') : true;
    },
  });
}

/** Ends a hold whose time is over at `asOf`. */
export function expiryStep(asOf: Date): OwnStep {
  return {
    type: 'expired',
    reason: 'hold_expired',
    actor: 'system',
    may: (booking) =>
      booking.state === 'held' && booking.holdExpiresAt.getTime() <= asOf.getTime() ? true : refuse('not_confirmed'),
  };
}

/** Counts a booking as not come when its slot is over at `asOf`. */
export function noShowStep(asOf: Date): OwnStep {
  return {
    type: 'no_show',
    reason: 'day_over',
    actor: 'system',
    may: (booking) =>
      booking.state === 'confirmed' && booking.slot.endsAt.getTime() <= asOf.getTime() ? true : refuse('not_confirmed'),
  };
}

/** Brings a confirmed booking that is still to come under another version, or says why it stays. Undefined: nothing to do any more. */
export function planVersionChange(
  context: BookingContext,
  bookingId: string,
  to: ProgrammeVersion,
): Plan | { readonly stays: StayReason } | undefined {
  const booking = ownBooking(context, bookingId);
  if (booking?.state !== 'confirmed' || booking.slot.startsAt <= context.now || booking.programmeVersionId === to.id)
    return undefined;
  const previous = liveBookings(context).find((item) => item.dose === booking.dose - 1 && countsForDose(item.state));
  const stays = reasonToStay(versionOf(context, booking).document, to.document, {
    dose: booking.dose,
    channel: booking.channel,
    slotStartsAt: booking.slot.startsAt,
    venueCode: booking.slot.venue.code,
    person: personOf(to.document, context),
    previous: previous && bookingForRules(previous),
    isPermitted: context.permits.some((item) => item.dose === booking.dose),
  });
  if (stays !== undefined) return { stays };
  const known = { ...context, versions: new Map([...context.versions, [to.id, to]]) };
  return planned(
    withStep(draftOf(known), booking, 'programme_changed', {
      reason: booking.endReason,
      actor: 'city',
      changes: { programmeVersionId: to.id },
    }),
    bookingId,
  );
}
