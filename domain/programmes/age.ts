import { addDays } from '../calendar/city-time';
import { datePartsOf, type PlainDate } from '../calendar/plain-date';

/**
 * Age in full years on a day, as Japanese law counts (年齢計算ニ関する法律): a year is full at the end of the day before the
 * birthday, so a person born on 1 April is a year older on 31 March already, and a person born on 29 February on
 * 28 February. "65 within the fiscal year 2021" is "65 on 2022-03-31": born on 1957-04-01 or before.
 */
export function ageOn(birthDate: PlainDate, day: PlainDate): number {
  const birth = datePartsOf(birthDate);
  // The day after: who is a year older from midnight on, is so by law on the day itself.
  const next = datePartsOf(addDays(day, 1));
  const isBirthdayOver = next.month > birth.month || (next.month === birth.month && next.day >= birth.day);
  return next.year - birth.year - (isBirthdayOver ? 0 : 1);
}
