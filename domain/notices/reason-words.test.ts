import { noticeReasonWords } from './reason-words';

test.each([
  ['smtp 550', '宛先に届きませんでした（smtp 550）'],
  ['smtp 451', 'メールサーバーが受け付けませんでした（smtp 451）'],
  ['attempts used up', '何度か試しても送れませんでした'],
  ['no_address', 'メールアドレスなし'],
  ['booking_cancelled', '予約の状態が変わったため中止'],
])('%s: %s', (code, words) => {
  expect(noticeReasonWords(code)).toBe(words);
});
