import { z } from 'zod';

import { isPlainDate } from '../calendar/plain-date';
import { channels } from '../contracts/booking-workflow';

const time = z
  .string('時刻を入力してください。')
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, '時刻は 09:30 のように入力してください。');
const date = z.string('日付を入力してください。').refine(isPlainDate, '暦にある日付を入力してください。');
/** City times; `until` is the end of the last block. */
const session = z.object({ from: time, until: time }).refine(({ from, until }) => from < until, {
  path: ['until'],
  error: '終わりの時刻は、始まりより後にしてください。',
});
const note = z.string().trim().max(100, 'メモは100文字までです。').default('');

const capacityWords = '席数は0から999までの数で入力してください。';

/** Seats of one block for one channel. */
export const seatCount = z.int(capacityWords).min(0, capacityWords).max(999, capacityWords);

/** A venue's weekly plan as data. */
export const scheduleTemplate = z
  .object({
    /** Opening hours by weekday, 0 Sunday – 6 Saturday; a weekday that is not there is closed. */
    week: z
      .array(
        z.object({
          weekday: z.int().min(0).max(6),
          sessions: z.array(session).min(1, '開く時間を入力してください。').max(6),
        }),
      )
      .max(7),
    /** Taken out of every day's hours. */
    breaks: z.array(session).max(6),
    closedOnHolidays: z.boolean(),
    /** Closed from 29 December to 3 January. Left out (plans made before this was asked): no. */
    closedAtYearEnd: z.boolean().optional(),
    /** Days unlike their weekday; `extra` is open at its own hours, on a holiday too. */
    exceptions: z
      .array(
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('closed'), date, note }),
          z.object({
            kind: z.literal('extra'),
            date,
            note,
            sessions: z.array(session).min(1, '開く時間を入力してください。').max(6),
          }),
        ]),
      )
      .max(366, '特別な日は366日までです。'),
    blockMinutes: z
      .int('1枠の長さは5分から480分までの数で入力してください。')
      .min(5, '1枠の長さは5分以上にしてください。')
      .max(480, '1枠の長さは480分までです。'),
    seats: z
      .array(z.object({ dose: z.int().min(1).max(9), channel: z.enum(channels), capacity: seatCount }))
      .min(1, '席数を入力してください。')
      .max(9 * channels.length)
      .refine((seats) => seats.some(({ capacity }) => capacity > 0), '席数がすべて0です。1席以上にしてください。')
      .refine(
        (seats) => new Set(seats.map(({ dose, channel }) => `${String(dose)} ${channel}`)).size === seats.length,
        '同じ回と窓口の席数が二度あります。',
      ),
    vaccine: z.string().trim().max(20, 'ワクチンは20文字までです。').nullable(),
  })
  .superRefine((template, context) => {
    const fault = (path: (string | number)[], message: string) => {
      context.addIssue({ code: 'custom', path, message });
    };
    const weekdays = template.week.map((day) => day.weekday);
    if (new Set(weekdays).size !== weekdays.length) fault(['week'], '同じ曜日が二度あります。');
    for (const [index, day] of template.week.entries())
      if (hasOverlap(day.sessions)) fault(['week', index, 'sessions'], '開く時間が重なっています。');
    for (const [index, item] of template.exceptions.entries()) {
      if (item.kind === 'extra' && hasOverlap(item.sessions))
        fault(['exceptions', index, 'sessions'], '開く時間が重なっています。');
      if (template.exceptions.findIndex((other) => other.date === item.date) < index)
        fault(['exceptions', index, 'date'], '同じ日が二度あります。');
    }
    if (template.week.length === 0 && !template.exceptions.some((item) => item.kind === 'extra'))
      fault(['week'], '開く曜日を一つ以上選んでください。');
  });

export type ScheduleTemplate = Readonly<z.output<typeof scheduleTemplate>>;
export type Session = Readonly<z.output<typeof session>>;

/** The same hours on each of some weekdays. */
export function sameHours(weekdays: readonly number[], sessions: readonly Session[]): ScheduleTemplate['week'] {
  return weekdays.map((weekday) => ({ weekday, sessions: [...sessions] }));
}

/** What is left of `sessions` when the breaks are taken out, in order. Times compare as text. */
export function openTimes(sessions: readonly Session[], breaks: readonly Session[]): Session[] {
  let open = [...sessions];
  for (const pause of breaks) {
    open = open.flatMap(({ from, until }) => {
      if (pause.until <= from || pause.from >= until) return [{ from, until }];
      return [
        ...(from < pause.from ? [{ from, until: pause.from }] : []),
        ...(pause.until < until ? [{ from: pause.until, until }] : []),
      ];
    });
  }
  return open.sort((a, b) => (a.from < b.from ? -1 : 1));
}

function hasOverlap(sessions: readonly Session[]): boolean {
  const sorted = [...sessions].sort((a, b) => (a.from < b.from ? -1 : 1));
  return sorted.some((item, index) => index > 0 && (sorted[index - 1]?.until ?? '') > item.from);
}
