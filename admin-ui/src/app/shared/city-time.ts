import { Pipe, type PipeTransform } from '@angular/core';

/** The city's own time, whatever the computer's clock is set to. */
export const cityZone = 'Asia/Tokyo';

const day = new Intl.DateTimeFormat('ja-JP', { timeZone: cityZone, month: 'long', day: 'numeric', weekday: 'short' });
const dayWithYear = new Intl.DateTimeFormat('ja-JP', {
  timeZone: cityZone,
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  weekday: 'short',
});
const time = new Intl.DateTimeFormat('ja-JP', {
  timeZone: cityZone,
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h23',
});
const plain = new Intl.DateTimeFormat('en-CA', {
  timeZone: cityZone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Instants as ISO text or `Date`; days as `YYYY-MM-DD`. */
export type Moment = string | Date;

function instantOf(moment: Moment): Date {
  return moment instanceof Date
    ? moment
    : new Date(/^\d{4}-\d{2}-\d{2}$/.test(moment) ? `${moment}T00:00:00+09:00` : moment);
}

export const cityWords = {
  /** 5月29日(土) */
  day: (moment: Moment) => day.format(instantOf(moment)),
  /** 2021年5月29日(土) */
  date: (moment: Moment) => dayWithYear.format(instantOf(moment)),
  /** 10:30 */
  time: (moment: Moment) => time.format(instantOf(moment)),
  /** 5月29日(土) 10:30 */
  moment: (moment: Moment) => `${day.format(instantOf(moment))} ${time.format(instantOf(moment))}`,
  /** 2021年5月29日(土) 10:30 */
  full: (moment: Moment) => `${dayWithYear.format(instantOf(moment))} ${time.format(instantOf(moment))}`,
} as const;

/** `YYYY-MM-DD` of an instant in the city. */
export function cityDay(moment: Moment = new Date()): string {
  return plain.format(instantOf(moment));
}

/** `{{ slot.startsAt | city: 'moment' }}` */
@Pipe({ name: 'city' })
export class CityTime implements PipeTransform {
  transform(moment: Moment | null | undefined, form: keyof typeof cityWords = 'moment'): string {
    return moment == null ? '' : cityWords[form](moment);
  }
}
