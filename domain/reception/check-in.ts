import { parseReference } from '../bookings/reference';
import { allowedDates, type BookingForRules } from '../bookings/rules';
import { cityDate, formatDateJa, formatTimeJa } from '../calendar/city-time';
import type { BookingState } from '../contracts/booking-lifecycle';
import type { ProgrammeDocument } from '../programmes/document';
import { type CouponNumberRule, parseCouponNumber } from '../residents/coupon-number';
import { refuseStaff, type StaffRefusal } from '../staff/refusals';
import { foldWidth } from '../text/fold-width';

/** What a person shows or says at the reception: the reference (as text or from its QR code), or the coupon number. */
export type ShownCode = { readonly by: 'reference' | 'couponNumber'; readonly value: string };

/** Reads what a QR reader typed or a person keyed in; undefined when it is neither. */
export function readShownCode(text: string, rule: CouponNumberRule): ShownCode | undefined {
  const reference = parseReference(foldWidth(text).trim());
  if (reference !== undefined) return { by: 'reference', value: reference };
  const coupon = parseCouponNumber(text, rule);
  return coupon.ok ? { by: 'couponNumber', value: coupon.value } : undefined;
}

/** A booking as the reception sees it. */
export interface BookingToCheckIn {
  readonly id: string;
  readonly state: BookingState;
  readonly dose: number;
  readonly venueId: string;
  readonly venueName: string;
  readonly startsAt: Date;
}

/** What the reception is for: its venue, its day, and the dose it is for where the doses queue apart. */
export interface ReceptionPlace {
  readonly venueId: string;
  readonly today: string;
  readonly dose?: number | undefined;
}

/** What does not fit; the venue may decide to let the person through all the same, with a reason. */
export type CheckInWarning =
  | { readonly code: 'wrong_day'; readonly day: string }
  | { readonly code: 'wrong_venue'; readonly venueName: string }
  | { readonly code: 'wrong_dose'; readonly dose: number }
  | { readonly code: 'counted_as_missed' };

export type CheckInDecision =
  | { readonly kind: 'ready' }
  | { readonly kind: 'already' }
  | { readonly kind: 'warn'; readonly warnings: readonly CheckInWarning[] }
  | StaffRefusal;

/** Why a person was let through although something did not fit. */
export const letThroughReasons = [
  'mistook_day',
  'mistook_venue',
  'came_together',
  'sent_by_city',
  'decided_here',
] as const;
export type LetThroughReason = (typeof letThroughReasons)[number];

export const letThroughWords: Readonly<Record<LetThroughReason, string>> = {
  mistook_day: '本人が日を間違えた',
  mistook_venue: '本人が会場を間違えた',
  came_together: '家族・付き添いと一緒に来た',
  sent_by_city: '市・コールセンターの案内で来た',
  decided_here: '会場の責任者が判断した',
};

/** Why a check-in was taken back. */
export const undoReasons = ['wrong_person', 'not_given', 'slip'] as const;
export type UndoReason = (typeof undoReasons)[number];

export const undoWords: Readonly<Record<UndoReason, string>> = {
  wrong_person: '別の人を受け付けた',
  not_given: '受付のあと、接種しなかった',
  slip: '押し間違えた',
};

/**
 * Whether the person of a booking can be checked in here and now. What a venue may not decide is refused: a booking that
 * ended, and a dose too early after the one before (Tsu gave it after 14 days instead of 21).
 * @param others the resident's other bookings that count
 */
export function decideCheckIn(
  document: ProgrammeDocument,
  booking: BookingToCheckIn,
  others: readonly BookingForRules[],
  place: ReceptionPlace,
): CheckInDecision {
  if (booking.state === 'attended') return { kind: 'already' };
  if (booking.state === 'cancelled') return refuseStaff('booking_cancelled');
  if (booking.state !== 'confirmed' && booking.state !== 'no_show') return refuseStaff('booking_not_confirmed');
  const day = cityDate(booking.startsAt);
  const warnings: CheckInWarning[] = [];
  if (day !== place.today) {
    const dates = allowedDates(
      document,
      booking.dose,
      others.filter((item) => item.id !== booking.id),
    );
    if (!('ok' in dates) && dates.earliest !== undefined && place.today < dates.earliest)
      return refuseStaff('too_early_here', { earliest: dates.earliest });
    warnings.push({ code: 'wrong_day', day });
  }
  if (booking.venueId !== place.venueId) warnings.push({ code: 'wrong_venue', venueName: booking.venueName });
  if (place.dose !== undefined && booking.dose !== place.dose)
    warnings.push({ code: 'wrong_dose', dose: booking.dose });
  // On its day the booking of a late person is nothing to warn of.
  if (booking.state === 'no_show' && day !== place.today) warnings.push({ code: 'counted_as_missed' });
  return warnings.length === 0 ? { kind: 'ready' } : { kind: 'warn', warnings };
}

/** Whether a booking is one of this venue and day, and not over. */
export function isExpectedAt({ state, venueId, startsAt }: BookingToCheckIn, place: ReceptionPlace): boolean {
  const isLive = state === 'confirmed' || state === 'attended' || state === 'no_show';
  return isLive && venueId === place.venueId && cityDate(startsAt) === place.today;
}

/**
 * The booking that a person with a coupon number came for: today's here, today's elsewhere, the next one, the last one;
 * of equal ones the dose that the reception is for.
 */
export function bookingToCheckIn<Booking extends BookingToCheckIn>(
  bookings: readonly Booking[],
  place: ReceptionPlace,
): Booking | undefined {
  const rank = (booking: Booking): number => {
    const isLive = booking.state === 'confirmed';
    const isToday = cityDate(booking.startsAt) === place.today;
    if (
      isToday &&
      booking.venueId === place.venueId &&
      (isLive || booking.state === 'attended' || booking.state === 'no_show')
    ) {
      return isLive ? (place.dose === undefined || place.dose === booking.dose ? 0 : 1) : 2;
    }
    if (isLive) return isToday ? 3 : 4;
    return booking.state === 'no_show' ? 5 : booking.state === 'cancelled' ? 6 : 7;
  };
  return (
    bookings
      .filter(({ state }) => state !== 'held' && state !== 'expired' && state !== 'released')
      // The dose given weeks ago is not what a person came for today.
      .filter(({ state, startsAt }) => state !== 'attended' || cityDate(startsAt) >= place.today)
      .sort((a, b) => rank(a) - rank(b) || Math.abs(noonGap(a, place)) - Math.abs(noonGap(b, place)))[0]
  );
}

function noonGap(booking: BookingToCheckIn, place: ReceptionPlace): number {
  return booking.startsAt.getTime() - Date.parse(`${place.today}T12:00:00+09:00`);
}

/** The sentence that the reception reads, and can say. */
export function warningSentence(warning: CheckInWarning, startsAt: Date): string {
  switch (warning.code) {
    case 'wrong_day':
      return `今日の予約ではありません。${formatDateJa(warning.day)}${formatTimeJa(startsAt)}の予約です。`;
    case 'wrong_venue':
      return `この会場の予約ではありません。「${warning.venueName}」の予約です。`;
    case 'wrong_dose':
      return `この窓口の回ではありません。${String(warning.dose)}回目の予約です。`;
    case 'counted_as_missed':
      return '「来場なし」と記録されている予約です。';
  }
}
