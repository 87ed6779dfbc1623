import holidays from '@holiday-jp/holiday_jp';

import type { PlainDate } from './plain-date';

const known: Readonly<Record<string, { readonly date: string; readonly name: string } | undefined>> = holidays.holidays;
const inOrder = Object.values(known)
  .flatMap((day) => (day ? [{ date: day.date, name: day.name }] : []))
  .sort((a, b) => (a.date < b.date ? -1 : 1));

/** The name of a public holiday of Japan (substitute holidays included), by city date; the library knows them until 2050. */
export function holidayName(date: PlainDate): string | undefined {
  return known[date]?.name;
}

export function isHoliday(date: PlainDate): boolean {
  return holidayName(date) !== undefined;
}

/** Those of [from, until), in order. */
export function holidaysBetween(
  from: PlainDate,
  until: PlainDate,
): { readonly date: PlainDate; readonly name: string }[] {
  return inOrder.filter(({ date }) => date >= from && date < until);
}
