import { linesOf, type OpenEntry } from './day-list';

const entry = (change: Partial<OpenEntry>): OpenEntry => ({
  isProtected: false,
  bookingId: 'a',
  residentId: 'r',
  reference: '482913506',
  startsAt: '2021-05-29T01:30:00.000Z',
  endsAt: '2021-05-29T02:00:00.000Z',
  dose: 1,
  channel: 'web',
  state: 'confirmed',
  version: 2,
  arrivedAt: null,
  group: null,
  couponEnd: '0001',
  birthDate: '1947-04-01',
  kana: 'トキノ　ハナ',
  told: [],
  ...change,
});
const list = [
  entry({}),
  entry({ bookingId: 'b', reference: '111222339', couponEnd: '7777', kana: 'サトウ ケン', state: 'attended' }),
  entry({ bookingId: 'c', kana: null, state: 'cancelled', reference: '999' }),
];
const found = (text: string, show: 'all' | 'waiting' | 'arrived' = 'all') =>
  linesOf(list, text, show)
    .map((line) => line.bookingId ?? '')
    .join('');

it.each([
  ['', 'abc'],
  ['ときのはな', 'a'],
  ['ﾄｷﾉ', 'a'],
  ['482-913', 'a'],
  ['７７７７', 'b'],
  ['ケン', 'b'],
  ['いない', ''],
])('%j finds %j', (text, expected) => {
  expect(found(text)).toBe(expected);
});

it('shows those who are awaited, or those who are here; the cancelled belong to neither', () => {
  expect([found('', 'waiting'), found('', 'arrived')]).toEqual(['a', 'b']);
});
