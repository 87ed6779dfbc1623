import { cityDate } from '../calendar/city-time';
import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { ActorKind, Channel } from '../contracts/booking-workflow';
import { groupsOf } from '../programmes/eligibility';
import { type Booking, bookingForRules } from './booking';
import { type Answers, checkAnswers } from './form';
import {
  type BookingContext,
  type Decision,
  type Draft,
  type InvalidAnswers,
  isStale,
  liveBookings,
  type Makers,
  ownBooking,
  personOf,
  type Plan,
  versionOf,
  withStep,
} from './plan';
import { type HoldWish, isPermitted, planHold } from './plan-hold';
import { decideHold } from './rules';

export interface ConfirmWish {
  readonly bookingId: string;
  readonly channel: Channel;
  readonly actor: ActorKind;
  readonly answers: Readonly<Record<string, unknown>>;
  /** Nobody was asked: what the form requires may be missing. `answers` are those that are known, checked before. */
  readonly isUnasked?: true;
}

/**
 * Confirms a hold whose time is not over, with the hold of the next dose that waits for it. A booking that it replaces is cancelled.
 * @param withFirst the booking of the dose before, that was confirmed just now
 */
export function planConfirm(draft: Draft, wish: ConfirmWish, makers: Makers, withFirst?: string): Decision {
  const { context } = draft;
  const booking = ownBooking(context, wish.bookingId);
  if (!booking) return refuse('booking_unknown');
  // The second click, or a retry after a lost answer: the first answer again.
  if (booking.state === 'confirmed') return { ok: true, known: booking };
  const refusal = whyNotConfirmed(context, booking, withFirst);
  if (refusal) return refusal;
  const checked = checkedAnswers(context, booking, wish);
  if (!checked.ok) return checked;
  const pair = liveBookings(context).find((item) => item.pairOf === booking.id && item.state === 'held');
  const moved = withoutReplaced(draft, booking, wish, { withFirst, isPair: pair !== undefined });
  if ('code' in moved) return moved;
  const reference = makers.newReference();
  const done = withStep(moved, booking, 'confirmed', {
    reason: null,
    actor: wish.actor,
    changes: { reference },
    answers: checked.answers,
  });
  const confirmed = ownBooking(done.context, booking.id) ?? booking;
  if (!pair) return { ok: true, draft: done, booking: confirmed };
  const second = planConfirm(done, { ...wish, bookingId: pair.id }, makers, booking.id);
  return 'draft' in second ? { ...second, booking: confirmed, pair: second.booking } : second;
}

function whyNotConfirmed(context: BookingContext, booking: Booking, withFirst: string | undefined) {
  if (booking.state !== 'held')
    return refuse(booking.state === 'expired' || booking.state === 'released' ? 'hold_expired' : 'not_confirmed');
  if (isStale(booking, context.now)) return refuse('hold_expired');
  if (booking.pairOf === null || withFirst !== undefined) return undefined;
  const first = ownBooking(context, booking.pairOf);
  if (first?.state === 'held') return refuse('pair_first');
  return first?.state === 'confirmed' || first?.state === 'attended' ? undefined : refuse('hold_expired');
}

function checkedAnswers(
  context: BookingContext,
  booking: Booking,
  { answers, isUnasked }: ConfirmWish,
): { readonly ok: true; readonly answers: Answers } | InvalidAnswers {
  if (isUnasked) return { ok: true, answers: answers as Answers };
  const { document } = versionOf(context, booking);
  const checked = checkAnswers(document, answers, {
    dose: booking.dose,
    channel: booking.channel,
    groups: groupsOf(document, personOf(document, context)).map((group) => group.code),
    today: cityDate(context.now),
  });
  return checked.ok ? checked : { ok: false, code: 'invalid_answers', faults: checked.faults };
}

/** Cancels the booking that a hold takes the place of. The other dose may have been moved since the hold, so the rules are asked again. */
function withoutReplaced(
  draft: Draft,
  booking: Booking,
  { channel, actor }: ConfirmWish,
  { withFirst, isPair }: { withFirst: string | undefined; isPair: boolean },
): Draft | Refusal {
  if (booking.replaces === null) return draft;
  const { context } = draft;
  const old = ownBooking(context, booking.replaces);
  if (old?.state !== 'confirmed') return refuse('not_confirmed');
  const { document } = versionOf(context, booking);
  const others = liveBookings(context).filter((item) => item.id !== booking.id);
  const again = decideHold(
    document,
    personOf(document, context),
    others.map(bookingForRules),
    { dose: booking.dose, startsAt: booking.slot.startsAt, venueCode: booking.slot.venue.code },
    {
      dose: booking.dose,
      channel,
      replaces: old.id,
      isPermitted: isPermitted(context, actor, booking.dose),
      ignoresWindow: true,
      ...(isPair ? { movesPair: true } : {}),
      ...(withFirst === undefined ? {} : { pairOf: withFirst }),
    },
    context.now,
  );
  // By now the time may have come when one has to say that a move of one dose needs the other: nothing of it is done.
  if (!again.ok) return again;
  return withStep(draft, old, 'cancelled', { reason: 'moved', actor, changes: { replacedBy: booking.id } });
}

/** Hold and confirmation in one go, by the city: the seat and the rules are everybody's. */
export function planAssignment(
  draft: Draft,
  wish: Pick<HoldWish, 'slotId' | 'dose' | 'channel'> & { readonly answers: Answers },
  makers: Makers,
): Decision {
  const { answers, slotId, dose, channel } = wish;
  const held = planHold(draft, { slotId, dose, channel, actor: 'city' }, makers);
  if (!held.ok) return held;
  const confirmation = { bookingId: held.booking.id, channel, actor: 'city', answers, isUnasked: true } as const;
  return planConfirm(held.draft, confirmation, makers);
}

/** A person without a booking is there: hold, confirmation and check-in on a seat of the venue's own for today. */
export function planWalkIn(
  draft: Draft,
  wish: Pick<HoldWish, 'slotId' | 'dose'> & Pick<ConfirmWish, 'answers'>,
  makers: Makers,
): Decision {
  const { answers, slotId, dose } = wish;
  const who = { channel: 'venue', actor: 'venue' } as const;
  const held = planHold(draft, { ...who, slotId, dose, isWalkIn: true }, makers);
  if (!held.ok) return held;
  const confirmed = planConfirm(held.draft, { ...who, bookingId: held.booking.id, answers }, makers);
  if (!('draft' in confirmed)) return confirmed;
  return planned(
    withStep(confirmed.draft, confirmed.booking, 'attended', { reason: 'checked_in', actor: who.actor }),
    confirmed.booking.id,
  );
}

/** The plan of a draft, answered with one of its bookings. */
export function planned(draft: Draft, bookingId: string): Plan {
  const booking = draft.steps.findLast((step) => step.after.id === bookingId)?.after;
  if (!booking) throw new Error(`the plan does not change booking ${bookingId}`);
  return { ok: true, draft, booking };
}
