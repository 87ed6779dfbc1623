import { addDays, daysBetween } from '../calendar/city-time';
import {
  alwaysFits,
  earliestAfter,
  earliestBefore,
  fewestDays,
  fitsBetween,
  type Interval,
  isEmptyInterval,
  latestAfter,
  latestBefore,
} from './interval';

const threeMonths: Interval = { minDays: 0, minMonths: 3 };

describe('an interval in calendar months', () => {
  it.each([
    ['2023-04-01', '2023-07-01'],
    ['2022-11-28', '2023-02-28'],
    ['2022-11-29', '2023-03-01'],
    ['2022-11-30', '2023-03-01'],
    ['2023-11-29', '2024-02-29'],
    ['2023-11-30', '2024-03-01'],
    ['2023-10-31', '2024-01-31'],
    ['2023-12-31', '2024-03-31'],
  ])('of three months or more after %s is from %s', (day, first) => {
    expect(earliestAfter(threeMonths, day)).toBe(first);
  });

  it.each([
    ['2023-04-01', '2023-07-01'],
    ['2022-11-30', '2023-02-28'],
    ['2023-11-30', '2024-02-29'],
    ['2023-12-31', '2024-03-31'],
  ])('of at most three months after %s ends on %s', (day, last) => {
    expect(latestAfter({ minDays: 0, maxMonths: 3 }, day)).toBe(last);
  });

  it('never ends before it begins', () => {
    const exactly: Interval = { minDays: 0, minMonths: 3, maxMonths: 3 };
    expect(latestAfter(exactly, '2022-11-30')).toBe(earliestAfter(exactly, '2022-11-30'));
  });

  it('binds together with days where both are given', () => {
    expect(earliestAfter({ minDays: 100, minMonths: 3 }, '2023-04-01')).toBe('2023-07-10');
    expect(earliestAfter({ minDays: 20, minMonths: 3 }, '2023-04-01')).toBe('2023-07-01');
    expect(latestAfter({ minDays: 0, maxDays: 60, maxMonths: 3 }, '2023-04-01')).toBe('2023-05-31');
  });

  it('is unbounded where nothing says how late', () => {
    expect(latestAfter(threeMonths, '2023-04-01')).toBeUndefined();
    expect(earliestBefore(threeMonths, '2023-07-01')).toBeUndefined();
  });
});

describe('the dose before, seen from the next', () => {
  const intervals: Interval[] = [
    { minDays: 21 },
    { minDays: 21, maxDays: 28 },
    threeMonths,
    { minDays: 0, minMonths: 1, maxMonths: 2 },
    { minDays: 27, minMonths: 1, maxDays: 70 },
    { minDays: 0, minMonths: 6, maxMonths: 6 },
  ];

  it.each(intervals)(
    'leaves room exactly until its last day, on every day of two years, one of them a leap year (%j)',
    (interval) => {
      const isTooLate = (day: string, next: string): boolean => (latestAfter(interval, day) ?? next) < next;
      const wrong = Array.from({ length: 731 }, (_, shift) => addDays('2023-01-01', shift)).filter((next) => {
        const last = latestBefore(interval, next);
        const first = earliestBefore(interval, next);
        return (
          earliestAfter(interval, last) > next ||
          earliestAfter(interval, addDays(last, 1)) <= next ||
          (first !== undefined && (isTooLate(first, next) || !isTooLate(addDays(first, -1), next)))
        );
      });
      expect(wrong).toEqual([]);
    },
  );

  it('agrees with what fits between two days', () => {
    expect(fitsBetween(threeMonths, '2023-04-01', '2023-06-30')).toBe(false);
    expect(fitsBetween(threeMonths, '2023-04-01', '2023-07-01')).toBe(true);
    expect(fitsBetween({ minDays: 0, maxMonths: 1 }, '2023-01-31', '2023-03-01')).toBe(false);
  });
});

describe('a fixed number of days', () => {
  it('has to fit in every month', () => {
    expect(alwaysFits(threeMonths, 91)).toBe(false);
    expect(alwaysFits(threeMonths, 92)).toBe(true);
    expect(alwaysFits({ minDays: 0, maxMonths: 1 }, 29)).toBe(false);
    expect(alwaysFits({ minDays: 0, maxMonths: 1 }, 28)).toBe(true);
    expect(alwaysFits({ minDays: 21, maxDays: 28 }, 21)).toBe(true);
  });

  it('of at least so many months is at least the shortest such stretch', () => {
    expect(fewestDays(threeMonths)).toBe(89);
    expect(fewestDays({ minDays: 21 })).toBe(21);
    expect(daysBetween('2023-01-31', earliestAfter(threeMonths, '2023-01-31'))).toBeGreaterThanOrEqual(89);
  });
});

describe('an interval that lets nobody in', () => {
  it.each<[Interval, boolean]>([
    [{ minDays: 21, maxDays: 20 }, true],
    [{ minDays: 21, maxDays: 21 }, false],
    [{ minDays: 0, minMonths: 3, maxMonths: 2 }, true],
    [{ minDays: 0, minMonths: 3, maxMonths: 3 }, false],
    [{ minDays: 0, minMonths: 3, maxDays: 90 }, true],
    [{ minDays: 40, maxMonths: 1 }, true],
  ])('%j: %s', (interval, isEmpty) => {
    expect(isEmptyInterval(interval)).toBe(isEmpty);
  });
});
