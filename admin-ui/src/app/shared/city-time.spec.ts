import { cityDay, cityWords } from './city-time';

test('times are the city’s, whatever zone the computer is in', () => {
  expect(cityWords.full('2021-05-28T16:05:00Z')).toBe('2021年5月29日(土) 1:05');
  expect(cityWords.day('2021-05-29')).toBe('5月29日(土)');
  expect(cityDay('2021-05-28T16:05:00Z')).toBe('2021-05-29');
});
