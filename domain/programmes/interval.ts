import { addDays, daysBetween } from '../calendar/city-time';
import { dateExists, datePartsOf, daysInMonth, type PlainDate, plainDate } from '../calendar/plain-date';

/**
 * What has to lie between the day of one dose and the day of the next, counted by calendar date in the city's time.
 * Where days and months are given, both bind.
 */
export interface Interval {
  readonly minDays: number;
  readonly maxDays?: number | undefined;
  readonly minMonths?: number | undefined;
  readonly maxMonths?: number | undefined;
}

/** The longest and the shortest length of `months` calendar months, in days. */
interface MonthSpan {
  readonly fewest: number;
  readonly most: number;
}

/**
 * The first day on which the next dose may be given. "Three months or more" after 1 April is from 1 July; where the month has no
 * such day it is the first of the month after: 30 November gives 1 March (Ministry of Health, vaccination policy group 52, February 2023).
 */
export function earliestAfter(interval: Interval, day: PlainDate): PlainDate {
  const byDays = addDays(day, interval.minDays);
  const byMonths = interval.minMonths === undefined ? byDays : addMonths(day, interval.minMonths).orNext;
  return byMonths > byDays ? byMonths : byDays;
}

/**
 * The last day on which the next dose may be given; undefined: no bound. "Within three months" after 30 November ends on
 * 28 February: where the month has no such day the period ends with the month (Civil Code, article 143).
 */
export function latestAfter(interval: Interval, day: PlainDate): PlainDate | undefined {
  const bounds = [
    ...(interval.maxDays === undefined ? [] : [addDays(day, interval.maxDays)]),
    ...(interval.maxMonths === undefined ? [] : [addMonths(day, interval.maxMonths).orLast]),
  ];
  const latest = bounds.sort()[0];
  const earliest = earliestAfter(interval, day);
  // "Exactly three months" after 30 November is 1 March: a period never ends before it begins.
  return latest === undefined || latest > earliest ? latest : earliest;
}

/** The last day of a dose that leaves room for the next one on `next`. */
export function latestBefore(interval: Interval, next: PlainDate): PlainDate {
  const guess = addDays(next, -interval.minDays);
  if (interval.minMonths === undefined) return guess;
  const byMonths = addDays(addMonths(next, -interval.minMonths).orLast, 3);
  let day = byMonths < guess ? byMonths : guess;
  while (earliestAfter(interval, day) > next) day = addDays(day, -1);
  return day;
}

/** The first day of a dose after which the next one on `next` is not too late; undefined: any. */
export function earliestBefore(interval: Interval, next: PlainDate): PlainDate | undefined {
  if (latestAfter(interval, next) === undefined) return undefined;
  const byDays = interval.maxDays === undefined ? undefined : addDays(next, -interval.maxDays);
  const byMonths =
    interval.maxMonths === undefined ? undefined : addDays(addMonths(next, -interval.maxMonths).orLast, -3);
  let day =
    [byDays, byMonths]
      .filter((item) => item !== undefined)
      .sort()
      .at(-1) ?? next;
  while ((latestAfter(interval, day) ?? next) < next) day = addDays(day, 1);
  return day;
}

export function fitsBetween(interval: Interval, day: PlainDate, next: PlainDate): boolean {
  const latest = latestAfter(interval, day);
  return next >= earliestAfter(interval, day) && (latest === undefined || next <= latest);
}

/** Whether a fixed number of days fits on whatever day the dose before lies. */
export function alwaysFits(interval: Interval, days: number): boolean {
  return days >= Math.max(interval.minDays, monthSpan(interval.minMonths ?? 0).most) && days <= mostDays(interval);
}

/** How many days there may be whatever the months. */
function mostDays({ maxDays, maxMonths }: Interval): number {
  return Math.min(maxDays ?? Infinity, maxMonths === undefined ? Infinity : monthSpan(maxMonths).fewest);
}

/** Whether no day of a next dose is left after some day of the one before: the latest day lies before the earliest. */
export function isEmptyInterval(interval: Interval): boolean {
  // Months against months are turned round by their number, not by the lengths of February and March.
  if (interval.maxMonths !== undefined && interval.maxMonths < (interval.minMonths ?? 0)) return true;
  return (
    mostDays(interval) < interval.minDays ||
    (interval.maxDays !== undefined && interval.maxDays < monthSpan(interval.minMonths ?? 0).most)
  );
}

/** The same day of the month some months away, and what counts where that month is too short for it. */
function addMonths(date: PlainDate, months: number): { readonly orNext: PlainDate; readonly orLast: PlainDate } {
  const { year, month, day } = datePartsOf(date);
  const count = year * 12 + (month - 1) + months;
  const target = { year: Math.floor(count / 12), month: (count % 12) + 1, day };
  if (dateExists(target)) return { orNext: plainDate(target), orLast: plainDate(target) };
  const last = plainDate({ ...target, day: daysInMonth(target.year, target.month) });
  return { orNext: addDays(last, 1), orLast: last };
}

const fourYears = 1461;

/** How many days there are at least between two doses, whatever the months. */
export function fewestDays({ minDays, minMonths }: Interval): number {
  return Math.max(minDays, monthSpan(minMonths ?? 0).fewest);
}

const spans = new Map<number, MonthSpan>([[0, { fewest: 0, most: 0 }]]);

function monthSpan(months: number): MonthSpan {
  const known = spans.get(months) ?? measureMonths(months);
  spans.set(months, known);
  return known;
}

function measureMonths(months: number): MonthSpan {
  let fewest = Infinity;
  let most = 0;
  for (let shift = 0; shift < fourYears; shift++) {
    const day = addDays('2024-01-01', shift);
    const { orNext, orLast } = addMonths(day, months);
    fewest = Math.min(fewest, daysBetween(day, orLast));
    most = Math.max(most, daysBetween(day, orNext));
  }
  return { fewest, most };
}
