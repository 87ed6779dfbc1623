import { formatReference, referenceFrom } from '../bookings/reference';
import { kindsOf, readSearchText } from './search-text';

const read = (text: string) => {
  const result = readSearchText(text, { digits: 10 }, '2021-05-01');
  return result.ok ? result.search : result.sentence;
};

test.each([
  ['9900000001', { couponNumber: '9900000001' }],
  ['９９００ ００００－０１', { couponNumber: '9900000001' }],
  ['0252281000', { couponNumber: '0252281000', telephone: '0252281000' }],
  ['025-228-1000', { couponNumber: '0252281000', telephone: '0252281000' }],
  ['090 1234 5678', { telephone: '09012345678' }],
  [formatReference(referenceFrom(48_291_350)), { reference: referenceFrom(48_291_350) }],
  ['さとう', { kana: 'サトウ' }],
  ['サトウ　ハナコ S22.4.1', { kana: 'サトウハナコ', birthDate: '1947-04-01' }],
  ['昭和22年 4月 1日 ｻﾄｳ', { kana: 'サトウ', birthDate: '1947-04-01' }],
  ['1947 4 1', { birthDate: '1947-04-01' }],
  ['19470401 9900000001', { birthDate: '1947-04-01', couponNumber: '9900000001' }],
])('%s', (text, search) => {
  expect(read(text)).toEqual(search);
});

test.each([
  ['', /どれかを入力/],
  ['佐藤 花子', /漢字では探せません/],
  ['サ', /2文字以上/],
  ['12345', /けた数/],
  ['昭和64年2月1日', /昭和は64年1月7日までです/],
  ['hanako', /読み取れない/],
  ['9900000001 9900000002', /二つあります/],
])('%s is answered with a sentence', (text, sentence) => {
  expect(read(text)).toMatch(sentence);
});

test('the kinds are named in one order', () => {
  expect(kindsOf({ kana: 'サトウ', birthDate: '1947-04-01' })).toEqual(['birthDate', 'kana']);
});
