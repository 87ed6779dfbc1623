/** A calendar date as `YYYY-MM-DD`; sorts and compares as text. */
export type PlainDate = string;

export interface DateParts {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  /** 1–31 */
  readonly day: number;
}

const plainDatePattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export function daysInMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return monthDays[month - 1] ?? 0;
}

export function dateExists({ year, month, day }: DateParts): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** @param parts of a date that exists, years 0–9999 */
export function plainDate({ year, month, day }: DateParts): PlainDate {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** True only for `YYYY-MM-DD` of a day that exists. */
export function isPlainDate(text: string): text is PlainDate {
  const match = plainDatePattern.exec(text);
  return match !== null && dateExists({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
}

/**
 * Whether offices are closed over the year's end: 29 December to 3 January, by the ordinances of municipalities. Only 1 January of these is a
 * public holiday.
 */
export function isYearEnd(date: PlainDate): boolean {
  const monthAndDay = date.slice(5);
  return monthAndDay >= '12-29' || monthAndDay <= '01-03';
}

/** @throws RangeError when the text is not a plain date: a bug of the caller, input is checked before */
export function datePartsOf(date: PlainDate): DateParts {
  const match = plainDatePattern.exec(date);
  if (match === null) throw new RangeError(`not a date of the form YYYY-MM-DD (${String(date.length)} characters)`);
  return { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}
