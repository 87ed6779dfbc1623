import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';

/** Start and end of a slot, as the table has them. */
export interface SlotTimes {
  readonly starts_at: Date;
  readonly ends_at: Date;
}

const minute = 60_000;
/** A venue has one slot per dose and start: each call gets a start of its own. */
let calls = 0;

/**
 * A slot of the city's today. At a quarter past midnight "an hour ago" is yesterday, so no slot begins before the day.
 * @param minutesAgo when it began; later where the day is younger than that
 */
function startToday(now: Date, minutesAgo: number): number {
  const midnight = instantOf(cityDate(now), '00:00').getTime();
  return Math.max(midnight, now.getTime() - minutesAgo * minute) + calls++;
}

/** A slot of today that has begun and is not over. */
export function underWayToday(now = new Date()): SlotTimes {
  const start = startToday(now, 10);
  return { starts_at: new Date(start), ends_at: new Date(now.getTime() + 20 * minute) };
}

/** A slot of today that has not begun, not even at a minute to midnight. */
export function laterToday(now = new Date()): SlotTimes {
  const midnight = instantOf(addDays(cityDate(now), 1), '00:00').getTime();
  return { starts_at: new Date(midnight - 1 - calls++), ends_at: new Date(midnight + 30 * minute) };
}

/** A slot of today that is over. */
export function overToday(now = new Date()): SlotTimes {
  const start = startToday(now, 120);
  const end = Math.min(start + 30 * minute, now.getTime() - 1);
  return { starts_at: new Date(start), ends_at: new Date(Math.max(end, start + 1)) };
}
