import { addDays, instantOf, weekdayOf } from '../calendar/city-time';
import type { Channel } from '../contracts/booking-workflow';

/** A venue's weekly plan as data. Times are city time; `until` is the end of the last block. */
export interface ScheduleTemplate {
  /** 0 Sunday – 6 Saturday. */
  readonly weekdays: readonly number[];
  readonly closedOnHolidays: boolean;
  readonly sessions: readonly { readonly from: string; readonly until: string }[];
  readonly blockMinutes: number;
  /** Seats of one block, per dose and channel. */
  readonly seats: readonly { readonly dose: number; readonly channel: Channel; readonly capacity: number }[];
}

export interface PlannedSlot {
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly quotas: readonly { readonly channel: Channel; readonly capacity: number }[];
}

/**
 * The slots of a template on the days of [from, until), in order. Blocks that would run past the end of a session
 * are left out. `isHoliday` answers for a date `YYYY-MM-DD`.
 */
export function planSlots(template: ScheduleTemplate, from: string, until: string, isHoliday: (date: string) => boolean): PlannedSlot[] {
  const doses = [...new Set(template.seats.map((item) => item.dose))].sort((a, b) => a - b);
  const slots: PlannedSlot[] = [];
  for (let day = from; day < until; day = addDays(day, 1)) {
    if (!template.weekdays.includes(weekdayOf(day)) || (template.closedOnHolidays && isHoliday(day))) continue;
    for (const session of template.sessions) {
      const end = instantOf(day, session.until).getTime();
      const block = template.blockMinutes * 60_000;
      for (let start = instantOf(day, session.from).getTime(); start + block <= end; start += block) {
        for (const dose of doses) {
          slots.push({
            dose,
            startsAt: new Date(start),
            endsAt: new Date(start + block),
            quotas: template.seats.filter((item) => item.dose === dose).map(({ channel, capacity }) => ({ channel, capacity })),
          });
        }
      }
    }
  }
  return slots;
}
