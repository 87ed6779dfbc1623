import { ownPath } from './oidc-log-in';

test.each([
  ['/venues?ward=1#list', '/venues?ward=1#list'],
  ['/', '/'],
  [undefined, '/'],
  ['', '/'],
  ['venues', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  [`/${'x'.repeat(2_000)}`, '/'],
])('%j leads to %s', (text, path) => {
  expect(ownPath(text)).toBe(path);
});
