import { maskAddress, maskTelephone } from './mask-address';

test.each([
  ['hanako@example.jp', 'h•••@example.jp'],
  ['a..b.@docomo.ne.jp', 'a•••@docomo.ne.jp'],
  ['"a@b"@example.jp', '"•••@example.jp'],
  ['broken', 'b•••'],
])('%s is shown as %s', (address, masked) => {
  expect(maskAddress(address)).toBe(masked);
});

test('a telephone number keeps its last digits', () => {
  expect(maskTelephone('090-1234-5678')).toBe('••••5678');
});
