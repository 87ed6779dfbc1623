import fc from 'fast-check';
import { cityDate, cityTime, instantOf } from '../calendar/city-time';
import { planSlots, type ScheduleTemplate } from './plan-slots';

const template: ScheduleTemplate = {
  weekdays: [1, 2, 3, 4, 5], closedOnHolidays: true, sessions: [{ from: '09:30', until: '11:00' }, { from: '13:00', until: '13:40' }], blockMinutes: 30,
  seats: [{ dose: 1, channel: 'web', capacity: 5 }, { dose: 1, channel: 'phone', capacity: 2 }, { dose: 2, channel: 'web', capacity: 5 }],
};

describe('planning slots', () => {
  it('lays blocks end to end, for each dose, and leaves out one that would not fit', () => {
    const slots = planSlots(template, '2021-05-10', '2021-05-11', () => false);
    expect(slots.filter((slot) => slot.dose === 1).map((slot) => `${cityDate(slot.startsAt)} ${cityTime(slot.startsAt)}-${cityTime(slot.endsAt)}`)).toEqual([
      '2021-05-10 09:30-10:00', '2021-05-10 10:00-10:30', '2021-05-10 10:30-11:00', '2021-05-10 13:00-13:30',
    ]);
    expect(slots[0]?.quotas).toEqual([{ channel: 'web', capacity: 5 }, { channel: 'phone', capacity: 2 }]);
    expect(slots.filter((slot) => slot.dose === 2)).toHaveLength(4);
  });

  it('leaves out weekends and, where the venue is closed then, holidays', () => {
    const days = (holiday: (date: string) => boolean) => new Set(planSlots(template, '2021-05-01', '2021-05-09', holiday).map((slot) => cityDate(slot.startsAt)));
    expect([...days((date) => ['2021-05-03', '2021-05-04', '2021-05-05'].includes(date))]).toEqual(['2021-05-06', '2021-05-07']);
  });

  it('never overlaps, never leaves its session, however long the block', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 240 }), (blockMinutes) => {
        const slots = planSlots({ ...template, blockMinutes, seats: template.seats.slice(0, 1) }, '2021-05-10', '2021-05-17', () => false);
        slots.forEach((slot, index) => {
          const next = slots[index + 1];
          if (next) expect(slot.endsAt.getTime()).toBeLessThanOrEqual(next.startsAt.getTime());
          const day = cityDate(slot.startsAt);
          expect(template.sessions.some(({ from, until }) => slot.startsAt >= instantOf(day, from) && slot.endsAt <= instantOf(day, until))).toBe(true);
        });
      }),
    );
  });
});
