import { encodingFor } from './set-up-compression';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['BR;q=0.001', 'br'],
  ['br;q=0.0,gzip; q=0', undefined],
])('%s → %s', (accept, encoding) => {
  expect(encodingFor(accept)).toBe(encoding);
});
