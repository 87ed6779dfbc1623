import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

import type { CalendarIdentity } from '../../../domain/bookings/calendar-identity';

/** What a calendar shows of one appointment, in the citizen's language. */
export interface CalendarEntry extends CalendarIdentity {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly summary: string;
  readonly location: string;
  readonly description: string;
  readonly url: string;
}

/** Who writes the file, and when: the programme's name, the language as an IETF tag. */
export interface CalendarHead {
  readonly name: string;
  readonly language: string;
  readonly writtenAt: Date;
}

/**
 * An appointment as a file that calendars read (iCalendar, RFC 5545). Moments are written in UTC, which every calendar
 * shows in its own zone: with a zone of its own, ical-generator writes the wall clock of the server instead.
 */
export function calendarFile({ name, language, writtenAt }: CalendarHead, entry: CalendarEntry): string {
  const calendar = ical({
    name,
    prodId: { company: 'Toki', product: 'booking', language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
  });
  calendar.createEvent({
    id: entry.uid,
    sequence: entry.sequence,
    status: entry.isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    stamp: writtenAt,
    start: entry.startsAt,
    end: entry.endsAt,
    summary: entry.summary,
    location: entry.location,
    description: entry.description,
    url: entry.url,
  });
  return calendar.toString();
}
