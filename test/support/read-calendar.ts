import ICAL from 'ical.js';

/** What a calendar program reads out of a file with one entry. */
export interface ReadEntry {
  readonly method: unknown;
  readonly uid: string;
  readonly sequence: number;
  readonly status: unknown;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly writtenAt: string;
  readonly summary: string;
  readonly location: string;
}

/** Reads a calendar file with the library that Thunderbird uses. */
export function readCalendar(text: string): ReadEntry {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const [component, ...others] = calendar.getAllSubcomponents('vevent');
  if (!component || others.length > 0) throw new Error('not a calendar with one entry');
  const event = new ICAL.Event(component);
  return {
    method: calendar.getFirstPropertyValue('method'),
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue('status'),
    startsAt: momentOf(event.startDate),
    endsAt: momentOf(event.endDate),
    writtenAt: momentOf(component.getFirstPropertyValue('dtstamp') as ICAL.Time),
    summary: event.summary,
    location: event.location,
  };
}

/** A time without a zone is another moment in every calendar that reads it, so it is given back as it is written. */
function momentOf(time: ICAL.Time): string {
  return time.zone === ICAL.Timezone.localTimezone
    ? `${time.toString()} without a zone`
    : time.toJSDate().toISOString();
}
