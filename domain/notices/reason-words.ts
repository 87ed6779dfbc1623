import { skipWords } from '../bookings/booking-words';

const failures: Readonly<Record<string, string>> = {
  'attempts used up': '何度か試しても送れませんでした',
  'attempt lost': '送信の途中で記録がとだえました',
  not_reached: '通知のしくみにつながりませんでした',
  not_resendable: '再送できない通知です',
  'smtp ETIMEDOUT': 'メールサーバーが応答しませんでした',
  'smtp ECONNECTION': 'メールサーバーとの接続が切れました',
  'smtp ESOCKET': 'メールサーバーとの接続が切れました',
  'smtp EDNS': 'メールサーバーが見つかりませんでした',
  no_seats: '空きがないため送りませんでした',
  no_line: 'LINEの設定がありません',
  empty: '文章が空になるため送りませんでした',
  'line quota': 'LINEで今月送れる数を使い切りました',
  'line unreachable': 'LINEにつながりませんでした',
  'line unclear': 'LINEの返事がなく、届いたか不明です',
};

/** Why a notice did not leave, in words for staff: the code of the mail server stays beside them, for the people who look after it. */
export function noticeReasonWords(code: string): string {
  const known = failures[code];
  if (known !== undefined) return known;
  const smtp = /^smtp (\d)\d\d$/.exec(code);
  if (smtp)
    return smtp[1] === '5' ? `宛先に届きませんでした（${code}）` : `メールサーバーが受け付けませんでした（${code}）`;
  if (/^line \d\d\d$/.test(code)) return `LINEが受け付けませんでした（${code}）`;
  return skipWords(code);
}
