import { formatReference } from '../../../domain/booking/reference';
import { cityDate, formatDateWithEraJa, formatTimeJa } from '../../../domain/calendar/city-time';
import { yearWithEraJa } from '../../../domain/calendar/era';
import type { ProgrammeDocument } from '../../../domain/programme/document';
import type { BookingView } from '../../../database/bookings';
import { shortDateJa } from './words';
import { venueModel } from './venue-model';

/** A booking in the words of the pages. */
export function bookingModel(document: ProgrammeDocument, booking: BookingView) {
  const day = cityDate(booking.slot.startsAt);
  return {
    id: booking.id,
    dose: booking.dose,
    doseLabel: doseLabelOf(document, booking.dose),
    /** 5月29日（土） */
    date: shortDateJa(day),
    /** 2021年（令和3年）5月29日（土） */
    dateWithEra: formatDateWithEraJa(day),
    /** 2021年（令和3年） */
    yearWithEra: yearWithEraJa(day),
    isoDate: day,
    time: formatTimeJa(booking.slot.startsAt),
    until: formatTimeJa(booking.slot.endsAt),
    holdUntil: formatTimeJa(booking.holdExpiresAt),
    venue: venueModel(booking.slot.venue),
    reference: booking.reference === null ? undefined : formatReference(booking.reference),
    isMove: booking.replaces !== null,
  };
}

export function doseLabelOf(document: ProgrammeDocument, dose: number): string {
  return document.doses.find((item) => item.number === dose)?.label ?? `${String(dose)}回目`;
}
