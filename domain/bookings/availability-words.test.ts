import { availabilityOf } from './availability-words';

test.each([
  [0, 10, 'full'],
  [-1, 10, 'full'],
  [1, 10, 'few'],
  [2, 10, 'few'],
  [3, 10, 'free'],
  [1, 1, 'few'],
  [10, 100, 'few'],
  [11, 100, 'free'],
])('%i of %i seats: %s', (free, capacity, words) => {
  expect(availabilityOf(free, capacity)).toBe(words);
});
