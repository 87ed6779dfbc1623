import { compactCss, withDesignTokens } from './design-tokens';

test('only the tokens in use travel along, with what they refer to', () => {
  const css = withDesignTokens('a{color:var(--color-semantic-error-2)}');
  expect(css).toBe(
    ':root{--color-semantic-error-2:var(--color-primitive-red-900);--color-primitive-red-900:#ce0000}a{color:var(--color-semantic-error-2)}',
  );
});

test('a style sheet without comments and blanks means the same', () => {
  expect(compactCss('/* x */\n@media (min-width: 48rem) {\n  a, b > c { margin: 0 auto; }\n}\n')).toBe(
    '@media (min-width: 48rem){a,b>c{margin: 0 auto}}',
  );
});
