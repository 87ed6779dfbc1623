import { cityDate } from '../../domain/calendar/city-time';
import { laterToday, overToday, underWayToday } from './today';

describe.each(['00:00:01', '00:10:00', '01:30:00', '12:00:00', '23:50:00', '23:59:59'])(
  'slots of today at %s',
  (time) => {
    const now = new Date(`2021-06-01T${time}+09:00`);

    test('one under way began today and is not over', () => {
      const { starts_at, ends_at } = underWayToday(now);
      expect(cityDate(starts_at)).toBe('2021-06-01');
      expect([starts_at <= now, ends_at > now]).toEqual([true, true]);
    });

    test('one that is over began and ended today', () => {
      const { starts_at, ends_at } = overToday(now);
      expect([cityDate(starts_at), cityDate(ends_at)]).toEqual(['2021-06-01', '2021-06-01']);
      expect([starts_at < ends_at, ends_at <= now]).toEqual([true, true]);
    });

    test('one for later begins today and has not begun', () => {
      const { starts_at, ends_at } = laterToday(now);
      expect(cityDate(starts_at)).toBe('2021-06-01');
      expect([starts_at > now, starts_at < ends_at]).toEqual([true, true]);
    });

    test('no two begin at the same moment', () => {
      expect(overToday(now).starts_at).not.toEqual(overToday(now).starts_at);
    });
  },
);
