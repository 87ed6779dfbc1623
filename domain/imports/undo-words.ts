import type { UndoOutcome, UndoRefusalCode } from './import-workflow';

const refusalWords: Readonly<Record<UndoRefusalCode, string>> = {
  not_applied: 'この取込は取り込まれていないので、元に戻せません。',
  not_the_last: 'この後に別の取込をしています。元に戻せるのは最後の取込だけです。',
  nothing_kept: '取り込む前の内容を残しておく期間（30日）が過ぎたか、暗号鍵が入れ替えられたため、元に戻せません。',
  has_bookings:
    'この取込で加わった方に予約があります。先に予約を取り消すか、正しいファイルを取り込んで直してください。',
};

/** The result of an undo, in a sentence. */
export function undoWords(outcome: UndoOutcome): string {
  if (!outcome.ok)
    return `${refusalWords[outcome.code]}${outcome.bookings > 0 ? `（予約 ${String(outcome.bookings)}件）` : ''}`;
  const { restored, removed, keptOut } = outcome.result;
  return `取り込む前に戻しました：元に戻した方 ${String(restored)}人、消した方 ${String(removed)}人${keptOut > 0 ? `、対象から外した方 ${String(keptOut)}人` : ''}`;
}
