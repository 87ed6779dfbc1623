import { type RefusalCode, refusals, refuse } from '../contracts/booking-refusals';
import { refusalSentence } from './refusal-words';

test('facts make the sentence more exact', () => {
  expect(refusalSentence(refuse('not_open_yet', { opensAt: '2021-04-19T08:30:00+09:00' }))).toBe(
    'まだ予約の受付が始まっていません。2021年4月19日（月）午前8時30分から受け付けます。',
  );
  expect(refusalSentence(refuse('too_early_for_dose', { earliest: '2021-05-29' }))).toBe(
    '前の回から必要な間隔があいていません。2021年5月29日（土）以降の日をお選びください。',
  );
});

test('without facts, or with odd ones, the general sentence is used', () => {
  for (const code of Object.keys(refusals) as RefusalCode[]) {
    expect(refusalSentence(refuse(code))).toBe(refusals[code].sentence);
    expect(refusalSentence(refuse(code, { opensAt: 'x', earliest: '2021-02-30', latest: 7, first: '' }))).toBe(
      refusals[code].sentence,
    );
  }
});

test('every sentence is polite, ends properly and does not shout', () => {
  for (const { sentence } of Object.values(refusals)) {
    expect(sentence).toMatch(/。$/);
    expect(sentence).not.toMatch(/[！!]|お客様|枠/);
  }
});
