import fc from 'fast-check';

import { daysOf, monthsBetween, nearestFree } from './days';

const slot = (time: string, free: number, capacity = 10) => ({ startsAt: new Date(time), free, capacity });

test('days are those of the city', () => {
  expect(
    daysOf([slot('2021-05-28T15:00:00Z', 1), slot('2021-05-29T01:00:00Z', 4), slot('2021-05-29T16:00:00Z', 0)]),
  ).toEqual([
    { date: '2021-05-29', free: 5, capacity: 20, availability: 'free' },
    { date: '2021-05-30', free: 0, capacity: 10, availability: 'full' },
  ]);
});

test('the nearest free times come first, full ones never', () => {
  const slots = [
    slot('2021-05-29T00:00:00Z', 1),
    slot('2021-05-29T01:00:00Z', 0),
    slot('2021-05-29T02:00:00Z', 1),
    slot('2021-05-30T01:00:00Z', 3),
  ];
  expect(nearestFree(slots, new Date('2021-05-29T01:10:00Z'), 2).map((item) => item.startsAt.toISOString())).toEqual([
    '2021-05-29T02:00:00.000Z',
    '2021-05-29T00:00:00.000Z',
  ]);
});

test('a month has whole weeks from Sunday', () => {
  const [may, june] = monthsBetween('2021-05-29', '2021-06-02');
  expect(may?.weeks[0]).toEqual([null, null, null, null, null, null, '2021-05-01']);
  expect(may?.weeks.at(-1)).toEqual(['2021-05-30', '2021-05-31', null, null, null, null, null]);
  expect([june?.year, june?.month]).toEqual([2021, 6]);
});

test('every day of a range is on the calendar exactly once', () => {
  const day = fc
    .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2030-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 120 }), (first, length) => {
      const last = new Date(Date.parse(first) + length * 86_400_000).toISOString().slice(0, 10);
      const shown = monthsBetween(first, last)
        .flatMap((month) => month.weeks.flat())
        .filter((date) => date !== null && date >= first && date <= last);
      expect(shown).toHaveLength(length + 1);
      expect(new Set(shown).size).toBe(length + 1);
    }),
  );
});
