import { addDays, cityDate, cityTime, type Instant } from '../calendar/city-time';
import type { ProgrammeDocument } from './document';
import { fits, type Place } from './eligibility';

/** City dates, both included. `first` after `last`: no day. */
export interface DayRange {
  readonly first: string;
  readonly last: string;
}

/** The days outside of which nothing is ever booked, whatever the rolling window says. */
export function outerDays({ bookingWindow: { notBefore, notAfter } }: ProgrammeDocument): DayRange {
  return { first: notBefore ?? '0001-01-01', last: notAfter ?? '9999-12-31' };
}

/**
 * First and last bookable city date at `now`. Where venue or channel are not known yet, the widest of the windows that
 * may count. The window's last day comes in at `rollsAt`; its first day goes out at midnight.
 */
export function bookingWindow(document: ProgrammeDocument, now: Instant, place: Place = {}): DayRange {
  const { bookingWindow: rule } = document;
  const moment = now instanceof Date ? now.getTime() : Date.parse(now);
  const today = cityDate(now);
  const lastFrom = rule.rollsAt !== undefined && cityTime(now) < rule.rollsAt ? addDays(today, -1) : today;
  const windows: DayRange[] = [];
  let isSettled = false;
  for (const exception of rule.exceptions ?? []) {
    if (
      (exception.from !== undefined && moment < Date.parse(exception.from)) ||
      (exception.until !== undefined && moment >= Date.parse(exception.until))
    )
      continue;
    const fit = [fits(exception.venues, place.venueCode), fits(exception.channels, place.channel)];
    if (fit.includes('no')) continue;
    windows.push({ first: addDays(today, exception.firstDay), last: addDays(lastFrom, exception.lastDay) });
    isSettled = !fit.includes('maybe');
    if (isSettled) break;
  }
  if (!isSettled) windows.push({ first: addDays(today, rule.firstDay), last: addDays(lastFrom, rule.lastDay) });
  const first = windows.map((window) => window.first).sort()[0] ?? today;
  const last =
    windows
      .map((window) => window.last)
      .sort()
      .at(-1) ?? today;
  const outer = outerDays(document);
  return { first: outer.first > first ? outer.first : first, last: outer.last < last ? outer.last : last };
}
