import { addDays, cityDate, daysBetween, type Instant } from '../calendar/city-time';
import type { Channel } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programme/document';
import { checkOpen } from '../programme/eligibility';
import type { BookingState } from './lifecycle';
import { countsForDose } from './lifecycle';
import { refuse, type Refusal } from './refusals';

/** A resident's booking as the rules see it. Times are instants. */
export interface BookingForRules {
  readonly id: string;
  readonly dose: number;
  readonly state: BookingState;
  readonly slotStartsAt: Instant;
  readonly holdExpiresAt: Instant;
  readonly replaces: string | null;
  readonly changes: number;
}

export interface SlotForRules {
  readonly dose: number;
  readonly startsAt: Instant;
}

export interface HoldRequest {
  readonly dose: number;
  readonly channel: Channel;
  /** The resident's hold or booking that the new one takes the place of. */
  readonly replaces?: string;
  /** The person stands at the venue: a seat of today, also in a time that has begun, until this moment (the slot's end). */
  readonly walkInUntil?: Instant;
  /** A supervisor lets this one person be booked for this dose, whatever the opening of their group says (`domain/desk/permit.ts`). */
  readonly isPermitted?: boolean;
}

export interface HoldDecision {
  readonly ok: true;
  /** The booking to be replaced at confirmation, or null. */
  readonly replaces: string | null;
  /** A hold that is given back at once because the new one takes its place. */
  readonly givesBack: string | null;
  /** Number of changes that the new booking will have behind it. */
  readonly changes: number;
}

const hourMs = 3_600_000;

/** The latest instant at which a citizen may change or cancel an appointment that starts at `startsAt`. */
export function cutOff(document: ProgrammeDocument, startsAt: Instant): Date {
  return new Date(milliseconds(startsAt) - document.policies.cutOffHours * hourMs);
}

/** First and last bookable city date at `now`. */
export function bookingWindow(document: ProgrammeDocument, now: Instant): { first: string; last: string } {
  const today = cityDate(now);
  return { first: addDays(today, document.bookingWindow.firstDay), last: addDays(today, document.bookingWindow.lastDay) };
}

/**
 * The dates on which a dose may lie, given the resident's other bookings: after the previous dose by the interval,
 * and (when the next dose is booked already) so that the pair stays whole.
 */
export function allowedDates(document: ProgrammeDocument, dose: number, bookings: readonly BookingForRules[]): { earliest?: string; latest?: string } | Refusal {
  const interval = document.doses.find((item) => item.number === dose)?.interval;
  let earliest: string | undefined;
  let latest: string | undefined;
  if (dose > 1) {
    const previous = bookings.find((item) => item.dose === dose - 1 && countsForDose(item.state));
    if (!previous) return refuse('previous_dose_missing', { dose: dose - 1 });
    const day = cityDate(previous.slotStartsAt);
    earliest = addDays(day, interval?.minDays ?? 0);
    if (interval?.maxDays !== undefined) latest = addDays(day, interval.maxDays);
  }
  const next = bookings.find((item) => item.dose === dose + 1 && countsForDose(item.state));
  if (next) {
    const nextInterval = document.doses.find((item) => item.number === dose + 1)?.interval;
    const day = cityDate(next.slotStartsAt);
    latest = min(latest, addDays(day, -(nextInterval?.minDays ?? 0)));
    if (nextInterval?.maxDays !== undefined) earliest = max(earliest, addDays(day, -nextInterval.maxDays));
  }
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}

/**
 * Whether a resident may hold a seat in `slot`. Says nothing of free seats: only PostgreSQL knows.
 * `bookings`: the resident's bookings that are held (and not run out), confirmed or attended.
 */
export function decideHold(
  document: ProgrammeDocument,
  groupCode: string,
  bookings: readonly BookingForRules[],
  slot: SlotForRules,
  request: HoldRequest,
  now: Date,
): HoldDecision | Refusal {
  const open = checkOpen(document, groupCode, now);
  if (!open.ok && request.isPermitted !== true) return open;
  if (!document.channels.includes(request.channel)) return refuse('closed');
  if (slot.dose !== request.dose || !document.doses.some((item) => item.number === request.dose)) return refuse('wrong_dose');
  if (milliseconds(request.walkInUntil ?? slot.startsAt) <= now.getTime()) return refuse('slot_past');
  const day = cityDate(slot.startsAt);
  const window = request.walkInUntil !== undefined ? { first: cityDate(now), last: cityDate(now) } : bookingWindow(document, now);
  if (day < window.first || day > window.last) return refuse('outside_window', window);

  const replaced = request.replaces === undefined ? undefined : bookings.find((item) => item.id === request.replaces);
  if (request.replaces !== undefined && replaced?.dose !== request.dose) return refuse('booking_unknown');
  if (replaced?.state === 'attended') return refuse('not_confirmed');
  const givesBack = replaced?.state === 'held' ? replaced.id : null;
  const moved = replaced?.state === 'held' ? bookings.find((item) => item.id === replaced.replaces) : replaced;

  const others = bookings.filter((item) => item.id !== moved?.id && item.id !== givesBack);
  if (others.some((item) => item.dose === request.dose && (countsForDose(item.state) || item.state === 'held'))) return refuse('already_booked');
  if (moved) {
    const change = decideChange(document, moved, request.channel, now);
    if (!change.ok) return change;
  }

  const dates = allowedDates(document, request.dose, others);
  if ('ok' in dates) return dates;
  const pairBound = others.some((item) => item.dose === request.dose + 1 && countsForDose(item.state));
  if (dates.earliest !== undefined && day < dates.earliest) {
    return brokenByNext(document, request.dose, others, day) ? refuse('breaks_pair', dates) : refuse('too_early_for_dose', { earliest: dates.earliest });
  }
  if (dates.latest !== undefined && day > dates.latest) {
    return pairBound && brokenByNext(document, request.dose, others, day) ? refuse('breaks_pair', dates) : refuse('too_late_for_dose', { latest: dates.latest });
  }
  return { ok: true, replaces: moved?.id ?? null, givesBack, changes: moved ? moved.changes + 1 : 0 };
}

function brokenByNext(document: ProgrammeDocument, dose: number, others: readonly BookingForRules[], day: string): boolean {
  const next = others.find((item) => item.dose === dose + 1 && countsForDose(item.state));
  if (!next) return false;
  const interval = document.doses.find((item) => item.number === dose + 1)?.interval;
  const days = daysBetween(day, cityDate(next.slotStartsAt));
  return days < (interval?.minDays ?? 0) || (interval?.maxDays !== undefined && days > interval.maxDays);
}

/** Whether a confirmed booking may be moved to another time. The limits of number and hours are for citizens; staff help past them. */
export function decideChange(document: ProgrammeDocument, booking: BookingForRules, channel: Channel, now: Date): { ok: true } | Refusal {
  if (booking.state !== 'confirmed') return refuse('not_confirmed');
  if (!isSelfService(channel)) return { ok: true };
  if (now.getTime() > cutOff(document, booking.slotStartsAt).getTime()) return refuse('too_late');
  if (booking.changes >= document.policies.maxChanges) return refuse('too_many_changes', { maxChanges: document.policies.maxChanges });
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
  if (isSelfService(channel) && now.getTime() > cutOff(document, booking.slotStartsAt).getTime()) return refuse('too_late');
  if (bookings.some((item) => item.dose > booking.dose && (item.state === 'confirmed' || item.state === 'held'))) return refuse('later_dose_booked');
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
