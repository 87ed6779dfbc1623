import { earliestAfter, type Interval, latestAfter } from '../programmes/interval';

/** Seats of one dose on one city date, all channels together. */
export interface DaySeats {
  readonly date: string;
  readonly dose: number;
  readonly seats: number;
}

export interface DoseBalance {
  readonly dose: number;
  readonly nextDose: number;
  /** Seats of `dose` whose people can find a day of the next dose in the plan. */
  readonly seats: number;
  /** Seats of the next dose on the days that those people may take. */
  readonly nextSeats: number;
  /** Seats of `dose` for whom the next dose is not planned yet. */
  readonly notPlannedYet: number;
  /** People of `dose` who will find no seat for the next one. */
  readonly missing: number;
}

/**
 * Whether everybody who gets a dose will find a seat for the next one. In two cities in 2021 there were seats for only
 * 70 % of the second doses. People are served in order of their day: a person who has to wait takes the next free seat within
 * the allowed interval.
 * @param doses of the programme, with the interval between the dose before and this one
 */
export function balanceOf(
  days: readonly DaySeats[],
  doses: readonly { readonly number: number; readonly interval?: Interval | undefined }[],
): DoseBalance[] {
  return doses.flatMap(({ number, interval }, index) => {
    const before = doses[index - 1];
    if (!before || !interval) return [];
    const need = seatsByDate(days, before.number);
    const supply = seatsByDate(days, number);
    const last = supply.at(-1)?.date ?? '';
    let seats = 0;
    let missing = 0;
    let notPlannedYet = 0;
    const nextSeats = supply
      .filter(({ date }) => need[0] !== undefined && date >= earliestAfter(interval, need[0].date))
      .reduce((sum, day) => sum + day.seats, 0);
    const left = supply.map((day) => ({ ...day }));
    for (const day of need) {
      const earliest = earliestAfter(interval, day.date);
      const latest = latestAfter(interval, day.date) ?? '9999-12-31';
      if (earliest > last) {
        notPlannedYet += day.seats;
        continue;
      }
      seats += day.seats;
      let waiting = day.seats;
      for (const free of left) {
        if (waiting === 0) break;
        if (free.date < earliest || free.date > latest) continue;
        const served = Math.min(waiting, free.seats);
        free.seats -= served;
        waiting -= served;
      }
      missing += waiting;
    }
    return [{ dose: before.number, nextDose: number, seats, nextSeats, notPlannedYet, missing }];
  });
}

function seatsByDate(days: readonly DaySeats[], dose: number): { date: string; seats: number }[] {
  const sums = new Map<string, number>();
  for (const day of days)
    if (day.dose === dose && day.seats > 0) sums.set(day.date, (sums.get(day.date) ?? 0) + day.seats);
  return [...sums].map(([date, seats]) => ({ date, seats })).sort((a, b) => (a.date < b.date ? -1 : 1));
}
