import { addDays, weekdayOf } from '../../../../domain/calendar/city-time';
import { isPlainDate } from '../../../../domain/calendar/plain-date';
import { byChannel, channels as channelOrder, channelWords } from '../../../../domain/contracts/channels';
import type { Schema } from '../api/api';
import { cityDay } from '../shared/city-time';

export { byChannel, channelOrder, channelWords };

export type Channel = Schema<'GridSlot'>['seats'][number]['channel'];
export type Seats = Schema<'SeatsByChannel'>;

export const weekdayWords = ['日', '月', '火', '水', '木', '金', '土'] as const;

/** The Monday of the week of a day; of today's where the text is no date. */
export function mondayOf(day: string): string {
  const known = isPlainDate(day) ? day : cityDay();
  return addDays(known, -((weekdayOf(known) + 6) % 7));
}

export function daysOfWeek(monday: string): string[] {
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
}

/** `ウェブ 5・電話 2`; what has no seats is left out. */
export function seatWords(seats: Seats | null): string {
  if (!seats) return '―';
  const parts = channelOrder
    .filter((channel) => seats[channel] > 0)
    .map((channel) => `${channelWords[channel]} ${String(seats[channel])}`);
  return parts.length > 0 ? parts.join('・') : '0席';
}
