import { earliestAfter, type Interval, latestAfter } from '../interval';

interface SeatsOfDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly seats: number;
}

/**
 * How many seats of one dose have no seat of the next within the interval, when every later seat is given to one person only, in
 * the best possible way; `firstDate`: the first day with such a seat. The windows move on with the days, so giving each day the
 * earliest seats that are left is the best way.
 */
export function reachableSeats(
  before: readonly SeatsOfDay[],
  after: readonly SeatsOfDay[],
  interval: Interval,
): { unreached: number; firstDate: string | undefined } {
  const left = sorted(after).map((day) => ({ ...day }));
  let unreached = 0;
  let firstDate: string | undefined;
  for (const day of sorted(before)) {
    let wanted = day.seats;
    const first = earliestAfter(interval, day.date);
    const last = latestAfter(interval, day.date) ?? '9999-12-31';
    for (const seats of left) {
      if (wanted === 0 || seats.date > last) break;
      if (seats.date < first) continue;
      const given = Math.min(wanted, seats.seats);
      seats.seats -= given;
      wanted -= given;
    }
    if (wanted > 0) firstDate ??= day.date;
    unreached += wanted;
  }
  return { unreached, firstDate };
}

function sorted(days: readonly SeatsOfDay[]): SeatsOfDay[] {
  return [...days].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}
