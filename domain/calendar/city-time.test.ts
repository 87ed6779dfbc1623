import fc from 'fast-check';

import {
  addDays,
  cityClock,
  cityDate,
  cityTime,
  daysBetween,
  formatDateJa,
  formatDateWithEraJa,
  formatTimeJa,
  instantOf,
  weekdayJa,
} from './city-time';
import { isPlainDate } from './plain-date';

describe('city time', () => {
  it('is nine hours ahead of UTC', () => {
    expect(cityDate(new Date('2021-05-05T23:30:00Z'))).toBe('2021-05-06');
    expect(cityTime('2021-05-05T23:30:00Z')).toBe('08:30');
    expect(instantOf('2021-05-06', '08:30').toISOString()).toBe('2021-05-05T23:30:00.000Z');
  });

  it('is said to the second where a line of a log needs it', () => {
    expect(cityClock('2021-05-05T23:30:07.900Z')).toBe('08:30:07');
  });

  it('is tested in the time zone that the project of the tests is named after', () => {
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(process.env['TZ']);
  });

  it('agrees with Asia/Tokyo of the platform', () => {
    const tokyo = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'short' });
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1952-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (moment) => {
          expect(`${cityDate(moment)} ${cityTime(moment)}`).toBe(tokyo.format(moment));
          expect(instantOf(cityDate(moment), cityTime(moment)).getTime()).toBe(
            Math.floor(moment.getTime() / 60_000) * 60_000,
          );
        },
      ),
    );
  });

  it('counts days across months and leap years', () => {
    expect(addDays('2021-05-29', 21)).toBe('2021-06-19');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2021-03-01', -1)).toBe('2021-02-28');
    expect(daysBetween('2021-05-29', '2021-06-19')).toBe(21);
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 20_000 }), (days) => {
        const moved = addDays('2021-05-29', days);
        expect(isPlainDate(moved)).toBe(true);
        expect(daysBetween('2021-05-29', moved)).toBe(days);
      }),
    );
  });

  it('refuses days and times that do not exist', () => {
    expect(() => instantOf('2021-02-30', '08:30')).toThrow(RangeError);
    expect(() => instantOf('2021-02-28', '24:00')).toThrow(RangeError);
    expect(() => addDays('2021/02/28', 1)).toThrow(RangeError);
    expect(() => cityDate('soon')).toThrow(RangeError);
    expect(isPlainDate('2021-02-29')).toBe(false);
    expect(isPlainDate('2021-2-9')).toBe(false);
  });

  it('is written as the city writes it', () => {
    expect(weekdayJa('2021-05-29')).toBe('土');
    expect(formatDateJa('2021-05-29')).toBe('2021年5月29日（土）');
    expect(formatDateWithEraJa('2021-05-29')).toBe('2021年（令和3年）5月29日（土）');
    expect(formatTimeJa('10:30')).toBe('午前10時30分');
    expect(formatTimeJa('13:00')).toBe('午後1時');
    expect(formatTimeJa('12:00')).toBe('正午');
    expect(formatTimeJa('12:30')).toBe('午後0時30分');
    expect(formatTimeJa('00:05')).toBe('午前0時5分');
    expect(formatTimeJa(new Date('2021-05-05T23:30:00Z'))).toBe('午前8時30分');
  });
});
