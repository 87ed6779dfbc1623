import { yearWithEraJa } from './era';
import { datePartsOf, type PlainDate } from './plain-date';

/**
 * City time is Asia/Tokyo. Japan has kept UTC+9 without summer time since 1951, so the offset is a constant here:
 * the same code then runs in workflows, where the time zone data of the machine must not decide anything.
 */
const cityOffsetMs = 9 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;
const weekdays = ['日', '月', '火', '水', '木', '金', '土'] as const;
const timePattern = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;

/** A moment: a Date, or ISO 8601 text with its offset (as it travels in JSON and through Temporal). */
export type Instant = Date | string;

function milliseconds(instant: Instant): number {
  const value = instant instanceof Date ? instant.getTime() : Date.parse(instant);
  if (Number.isNaN(value)) throw new RangeError('not a moment in time');
  return value;
}

/** Whether a text is a time of day `HH:MM`, 00:00–23:59. */
export function isTimeOfDay(text: string): boolean {
  return timePattern.test(text);
}

/** The city's date at a moment. */
export function cityDate(instant: Instant): PlainDate {
  return new Date(milliseconds(instant) + cityOffsetMs).toISOString().slice(0, 10);
}

/** The city's time of day at a moment, `HH:MM` (seconds cut off). */
export function cityTime(instant: Instant): string {
  return new Date(milliseconds(instant) + cityOffsetMs).toISOString().slice(11, 16);
}

/** The city's time of day at a moment with its seconds, `HH:MM:SS`. */
export function cityClock(instant: Instant): string {
  return new Date(milliseconds(instant) + cityOffsetMs).toISOString().slice(11, 19);
}

/**
 * The moment of a city date and time of day.
 * @param time `HH:MM`, 00:00–23:59
 * @throws RangeError when date or time do not exist
 */
export function instantOf(date: PlainDate, time: string): Date {
  if (!timePattern.test(time)) throw new RangeError('not a time of the form HH:MM');
  return new Date(
    utcMidnight(date) - cityOffsetMs + Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3)) * 60_000,
  );
}

function utcMidnight(date: PlainDate): number {
  const value = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March on some engines: the round trip tells.
  if (Number.isNaN(value) || new Date(value).toISOString().slice(0, 10) !== date)
    throw new RangeError('not a date that exists');
  return value;
}

/** @param days may be negative */
export function addDays(date: PlainDate, days: number): PlainDate {
  return new Date(utcMidnight(date) + days * dayMs).toISOString().slice(0, 10);
}

/** Days from one date to another: 0 for the same day, negative when `to` lies before `from`. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return Math.round((utcMidnight(to) - utcMidnight(from)) / dayMs);
}

/** 0 Sunday – 6 Saturday. */
export function weekdayOf(date: PlainDate): number {
  return new Date(utcMidnight(date)).getUTCDay();
}

/** `土` */
export function weekdayJa(date: PlainDate): string {
  return weekdays[weekdayOf(date)] ?? '';
}

/** `2021年5月29日（土）` */
export function formatDateJa(date: PlainDate): string {
  const { year, month, day } = datePartsOf(date);
  return `${String(year)}年${String(month)}月${String(day)}日（${weekdayJa(date)}）`;
}

/** `2021年（令和3年）5月29日（土）` */
export function formatDateWithEraJa(date: PlainDate): string {
  const { month, day } = datePartsOf(date);
  return `${yearWithEraJa(date)}${String(month)}月${String(day)}日（${weekdayJa(date)}）`;
}

/**
 * `午前10時30分`, `午後1時`, and `正午` for noon, which 午後0時 leaves in doubt.
 * @param time a time of day `HH:MM`, or a moment (a Date), read in city time
 */
export function formatTimeJa(time: string | Date): string {
  const text = time instanceof Date ? cityTime(time) : time;
  if (!timePattern.test(text)) throw new RangeError('not a time of the form HH:MM');
  const hour = Number(text.slice(0, 2));
  const minute = Number(text.slice(3));
  if (hour === 12 && minute === 0) return '正午';
  const minutes = minute === 0 ? '' : `${String(minute)}分`;
  return hour < 12 ? `午前${String(hour)}時${minutes}` : `午後${String(hour - 12)}時${minutes}`;
}
