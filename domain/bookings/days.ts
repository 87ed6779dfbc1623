import { addDays, cityDate, weekdayOf } from '../calendar/city-time';
import { type Availability, availabilityOf } from './availability-words';

export interface SlotSeats {
  readonly startsAt: Date;
  readonly free: number;
  readonly capacity: number;
}

export interface DaySummary {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly free: number;
  readonly capacity: number;
  readonly availability: Availability;
}

/** One line per city date that has slots, in order. */
export function daysOf(slots: readonly SlotSeats[]): DaySummary[] {
  const days = new Map<string, { free: number; capacity: number }>();
  for (const slot of slots) {
    const date = cityDate(slot.startsAt);
    const day = days.get(date) ?? { free: 0, capacity: 0 };
    days.set(date, { free: day.free + slot.free, capacity: day.capacity + slot.capacity });
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, day]) => ({ date, ...day, availability: availabilityOf(day.free, day.capacity) }));
}

export interface CalendarMonth {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  /** Weeks from Sunday; null for the cells before the first and after the last of the month. */
  readonly weeks: readonly (readonly (string | null)[])[];
}

/** The months that the dates from `first` to `last` (both included) touch. */
export function monthsBetween(first: string, last: string): CalendarMonth[] {
  const months: CalendarMonth[] = [];
  for (let start = `${first.slice(0, 7)}-01`; start <= last; start = `${addDays(start, 31).slice(0, 7)}-01`) {
    const cells: (string | null)[] = new Array<null>(weekdayOf(start)).fill(null);
    for (let day = start; day.slice(0, 7) === start.slice(0, 7); day = addDays(day, 1)) cells.push(day);
    while (cells.length % 7 !== 0) cells.push(null);
    const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
    months.push({ year: Number(start.slice(0, 4)), month: Number(start.slice(5, 7)), weeks });
  }
  return months;
}

/** The slots with free seats that lie nearest to a moment, the nearest first. */
export function nearestFree<Slot extends SlotSeats>(slots: readonly Slot[], moment: Date, count: number): Slot[] {
  const distance = (slot: Slot): number => Math.abs(slot.startsAt.getTime() - moment.getTime());
  return slots
    .filter((slot) => slot.free > 0)
    .sort((a, b) => distance(a) - distance(b) || a.startsAt.getTime() - b.startsAt.getTime())
    .slice(0, count);
}
