import { cityDate, cityTime } from '../calendar/city-time';
import { datePartsOf } from '../calendar/plain-date';
import type { BookingFacts } from '../contracts/booking-workflow';

/** `5/29 10:30` in city time, for lists where space is short. */
export function shortMoment(instant: string | Date): string {
  const { month, day } = datePartsOf(cityDate(instant));
  return `${String(month)}/${String(day)} ${cityTime(instant)}`;
}

/** The fixed line of a booking in the Temporal UI: `2回目 桜木会場 5/29 10:30`. */
export function bookingSummary(facts: Pick<BookingFacts, 'dose' | 'venueName' | 'slotStartsAt'>): string {
  return `${String(facts.dose)}回目 ${facts.venueName} ${shortMoment(facts.slotStartsAt)}`;
}
