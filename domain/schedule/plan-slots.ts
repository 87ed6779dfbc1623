import { addDays, instantOf, weekdayOf } from '../calendar/city-time';
import { isYearEnd } from '../calendar/plain-date';
import type { Channel } from '../contracts/booking-workflow';
import { openTimes, type ScheduleTemplate, type Session } from './week-plan';

export interface PlannedSlot {
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What is given at this time, where the plan says so. */
  readonly vaccine?: string | null;
  readonly quotas: readonly { readonly channel: Channel; readonly capacity: number }[];
}

/**
 * The slots of a template on the days of [from, until), in order. Blocks that would run past the end of a session or
 * into a break are left out. `isHoliday` answers for a date `YYYY-MM-DD`.
 */
export function planSlots(
  template: ScheduleTemplate,
  from: string,
  until: string,
  isHoliday: (date: string) => boolean,
): PlannedSlot[] {
  const doses = [...new Set(template.seats.filter((item) => item.capacity > 0).map((item) => item.dose))].sort(
    (a, b) => a - b,
  );
  const slots: PlannedSlot[] = [];
  for (let day = from; day < until; day = addDays(day, 1)) {
    for (const session of hoursOf(template, day, isHoliday)) {
      const end = instantOf(day, session.until).getTime();
      const block = template.blockMinutes * 60_000;
      for (let start = instantOf(day, session.from).getTime(); start + block <= end; start += block) {
        for (const dose of doses) {
          slots.push({
            dose,
            startsAt: new Date(start),
            endsAt: new Date(start + block),
            vaccine: template.vaccine,
            quotas: template.seats
              .filter((item) => item.dose === dose)
              .map(({ channel, capacity }) => ({ channel, capacity })),
          });
        }
      }
    }
  }
  return slots;
}

/** When a venue with this plan is open on a day. An exception beats the weekday, the holiday and the year's end. */
function hoursOf(template: ScheduleTemplate, day: string, isHoliday: (date: string) => boolean): Session[] {
  const exception = template.exceptions.find((item) => item.date === day);
  if (exception?.kind === 'closed') return [];
  if (exception) return openTimes(exception.sessions, template.breaks);
  if (template.closedOnHolidays && isHoliday(day)) return [];
  if (template.closedAtYearEnd === true && isYearEnd(day)) return [];
  return openTimes(template.week.find((item) => item.weekday === weekdayOf(day))?.sessions ?? [], template.breaks);
}
