import type { BookingView } from '../../../database/bookings';
import { formatReference } from '../../../domain/bookings/reference';
import { cityDate } from '../../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import type { Words } from '../words/words';
import { venueModel } from './venue-model';

/** A booking in the words of the pages. */
export function bookingModel(words: Words, document: ProgrammeDocument, booking: BookingView) {
  const day = cityDate(booking.slot.startsAt);
  const { dates } = words;
  return {
    id: booking.id,
    dose: booking.dose,
    doseLabel: doseLabelOf(words, document, booking.dose),
    /** 5月29日（土） */
    date: dates.day(day),
    /** 2021年（令和3年）5月29日（土） */
    dateWithEra: dates.dayWithEra(day),
    /** 2021年（令和3年） */
    yearWithEra: dates.yearWithEra(day),
    isoDate: day,
    time: dates.time(booking.slot.startsAt),
    until: dates.time(booking.slot.endsAt),
    holdUntil: dates.time(booking.holdExpiresAt),
    venue: venueModel(words, booking.slot.venue),
    reference: booking.reference === null ? undefined : formatReference(booking.reference),
    isMove: booking.replaces !== null,
  };
}

export function doseLabelOf(words: Words, document: ProgrammeDocument, dose: number): string {
  return (
    words.programme(document).doses.find((item) => item.number === dose)?.label ??
    words.t('usual.dose', { number: dose })
  );
}
