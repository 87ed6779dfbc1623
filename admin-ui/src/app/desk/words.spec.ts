import { holdWords, readOutDate, readOutTime, referenceGroups, saidDigits } from './words';

test('what is read out', () => {
  expect(readOutDate('2021-05-29T01:30:00Z')).toEqual(['2021年（令和3年）', '5月29日（土曜日）']);
  expect(['2021-05-29T01:30:00Z', '2021-05-29T03:00:00Z', '2021-05-29T04:00:00Z'].map(readOutTime)).toEqual([
    '午前10時30分',
    '正午',
    '午後1時',
  ]);
  expect(referenceGroups('482913505')).toEqual(['482', '913', '505']);
  expect(saidDigits('471')).toBe('ヨン ナナ イチ');
});

test('the hold in words', () => {
  const now = new Date('2021-05-29T01:30:00Z');
  expect(holdWords('2021-05-29T01:39:30Z', now)).toBe('あと9分ほど、お席をお取りしています（10:39まで）。');
  expect(holdWords('2021-05-29T01:30:40Z', now)).toBe('まもなく仮押さえの時間が終わります（10:30まで）。');
  expect(holdWords('2021-05-29T01:30:00Z', now)).toBeUndefined();
});
