import { foldKana, isKana, maskKana } from './kana';

test.each([
  ['キョウコ', 'キヨウコ'],
  ['きょうこ', 'キヨウコ'],
  ['ｷｮｳｺ', 'キヨウコ'],
  ['サトウ　ハナコ', 'サトウハナコ'],
  ['ｶﾞｿﾞｳ', 'ガゾウ'],
  ['ミチヅカ・ヂュン', 'ミチズカジユン'],
  ['オーノ ヲサム', 'オノオサム'],
  ['佐藤', ''],
])('%s is searched as %s', (text, folded) => {
  expect(foldKana(text)).toBe(folded);
});

test('kana and nothing else', () => {
  expect(['サトウ ハナ', 'さとう', 'ｻﾄｳ'].every(isKana)).toBe(true);
  expect(['佐藤', 'サトウ1', '', '・'].some(isKana)).toBe(false);
});

test('a masked name shows the first letters alone', () => {
  expect(maskKana('トキノ　ハナコ')).toBe('ト○○ ハ○○');
});
