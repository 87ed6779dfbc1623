import fc from 'fast-check';

import { cityDate, cityTime, instantOf } from '../calendar/city-time';
import { isHoliday } from '../calendar/holidays';
import { planSlots } from './plan-slots';
import { openTimes, sameHours, type ScheduleTemplate, scheduleTemplate } from './week-plan';

const sessions = [
  { from: '09:30', until: '11:00' },
  { from: '13:00', until: '13:40' },
];
const template: ScheduleTemplate = {
  week: sameHours([1, 2, 3, 4, 5], sessions),
  breaks: [],
  exceptions: [],
  closedOnHolidays: true,
  blockMinutes: 30,
  vaccine: null,
  seats: [
    { dose: 1, channel: 'web', capacity: 5 },
    { dose: 1, channel: 'phone', capacity: 2 },
    { dose: 2, channel: 'web', capacity: 5 },
  ],
};
const never = () => false;
const timesOf = (plan: ScheduleTemplate, from: string, until: string, holiday: (date: string) => boolean = never) =>
  planSlots(plan, from, until, holiday)
    .filter((slot) => slot.dose === 1)
    .map((slot) => `${cityDate(slot.startsAt)} ${cityTime(slot.startsAt)}-${cityTime(slot.endsAt)}`);

describe('planning slots', () => {
  it('lays blocks end to end, for each dose, and leaves out one that would not fit', () => {
    expect(timesOf(template, '2021-05-10', '2021-05-11')).toEqual([
      '2021-05-10 09:30-10:00',
      '2021-05-10 10:00-10:30',
      '2021-05-10 10:30-11:00',
      '2021-05-10 13:00-13:30',
    ]);
    const slots = planSlots(template, '2021-05-10', '2021-05-11', never);
    expect(slots[0]?.quotas).toEqual([
      { channel: 'web', capacity: 5 },
      { channel: 'phone', capacity: 2 },
    ]);
    expect(slots.filter((slot) => slot.dose === 2)).toHaveLength(4);
  });

  it('leaves out weekends and, where the venue is closed then, holidays', () => {
    const days = new Set(
      planSlots(template, '2021-05-01', '2021-05-09', isHoliday).map((slot) => cityDate(slot.startsAt)),
    );
    expect([...days]).toEqual(['2021-05-06', '2021-05-07']);
  });

  it('leaves out 29 December to 3 January where the venue is closed at the year’s end, and not where it is not', () => {
    const daysOf = (plan: ScheduleTemplate) => [
      ...new Set(planSlots(plan, '2021-12-27', '2022-01-06', isHoliday).map((slot) => cityDate(slot.startsAt))),
    ];
    expect(daysOf({ ...template, closedAtYearEnd: true })).toEqual([
      '2021-12-27',
      '2021-12-28',
      '2022-01-04',
      '2022-01-05',
    ]);
    // 1 January is a Saturday here; a plan from before the question keeps its days.
    expect(daysOf(template)).toContain('2021-12-30');
    expect(daysOf({ ...template, closedAtYearEnd: false })).toContain('2022-01-03');
  });

  it('goes on after a break, and no block runs into one', () => {
    const plan = {
      ...template,
      week: sameHours([1], [{ from: '09:00', until: '12:00' }]),
      breaks: [{ from: '10:15', until: '10:45' }],
    };
    expect(timesOf(plan, '2021-05-10', '2021-05-11').map((text) => text.slice(11))).toEqual([
      '09:00-09:30',
      '09:30-10:00',
      '10:45-11:15',
      '11:15-11:45',
    ]);
  });

  it('closes on a day of exception, and opens on an extra day at its own hours, a holiday too', () => {
    const plan: ScheduleTemplate = {
      ...template,
      exceptions: [
        { kind: 'closed', date: '2021-05-06', note: '点検' },
        { kind: 'extra', date: '2021-05-05', note: '', sessions: [{ from: '18:00', until: '19:00' }] },
      ],
    };
    expect(timesOf(plan, '2021-05-03', '2021-05-07', isHoliday)).toEqual([
      '2021-05-05 18:00-18:30',
      '2021-05-05 18:30-19:00',
    ]);
  });

  it('never overlaps, never leaves its session, never touches a break, however long the block', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 240 }),
        fc.integer({ min: 0, max: 180 }),
        fc.integer({ min: 1, max: 120 }),
        (blockMinutes, pauseAt, pauseFor) => {
          const time = (minutes: number) =>
            `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
          const pause = { from: time(540 + pauseAt), until: time(540 + pauseAt + pauseFor) };
          const slots = planSlots(
            { ...template, breaks: [pause], blockMinutes, seats: template.seats.slice(0, 1) },
            '2021-05-10',
            '2021-05-17',
            never,
          );
          slots.forEach((slot, index) => {
            const next = slots[index + 1];
            if (next) expect(slot.endsAt.getTime()).toBeLessThanOrEqual(next.startsAt.getTime());
            const day = cityDate(slot.startsAt);
            expect(
              sessions.some(
                ({ from, until }) => slot.startsAt >= instantOf(day, from) && slot.endsAt <= instantOf(day, until),
              ),
            ).toBe(true);
            expect(slot.endsAt <= instantOf(day, pause.from) || slot.startsAt >= instantOf(day, pause.until)).toBe(
              true,
            );
          });
        },
      ),
    );
  });
});

test('breaks that cover everything leave nothing', () => {
  expect(openTimes([{ from: '09:00', until: '10:00' }], [{ from: '08:00', until: '11:00' }])).toEqual([]);
});

test.each([
  [{ week: [] }, 'week', '開く曜日を一つ以上選んでください。'],
  [
    { week: [{ weekday: 1, sessions: [{ from: '10:00', until: '09:00' }] }] },
    'week.0.sessions.0.until',
    '終わりの時刻は、始まりより後にしてください。',
  ],
  [
    { week: [{ weekday: 1, sessions: [{ from: '9:00', until: '10:00' }] }] },
    'week.0.sessions.0.from',
    '時刻は 09:30 のように入力してください。',
  ],
  [
    {
      week: [
        {
          weekday: 1,
          sessions: [
            { from: '09:00', until: '10:00' },
            { from: '09:30', until: '11:00' },
          ],
        },
      ],
    },
    'week.0.sessions',
    '開く時間が重なっています。',
  ],
  [
    {
      exceptions: [
        { kind: 'closed', date: '2021-05-06' },
        { kind: 'closed', date: '2021-05-06' },
      ],
    },
    'exceptions.1.date',
    '同じ日が二度あります。',
  ],
  [{ exceptions: [{ kind: 'closed', date: '2021-02-30' }] }, 'exceptions.0.date', '暦にある日付を入力してください。'],
  [{ blockMinutes: 2 }, 'blockMinutes', '1枠の長さは5分以上にしてください。'],
  [{ seats: [{ dose: 1, channel: 'web', capacity: 0 }] }, 'seats', '席数がすべて0です。1席以上にしてください。'],
  [
    { seats: [{ dose: 1, channel: 'web', capacity: -1 }] },
    'seats.0.capacity',
    '席数は0から999までの数で入力してください。',
  ],
])('%j is refused beside its field', (change, field, sentence) => {
  const result = scheduleTemplate.safeParse({ ...template, ...change });
  expect(result.error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toContainEqual([field, sentence]);
});
