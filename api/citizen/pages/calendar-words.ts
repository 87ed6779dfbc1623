import type { BookingView } from '../../../database/bookings';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import type { Words } from '../words/words';
import { bookingModel } from './booking-model';
import type { CalendarEntry } from './calendar-file';

/** What a calendar shows of a booking, in the words of the pages. */
export function calendarWords(
  words: Words,
  document: ProgrammeDocument,
  booking: BookingView,
): Pick<CalendarEntry, 'startsAt' | 'endsAt' | 'summary' | 'location' | 'description'> {
  const { t } = words;
  const { name, texts, callCentre } = words.programme(document);
  const { doseLabel, venue, reference } = bookingModel(words, document, booking);
  const summary = t('booking.calendar_summary', { programme: name, dose: doseLabel, venue: venue.name });
  return {
    startsAt: booking.slot.startsAt,
    endsAt: booking.slot.endsAt,
    // Some calendars show an entry that is cancelled like any other.
    summary: booking.state === 'cancelled' ? t('booking.calendar_cancelled', { summary }) : summary,
    location: `${venue.name} ${venue.address}`,
    description: [
      t('booking.calendar_reference', { reference: reference ?? '' }),
      t('booking.calendar_bring', { things: texts.whatToBring.join(t('booking.calendar_comma')) }),
      t('booking.calendar_call_centre', { telephone: callCentre.telephone }),
    ].join('\n'),
  };
}
