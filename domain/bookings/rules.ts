import { cityDate, type Instant } from '../calendar/city-time';
import type { BookingState } from '../contracts/booking-lifecycle';
import { countsForDose } from '../contracts/booking-lifecycle';
import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { Channel } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programmes/document';
import { checkEverOpen, checkOpen, type Person } from '../programmes/eligibility';
import {
  earliestAfter,
  earliestBefore,
  fitsBetween,
  type Interval,
  latestAfter,
  latestBefore,
} from '../programmes/interval';
import { type SeatShare, seatStageFor } from '../programmes/seat-stages';
import { intervalOf, possibleIntervals, seatOf, vaccineAt } from '../programmes/vaccines';
import { bookingWindow, outerDays } from '../programmes/window';
import { defined } from '../text/defined';

/** A resident's booking as the rules see it. Times are instants. */
export interface BookingForRules {
  readonly id: string;
  readonly dose: number;
  readonly state: BookingState;
  readonly slotStartsAt: Instant;
  readonly venueCode: string;
  readonly holdExpiresAt: Instant;
  readonly replaces: string | null;
  readonly changes: number;
}

export interface SlotForRules {
  readonly dose: number;
  readonly startsAt: Instant;
  readonly venueCode: string;
}

export interface HoldRequest {
  readonly dose: number;
  readonly channel: Channel;
  /** The resident's hold or booking that the new one takes the place of. */
  readonly replaces?: string;
  /** The resident's hold of the dose before, when both are booked or moved in one go: it counts as if it were confirmed. */
  readonly pairOf?: string;
  /** The rolling window does not bind: the programme's rule puts the seat there, or it was held in time. */
  readonly ignoresWindow?: true;
  /** Both doses are moved in one go: the other dose's booking as it is now binds nothing. */
  readonly movesPair?: true;
  /** The person is at the venue: a seat of today, also in a time that has begun, until this moment (the slot's end). */
  readonly walkInUntil?: Instant;
  /** A supervisor lets this one person be booked for this dose, whatever the opening of their group says (`domain/bookings/permit.ts`). */
  readonly isPermitted?: boolean;
  /** The booking exists already: rules about the moment of booking do not apply (`domain/bookings/still-allowed.ts`). */
  readonly isBookedAlready?: true;
}

export interface HoldDecision {
  readonly ok: true;
  /** The booking to be replaced at confirmation, or null. */
  readonly replaces: string | null;
  /** A hold that is given back at once because the new one takes its place. */
  readonly givesBack: string | null;
  /** Number of changes that the new booking will have behind it. */
  readonly changes: number;
  /** The group by which the person books. */
  readonly groupCode: string;
  /** The part of the slot's seats that is open to this group; null: all of them. */
  readonly limit: SeatShare | null;
}

const hourMs = 3_600_000;

/** The latest instant at which a citizen may change or cancel an appointment that starts at `startsAt`. */
export function cutOff(document: ProgrammeDocument, startsAt: Instant): Date {
  return new Date(milliseconds(startsAt) - document.policies.cutOffHours * hourMs);
}

/** What binds the day of a dose beside the window: the doses before and after it. */
interface PairContext {
  /** The slot in question; left out while it is open, and the dates then are the widest possible. */
  readonly slot?: SlotForRules;
  readonly pairOf?: string | undefined;
}

/**
 * The dates on which a dose may lie, given the resident's other bookings: after the previous dose by the interval,
 * and (when the next dose is booked already) so that the pair stays whole.
 */
export function allowedDates(
  document: ProgrammeDocument,
  dose: number,
  bookings: readonly BookingForRules[],
  { slot, pairOf }: PairContext = {},
): { earliest?: string; latest?: string } | Refusal {
  let earliest: string | undefined;
  let latest: string | undefined;
  if (dose > 1) {
    const previous = previousOf(dose, bookings, pairOf);
    if (!previous) return refuse('previous_dose_missing', { dose: dose - 1 });
    const day = cityDate(previous.slotStartsAt);
    const intervals = intervalsBefore(document, dose, previous, slot);
    earliest = intervals.map((interval) => earliestAfter(interval, day)).sort()[0];
    const bounds = intervals.map((interval) => latestAfter(interval, day));
    if (bounds.every((bound) => bound !== undefined)) latest = bounds.sort().at(-1);
  }
  const next = nextOf(dose, bookings);
  if (next) {
    const day = cityDate(next.slotStartsAt);
    const interval = intervalOf(document, dose + 1, vaccineAt(document, next.venueCode, day));
    latest = min(latest, latestBefore(interval, day));
    const bound = earliestBefore(interval, day);
    if (bound !== undefined) earliest = max(earliest, bound);
  }
  return defined({ earliest, latest });
}

function previousOf(
  dose: number,
  bookings: readonly BookingForRules[],
  pairOf: string | undefined,
): BookingForRules | undefined {
  return bookings.find(
    (item) => item.dose === dose - 1 && (pairOf === undefined ? countsForDose(item.state) : item.id === pairOf),
  );
}

function nextOf(dose: number, bookings: readonly BookingForRules[]): BookingForRules | undefined {
  return bookings.find((item) => item.dose === dose + 1 && countsForDose(item.state));
}

function intervalsBefore(
  document: ProgrammeDocument,
  dose: number,
  previous: BookingForRules,
  slot: SlotForRules | undefined,
): readonly Interval[] {
  if (slot) return [intervalOf(document, dose, vaccineAt(document, slot.venueCode, cityDate(slot.startsAt)))];
  if (isSameVaccine(document, dose))
    return [intervalOf(document, dose, vaccineAt(document, previous.venueCode, cityDate(previous.slotStartsAt)))];
  return possibleIntervals(document, dose);
}

function isSameVaccine(document: ProgrammeDocument, dose: number): boolean {
  return document.doses.find((item) => item.number === dose)?.sameVaccine ?? false;
}

/** Whether a slot gives another vaccine than the doses beside it, where the programme wants the same. */
function isOtherVaccine(
  document: ProgrammeDocument,
  slot: SlotForRules,
  others: readonly BookingForRules[],
  pairOf: string | undefined,
): boolean {
  const here = vaccineAt(document, slot.venueCode, cityDate(slot.startsAt))?.code;
  const differs = (booking: BookingForRules | undefined): boolean =>
    booking !== undefined && vaccineAt(document, booking.venueCode, cityDate(booking.slotStartsAt))?.code !== here;
  return (
    (isSameVaccine(document, slot.dose) && differs(previousOf(slot.dose, others, pairOf))) ||
    (isSameVaccine(document, slot.dose + 1) && differs(nextOf(slot.dose, others)))
  );
}

/** Whether a slot stands well beside the resident's other doses: intervals, and the vaccine. For lists; `decideHold` asks the same. */
export function standsBeside(
  document: ProgrammeDocument,
  slot: SlotForRules,
  others: readonly BookingForRules[],
  pairOf?: string,
): boolean {
  if (isOtherVaccine(document, slot, others, pairOf)) return false;
  const dates = allowedDates(document, slot.dose, others, { slot, pairOf });
  const day = cityDate(slot.startsAt);
  return (
    !('ok' in dates) &&
    (dates.earliest === undefined || day >= dates.earliest) &&
    (dates.latest === undefined || day <= dates.latest)
  );
}

/**
 * Whether a resident may hold a seat in `slot`. Says nothing of free seats: only PostgreSQL knows.
 * `bookings`: the resident's bookings that are held (and not run out), confirmed or attended.
 */
export function decideHold(
  document: ProgrammeDocument,
  person: Person,
  bookings: readonly BookingForRules[],
  slot: SlotForRules,
  request: HoldRequest,
  now: Date,
): HoldDecision | Refusal {
  const place = { venueCode: slot.venueCode, channel: request.channel, dose: request.dose };
  const isBookedAlready = request.isBookedAlready === true;
  const open = isBookedAlready ? checkEverOpen(document, person, place) : checkOpen(document, person, now, place);
  if (!open.ok && request.isPermitted !== true) return open;
  if (!document.channels.includes(request.channel)) return refuse('closed');
  if (slot.dose !== request.dose || !document.doses.some((item) => item.number === request.dose))
    return refuse('wrong_dose');
  if (!isBookedAlready && milliseconds(request.walkInUntil ?? slot.startsAt) <= now.getTime())
    return refuse('slot_past');
  const day = cityDate(slot.startsAt);
  const window = isBookedAlready
    ? outerDays(document)
    : request.walkInUntil !== undefined
      ? { first: cityDate(now), last: cityDate(now) }
      : bookingWindow(document, now, place);
  if (request.ignoresWindow !== true && (day < window.first || day > window.last))
    return refuse('outside_window', { ...window });

  const replaced = request.replaces === undefined ? undefined : bookings.find((item) => item.id === request.replaces);
  if (request.replaces !== undefined && replaced?.dose !== request.dose) return refuse('booking_unknown');
  if (replaced?.state === 'attended') return refuse('not_confirmed');
  const givesBack = replaced?.state === 'held' ? replaced.id : null;
  const moved = replaced?.state === 'held' ? bookings.find((item) => item.id === replaced.replaces) : replaced;

  const others = othersOf(bookings, request, moved?.id, givesBack);
  if (others.some((item) => item.dose === request.dose && (countsForDose(item.state) || item.state === 'held')))
    return refuse('already_booked');
  if (moved) {
    const change = decideChange(document, moved, request.channel, now, request.pairOf !== undefined);
    if (!change.ok) return change;
  }

  if (isOtherVaccine(document, slot, others, request.pairOf)) return refuse('other_vaccine');
  const dates = allowedDates(document, request.dose, others, { slot, pairOf: request.pairOf });
  if ('ok' in dates) return dates;
  const pairBound = nextOf(request.dose, others) !== undefined;
  if (dates.earliest !== undefined && day < dates.earliest) {
    return brokenByNext(document, request.dose, others, day)
      ? refuse('breaks_pair', dates)
      : refuse('too_early_for_dose', { earliest: dates.earliest });
  }
  if (dates.latest !== undefined && day > dates.latest) {
    return pairBound && brokenByNext(document, request.dose, others, day)
      ? refuse('breaks_pair', dates)
      : refuse('too_late_for_dose', { latest: dates.latest });
  }
  // Whom a supervisor lets in takes no part in what is kept back for a group.
  const stage = open.ok ? seatStageFor(document, open.groups, place, now) : undefined;
  return {
    ok: true,
    replaces: moved?.id ?? null,
    givesBack,
    changes: moved ? moved.changes + 1 : 0,
    groupCode: stage?.group.code ?? person.groupCode,
    limit: stage?.limit ?? null,
  };
}

/**
 * What a request to replace the resident's own booking `named` means now: the id to replace, undefined for nothing. A hold that
 * ran out or was given up is as good as none. If it was to move a booking that is still there, the new hold moves that one.
 */
export function replacedNow(
  named: BookingForRules,
  bookings: readonly BookingForRules[],
  now: Date,
): string | undefined {
  const isOver =
    named.state === 'expired' ||
    named.state === 'released' ||
    (named.state === 'held' && milliseconds(named.holdExpiresAt) <= now.getTime());
  if (!isOver) return named.id;
  return bookings.find((item) => item.id === named.replaces && item.dose === named.dose)?.id;
}

/** The bookings beside which the new one has to stand: without those that it, or the other half of its pair, takes the place of. */
function othersOf(
  bookings: readonly BookingForRules[],
  request: HoldRequest,
  moved: string | undefined,
  givesBack: string | null,
): BookingForRules[] {
  const pair = bookings.find((item) => item.id === request.pairOf);
  return bookings.filter(
    (item) =>
      item.id !== moved &&
      item.id !== givesBack &&
      item.id !== pair?.replaces &&
      !(request.movesPair && item.dose !== request.dose && item.id !== request.pairOf),
  );
}

function brokenByNext(
  document: ProgrammeDocument,
  dose: number,
  others: readonly BookingForRules[],
  day: string,
): boolean {
  const next = nextOf(dose, others);
  if (!next) return false;
  const nextDay = cityDate(next.slotStartsAt);
  const interval = intervalOf(document, dose + 1, vaccineAt(document, next.venueCode, nextDay));
  return !fitsBetween(interval, day, nextDay);
}

/**
 * Whether a confirmed booking may be moved to another time. The limits of number and hours are for citizens; staff help
 * past them. A seat that the city fixed moves only together with the dose before (`isWithPair`).
 */
export function decideChange(
  document: ProgrammeDocument,
  booking: BookingForRules,
  channel: Channel,
  now: Date,
  isWithPair = false,
): { ok: true } | Refusal {
  if (booking.state !== 'confirmed') return refuse('not_confirmed');
  if (!isSelfService(channel)) return { ok: true };
  const seat = seatOf(document, booking.dose, booking.venueCode);
  if (!isWithPair && seat.mode === 'assigned' && seat.fixed) return refuse('fixed_by_city');
  if (now.getTime() > cutOff(document, booking.slotStartsAt).getTime()) return refuse('too_late');
  if (booking.changes >= document.policies.maxChanges)
    return refuse('too_many_changes', { maxChanges: document.policies.maxChanges });
  return { ok: true };
}

/** Whether a booking may be cancelled, given the resident's other live bookings. */
export function decideCancel(
  document: ProgrammeDocument,
  booking: BookingForRules,
  bookings: readonly BookingForRules[],
  channel: Channel,
  now: Date,
): { ok: true } | Refusal {
  if (booking.state !== 'confirmed') return refuse('not_confirmed');
  if (isSelfService(channel) && now.getTime() > cutOff(document, booking.slotStartsAt).getTime())
    return refuse('too_late');
  if (bookings.some((item) => item.dose > booking.dose && (item.state === 'confirmed' || item.state === 'held')))
    return refuse('later_dose_booked');
  return { ok: true };
}

function isSelfService(channel: Channel): boolean {
  return channel === 'web' || channel === 'line';
}

function milliseconds(instant: Instant): number {
  return instant instanceof Date ? instant.getTime() : Date.parse(instant);
}

function min(a: string | undefined, b: string): string {
  return a === undefined || b < a ? b : a;
}

function max(a: string | undefined, b: string): string {
  return a === undefined || b > a ? b : a;
}
