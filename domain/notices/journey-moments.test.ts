import fc from 'fast-check';

import { cityDate, cityTime, daysBetween } from '../calendar/city-time';
import type { BookingEvent, BookingFacts, JourneyPlan } from '../contracts/booking-workflow';
import { defined } from '../text/defined';
import { noShowAt, remindersOf, stepsAt } from './journey-moments';

const reminder = { id: 'reminder', on: 'confirmed', before: { days: 1, at: '18:00' }, notWithinHours: 24 } as const;
const plan: JourneyPlan = {
  noShowAfterHours: 4,
  steps: [
    { id: 'confirmation', on: 'confirmed' },
    reminder,
    { id: 'change', on: 'changed' },
    { id: 'cancellation', on: 'cancelled' },
    { id: 'invitation', on: 'attended', invites: true },
  ],
};

function event(type: BookingEvent['type'], reason?: BookingEvent['reason'], facts: Partial<BookingFacts> = {}) {
  return { type, ...defined({ reason }), facts: facts as BookingFacts };
}

test.each([
  ['a confirmation', event('confirmed'), ['confirmation']],
  ['a confirmation that replaces another booking', event('confirmed', undefined, { replaces: 'other' }), ['change']],
  ['a cancellation', event('cancelled', 'citizen'), ['cancellation']],
  ['the old booking of a move', event('cancelled', 'moved'), []],
  ['a check-in', event('attended', 'checked_in'), ['invitation']],
  ['a no-show', event('no_show', 'day_over'), []],
  ['a hold', event('held'), []],
  ['the end of a hold', event('expired', 'hold_expired'), []],
])('after %s the right notice goes out at once', (_name, what, expected) => {
  expect(stepsAt(plan, what).map((step) => step.id)).toEqual(expected);
});

describe('reminders', () => {
  const slot = '2021-05-29T01:30:00.000Z'; // 29 May 10:30 in the city
  const due = '2021-05-28T09:00:00.000Z'; // 28 May 18:00 in the city

  test('are due at the programme’s time of the city', () => {
    expect(remindersOf(plan, '2021-05-01T00:00:00Z', slot)).toEqual([{ step: reminder, dueAt: Date.parse(due) }]);
  });

  test.each([
    ['exactly a day before', '2021-05-27T09:00:00.000Z', undefined],
    ['a moment less than a day before', '2021-05-27T09:00:00.001Z', 'booked_shortly_before'],
    ['at the very time', due, 'past'],
    ['after it', '2021-05-28T10:00:00Z', 'past'],
  ])('when the booking was made %s', (_name, confirmedAt, leftOut) => {
    expect(remindersOf(plan, confirmedAt, slot).map((item) => item.leftOut)).toEqual([leftOut]);
  });

  test('on the day itself never after the appointment', () => {
    const sameDay: JourneyPlan = {
      ...plan,
      steps: [{ id: 'today', on: 'confirmed', before: { days: 0, at: '12:00' } }],
    };
    expect(remindersOf(sameDay, '2021-05-01T00:00:00Z', slot)[0]?.leftOut).toBe('past');
  });

  test('always stand on the right day and hour of the city', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2021-02-01T00:00:00Z'), max: new Date('2031-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 23 }),
        (slotStartsAt, days, hour) => {
          const at = `${String(hour).padStart(2, '0')}:30`;
          const steps = [{ id: 'r', on: 'confirmed', before: { days, at } } as const];
          const [found] = remindersOf(
            { noShowAfterHours: 0, steps },
            '2020-01-01T00:00:00Z',
            slotStartsAt.toISOString(),
          );
          const dueAt = new Date(found?.dueAt ?? 0);
          expect(cityTime(dueAt)).toBe(at);
          expect(daysBetween(cityDate(dueAt), cityDate(slotStartsAt))).toBe(days);
        },
      ),
    );
  });
});

test('a person counts as not come some hours after the end of the slot', () => {
  expect(new Date(noShowAt(plan, '2021-05-29T02:00:00.000Z')).toISOString()).toBe('2021-05-29T06:00:00.000Z');
});
