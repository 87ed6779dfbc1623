import { addDays, cityDate, cityTime, instantOf } from '../calendar/city-time';
import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { ActorKind, Channel } from '../contracts/booking-workflow';
import type { DoseSeat } from '../programmes/document';
import { type SeatShare, seatsOfShare } from '../programmes/seat-stages';
import { seatOf } from '../programmes/vaccines';
import type { ProgrammeVersion } from '../programmes/version';
import { defined } from '../text/defined';
import { type Booking, bookingForRules } from './booking';
import {
  type BookingContext,
  type ContextSeats,
  type ContextSlot,
  type Draft,
  isStale,
  liveBookings,
  type Makers,
  ownBooking,
  personOf,
  type Plan,
  withHold,
  withReopened,
  withStep,
} from './plan';
import { decideHold, type HoldDecision, replacedNow } from './rules';

export interface HoldWish {
  readonly slotId: string;
  readonly dose: number;
  readonly channel: Channel;
  readonly actor: ActorKind;
  readonly replaces?: string;
  /** Takes a seat for the next dose in the same go, all or nothing: in this slot, or (left out) where the programme's rule puts it. */
  readonly next?: { readonly slotId?: string };
  /** The resident's hold of the dose before, with which this one is to be confirmed. */
  readonly pairOf?: string;
  /** Both doses are to be moved: the next dose as it is now does not bind; confirming asks for both. */
  readonly movesPair?: true;
  /** The person is at the venue: see `HoldRequest.walkInUntil`. */
  readonly isWalkIn?: true;
}

/** A hold with what only a plan decides. */
interface HoldStep extends HoldWish {
  /** See `HoldRequest.ignoresWindow`. */
  readonly ignoresWindow?: true;
}

/** Where the next dose is held with this one. `slotId`: undefined where the programme's rule finds no slot. */
interface NextSeat {
  readonly slotId: string | undefined;
  readonly isByRule: boolean;
}

/** One seat, or that of the next dose too, where it is asked for or the programme assigns it. */
export function planHold(draft: Draft, wish: HoldWish, makers: Makers): Plan | Refusal {
  const next = nextSeatOf(draft.context, wish);
  return next ? planBoth(draft, wish, next, makers) : planOne(draft, wish, makers);
}

/** Days after a dose on which a programme may put the seat of the next one by rule. */
export function daysToNextDose({ document }: ProgrammeVersion, dose: number): number[] {
  const next = document.doses.find((item) => item.number === dose + 1);
  const rules = [next?.seat, ...(next?.seatAt ?? []).map((item) => item.seat)];
  return rules.flatMap((rule) => (rule && rule.mode !== 'chosen' ? [rule.afterDays] : []));
}

/** The seat of the next dose that is to be held with this one: asked for, or assigned by the programme. */
function nextSeatOf(context: BookingContext, { slotId, dose, next }: HoldWish): NextSeat | undefined {
  const document = context.published?.document;
  if (!document) return undefined;
  if (next?.slotId !== undefined) return { slotId: next.slotId, isByRule: false };
  const slot = context.slots.find((item) => item.id === slotId);
  const isDose = document.doses.some((item) => item.number === dose + 1);
  const rule = slot && isDose ? seatOf(document, dose + 1, slot.venue.code) : undefined;
  if (!next && rule?.mode !== 'assigned') return undefined;
  return { slotId: slot && slotByRule(context, slot, dose + 1, rule), isByRule: true };
}

/** The slot where the programme's rule puts the next dose: the same venue and time, some days later. */
function slotByRule(
  { slots }: BookingContext,
  slot: ContextSlot,
  dose: number,
  rule: DoseSeat | undefined,
): string | undefined {
  if (!rule || rule.mode === 'chosen') return undefined;
  const startsAt = instantOf(addDays(cityDate(slot.startsAt), rule.afterDays), cityTime(slot.startsAt));
  return slots.find(
    (item) =>
      item.programmeId === slot.programmeId &&
      item.venue.id === slot.venue.id &&
      item.dose === dose &&
      item.startsAt.getTime() === startsAt.getTime(),
  )?.id;
}

/** A dose and the one after it, all or nothing. */
function planBoth(draft: Draft, wish: HoldWish, { slotId, isByRule }: NextSeat, makers: Makers): Plan | Refusal {
  const first = planOne(draft, { ...wish, movesPair: true }, makers);
  if (!first.ok) return first;
  if (slotId === undefined) return refuse('no_seat_for_next_dose');
  const dose = wish.dose + 1;
  const known = liveBookings(first.draft.context).filter((item) => item.dose === dose);
  const replaces = (known.find((item) => item.state === 'held') ?? known.find((item) => item.state === 'confirmed'))
    ?.id;
  const second = planOne(
    first.draft,
    {
      channel: wish.channel,
      actor: wish.actor,
      slotId,
      dose,
      pairOf: first.booking.id,
      ...defined({ replaces }),
      ...(isByRule ? { ignoresWindow: true } : {}),
    },
    makers,
  );
  if (!second.ok) return isByRule && isSeatMissing(second) ? refuse('no_seat_for_next_dose') : second;
  return { ok: true, draft: second.draft, booking: first.booking, pair: second.booking };
}

/** The seat itself is not to be had, whatever the rules say of the person. */
function isSeatMissing({ code }: Refusal): boolean {
  return code === 'slot_full' || code === 'slot_closed' || code === 'slot_unknown';
}

function planOne(draft: Draft, wish: HoldStep, makers: Makers): Plan | Refusal {
  const { context } = draft;
  const { now, resident, published } = context;
  const slot = context.slots.find((item) => item.id === wish.slotId);
  if (slot?.programmeId !== resident.programmeId) return refuse('slot_unknown');
  if (!slot.isOpen) return refuse('slot_closed');
  if (!resident.isActive) return refuse('not_eligible');
  if (!published) return refuse('slot_unknown');
  const live = liveBookings(context).filter((item) => !isStale(item, now));
  const replaces = replacedBy(context, wish, live);
  const pairOf = wish.pairOf ?? keptPair(live, replaces);
  const decision = decideHold(
    published.document,
    personOf(published.document, context),
    live.map(bookingForRules),
    { dose: slot.dose, startsAt: slot.startsAt, venueCode: slot.venue.code },
    {
      dose: wish.dose,
      channel: wish.channel,
      isPermitted: isPermitted(context, wish.actor, wish.dose),
      ...defined({ replaces, pairOf }),
      ...(wish.isWalkIn ? { walkInUntil: slot.endsAt } : {}),
      ...(wish.movesPair ? { movesPair: true } : {}),
      ...(wish.ignoresWindow ? { ignoresWindow: true } : {}),
    },
    now,
  );
  if (!decision.ok) return decision;
  const freed = withSeat(withEnds(draft, live, decision, wish.actor), slot.id, wish.channel, decision.limit);
  if ('code' in freed) return freed;
  const booking = heldBooking(context, published, slot, {
    id: makers.newId(),
    channel: wish.channel,
    decision,
    pairOf: pairOf ?? null,
  });
  return { ok: true, draft: withHold(freed, booking, published, { ...decision, actor: wish.actor }), booking };
}

function heldBooking(
  { now, resident }: BookingContext,
  version: ProgrammeVersion,
  slot: ContextSlot,
  { id, channel, decision, pairOf }: Pick<Booking, 'id' | 'channel' | 'pairOf'> & { decision: HoldDecision },
): Booking {
  return {
    id,
    residentId: resident.id,
    programmeVersionId: version.id,
    state: 'held',
    dose: slot.dose,
    channel,
    version: 1,
    reference: null,
    holdExpiresAt: new Date(now.getTime() + version.document.policies.holdMinutes * 60_000),
    replaces: decision.replaces,
    replacedBy: null,
    pairOf,
    changes: decision.changes,
    endReason: null,
    shareCode: decision.limit?.code ?? null,
    slot: { id: slot.id, startsAt: slot.startsAt, endsAt: slot.endsAt, venue: slot.venue },
  };
}

/** The booking that a hold takes the place of, whatever state the one has that the request names. One of another person stays unknown. */
function replacedBy(context: BookingContext, { replaces }: HoldStep, live: readonly Booking[]): string | undefined {
  if (replaces === undefined || live.some((item) => item.id === replaces)) return replaces;
  const named = ownBooking(context, replaces);
  return named ? replacedNow(bookingForRules(named), live.map(bookingForRules), context.now) : replaces;
}

/** A person who chooses another time for the second of two keeps the two together. */
function keptPair(live: readonly Booking[], replaces: string | undefined): string | undefined {
  const replaced = live.find((item) => item.id === replaces && item.state === 'held');
  const first = live.find((item) => item.id === replaced?.pairOf && item.state === 'held');
  return first?.id;
}

/** A supervisor's permit counts where an operator books, and nowhere else. */
export function isPermitted({ permits }: BookingContext, actor: ActorKind, dose: number): boolean {
  return actor === 'operator' && permits.some((item) => item.dose === dose && item.isInForce);
}

/** Ends the person's own holds whose time is over, and those that the new one takes the place of. */
function withEnds(draft: Draft, live: readonly Booking[], { givesBack }: HoldDecision, actor: ActorKind): Draft {
  const { context } = draft;
  let done = draft;
  for (const item of liveBookings(context).filter((booking) => isStale(booking, context.now)))
    done = withStep(done, item, 'expired', { reason: 'hold_expired', actor: 'system' });
  if (givesBack === null) return done;
  for (const item of live)
    if (item.id === givesBack || (item.pairOf === givesBack && item.state === 'held'))
      done = withStep(done, item, 'released', { reason: 'given_up', actor });
  return done;
}

/** Makes sure of a free seat: where there is none, holds that are over and seats whose cooling time is over are opened. */
function withSeat(draft: Draft, slotId: string, channel: Channel, limit: SeatShare | null): Draft | Refusal {
  const seatsIn = ({ context }: Draft): ContextSeats | undefined =>
    context.slots.find((item) => item.id === slotId)?.seats.find((item) => item.channel === channel);
  const isFree = (item: Draft): boolean => {
    const seats = seatsIn(item);
    return seats !== undefined && seats.taken < seats.capacity;
  };
  const isInShare = (item: Draft): boolean => {
    const seats = seatsIn(item);
    return (
      !limit || (seats !== undefined && (seats.shares[limit.code] ?? 0) < seatsOfShare(seats.capacity, limit.share))
    );
  };
  const opened = (item: Draft): Draft => {
    const seats = seatsIn(item);
    return seats && seats.cooled.length > 0 ? withReopened(item, slotId, seats) : item;
  };
  const ended = (item: Draft, shareCode?: string): Draft => {
    const old = seatsIn(item)?.stale.find((hold) => shareCode === undefined || hold.shareCode === shareCode);
    return old ? withStep(item, old, 'expired', { reason: 'hold_expired', actor: 'system' }) : item;
  };
  let found = draft;
  if (limit && !isInShare(found)) found = opened(found);
  if (limit && !isInShare(found)) found = ended(found, limit.code);
  if (!isFree(found)) found = ended(found);
  if (!isFree(found)) found = opened(found);
  return isFree(found) && isInShare(found) ? found : refuse('slot_full');
}
