import { isGoodPassword } from './password';

test.each([
  ['ときとさどのあさひはきれい', true],
  ['correct horse battery', true],
  ['short-pass1', false],
  ['aaaaaaaaaaaaaaaa', false],
  ['hanako-2026-niigata', false],
  ['x'.repeat(50) + 'abcdefgh'.repeat(20), false],
])('%s', (password, good) => {
  expect(isGoodPassword(password, 'hanako')).toBe(good);
});
