import {
  cityDate,
  cityTime,
  formatDateWithEraJa,
  formatTimeJa,
  type Instant,
  weekdayJa,
} from '../../../domain/calendar/city-time';
import { eraOf, eraYearJa, formatBothCalendars, yearWithEraJa } from '../../../domain/calendar/era';
import { datePartsOf } from '../../../domain/calendar/plain-date';
import type { Language } from '../../../domain/programmes/document';
import { localeOf } from '../../../domain/site/languages';

/** Days and times of the city as a language says them. Dates are `YYYY-MM-DD`. */
export interface DateWords {
  /** `5月29日（土）` */
  day(date: string): string;
  /** `2021年（令和3年）5月29日（土）` */
  dayWithEra(date: string): string;
  /** `2021年（令和3年）` */
  yearWithEra(date: string): string;
  /** `1947年（昭和22年）4月1日` */
  birthDate(date: string): string;
  /** `2021年5月` */
  month(year: number, month: number): string;
  /** `午前10時30分`; a time of day `HH:MM`, or a moment in city time. */
  time(time: string | Date): string;
  /** The time without 午前 or 午後, which stand above it, and what to say before it. */
  timeUnderHeading(moment: Date): { readonly time: string; readonly half: string };
  /** `5月29日（土）午前10時30分` */
  moment(instant: Instant): string;
  /** From Sunday; `short` for the head of a calendar, `rest` for what only screen readers say. */
  readonly weekdays: readonly { readonly short: string; readonly long: string }[];
}

export function datesIn(language: Language): DateWords {
  if (language === 'ja') return japanese;
  if (language === 'ja-easy') return easyJapanese;
  return byIntl(localeOf(language));
}

const weekdaysJa = ['日', '月', '火', '水', '木', '金', '土'].map((short) => ({ short, long: `${short}曜日` }));

const japanese: DateWords = {
  day: dayJa,
  dayWithEra: formatDateWithEraJa,
  yearWithEra: yearWithEraJa,
  birthDate: formatBothCalendars,
  month: (year, month) => `${String(year)}年${String(month)}月`,
  time: formatTimeJa,
  timeUnderHeading(moment) {
    const time = formatTimeJa(moment);
    return { time: time.replace(/^午[前後]/, ''), half: /^午[前後]/.exec(time)?.[0] ?? '' };
  },
  moment: (instant) => `${dayJa(cityDate(instant))}${formatTimeJa(cityTime(instant))}`,
  weekdays: weekdaysJa,
};

/** Whole words for the days of the week, blanks between the parts, and no word for noon that has to be learned. */
const easyJapanese: DateWords = {
  ...japanese,
  day: dayEasy,
  dayWithEra: (date) => `${yearWithEraJa(date)} ${dayEasy(date)}`,
  time: timeEasy,
  timeUnderHeading(moment) {
    const time = timeEasy(moment);
    return { time: time.replace(/^午[前後]/, ''), half: /^午[前後]/.exec(time)?.[0] ?? '' };
  },
  moment: (instant) => `${dayEasy(cityDate(instant))} ${timeEasy(cityTime(instant))}`,
};

function dayJa(date: string): string {
  const { month, day } = datePartsOf(date);
  return `${String(month)}月${String(day)}日（${weekdayJa(date)}）`;
}

function dayEasy(date: string): string {
  const { month, day } = datePartsOf(date);
  return `${String(month)}月${String(day)}日（${weekdayJa(date)}曜日）`;
}

function timeEasy(time: string | Date): string {
  const words = formatTimeJa(time);
  return words === '正午' ? '昼の12時' : words;
}

/** The formatters are made once: making one costs more than using it a hundred times. */
function byIntl(locale: string): DateWords {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    return (date: string): string => formatter.format(new Date(`${date}T00:00:00Z`));
  };
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const long = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const plain = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const month = format({ month: 'long', year: 'numeric' });
  const [short, whole] = [format({ weekday: 'short' }), format({ weekday: 'long' })];
  const time = (value: string | Date): string => (value instanceof Date ? cityTime(value) : value);
  // The 3rd of January 2021 was a Sunday.
  const week = Array.from({ length: 7 }, (_day, index) => `2021-01-0${String(index + 3)}`);
  return {
    day,
    dayWithEra: (date) => `${long(date)}${eraBeside(date)}`,
    yearWithEra: (date) => `${date.slice(0, 4)}${eraBeside(date)}`,
    birthDate: (date) => `${plain(date)}${eraBeside(date)}`,
    month: (year, number) => month(`${String(year)}-${String(number).padStart(2, '0')}-01`),
    time,
    timeUnderHeading: (moment) => ({ time: cityTime(moment), half: '' }),
    moment: (instant) => `${day(cityDate(instant))}, ${cityTime(instant)}`,
    weekdays: week.map((date) => ({ short: short(date), long: whole(date) })),
  };
}

/** ` (令和3年)`: papers of the city say the year so. */
function eraBeside(date: string): string {
  const era = eraOf(date);
  return era === undefined ? '' : ` (${era.name}${eraYearJa(datePartsOf(date).year - era.base)})`;
}
