import { createSecretKey, randomBytes } from 'node:crypto';

import { createFormTokens } from './form-token';

const keyOf = () => ({ key: createSecretKey(randomBytes(32)) });

test('a token opens for its own secret only, and looks different every time', () => {
  const tokens = createFormTokens([keyOf()]);
  const [one, two] = [tokens.make('secret'), tokens.make('secret')];
  expect(one).not.toBe(two);
  for (const token of [one, two]) {
    expect(tokens.check(token, 'secret')).toBe(true);
    expect(tokens.check(token, 'other')).toBe(false);
  }
});

test('what is no token is refused', () => {
  const tokens = createFormTokens([keyOf()]);
  for (const token of [undefined, '', 'x', 'A'.repeat(86), 'A'.repeat(10_000), 7, ['a']])
    expect(tokens.check(token, 'secret')).toBe(false);
});

test('after a rotation the old key still checks what it made', () => {
  const [old, current] = [keyOf(), keyOf()];
  const token = createFormTokens([old]).make('secret');
  expect(createFormTokens([current, old]).check(token, 'secret')).toBe(true);
  expect(createFormTokens([current]).check(token, 'secret')).toBe(false);
});
