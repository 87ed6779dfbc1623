import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { addDays, daysBetween } from '../../domain/calendar/city-time';
import { projectRoot } from '../root';

/** The example that the demo city runs: two groups, two openings, half of the seats kept back. */
const example = 'docs/programmes/03-two-groups-half-kept.json';
/** The city date on which the example's first group may begin to book. */
const exampleOpens = '2021-09-04';
/** So many days before the demo's first start: the first group books, the second will see it open the day after tomorrow. */
const openSinceDays = 1;

/**
 * The demo's programme: the example with its moments (openings, stages, notices) moved by whole days, so that it stands
 * on `today` (city date) as it stood the day after its opening. Reference days of ages stay, as the demo's residents do.
 */
export function demoProgramme(today: string): unknown {
  const days = daysBetween(exampleOpens, addDays(today, -openSinceDays));
  return moved(JSON.parse(readFileSync(join(projectRoot, example), 'utf8')), days);
}

const moment = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d\+09:00)$/;

function moved(value: unknown, days: number): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, days));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, days)]));
  const [, date, time] = typeof value === 'string' ? (moment.exec(value) ?? []) : [];
  return date === undefined || time === undefined ? value : addDays(date, days) + time;
}
