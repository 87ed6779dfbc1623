import { cityDate, cityTime, formatDateJa, formatTimeJa } from '../../calendar/city-time';
import { isPlainDate } from '../../calendar/plain-date';
import type { RefusalCode } from '../../contracts/booking-refusals';
import { refusals } from '../../contracts/booking-refusals';
import type { AssignmentRowFault } from './row';

/** Why a row of a file of assigned appointments is not booked: what is wrong in it, or what the rules of every booking say. */
export type AssignmentFault = AssignmentRowFault | 'number_unknown' | 'row_twice' | 'row_contradicts' | RefusalCode;

const rowSentences: Readonly<Record<Exclude<AssignmentFault, RefusalCode>, string>> = {
  number_missing: '接種券番号がありません。',
  number_exponent:
    '接種券番号が 1.23E+09 のような形に変わっています。表計算ソフトで列を「文字列」にして、保存し直してください。',
  number_zero_lost: '接種券番号が1けた足りません。先頭の0が消えていないか、ご確認ください。',
  number_too_short: '接種券番号のけた数が足りません。',
  number_too_long: '接種券番号のけた数が多すぎます。',
  number_not_digits: '接種券番号に数字でない文字があります。',
  number_wrong_prefix: '接種券番号の始まりの数字が違います。',
  number_other_municipality: 'ほかの市区町村の接種券番号です。',
  number_unknown: 'この接種券番号の方は、対象者データにいません。',
  venue_missing: '会場がありません。',
  venue_unknown: 'この会場は登録されていません。会場コードか会場名をご確認ください。',
  venue_ambiguous: '同じ名前の会場が二つ以上あります。会場コードで書いてください。',
  date_missing: '日付がありません。',
  date_malformed: '日付を読み取れません。2026-05-29 や 令和8年5月29日 のように書いてください。',
  time_missing: '開始の時刻がありません。',
  time_malformed: '開始の時刻を読み取れません。9:30 のように書いてください。',
  dose_unknown: 'この回は事業にありません。',
  telephone_malformed: '電話番号を読み取れません。',
  email_malformed: 'メールアドレスを読み取れません。',
  row_twice: '同じ内容の行が前にあります。前の行だけを予約します。',
  row_contradicts:
    '同じ方の同じ回が、別の日時や会場でほかの行にもあります。どちらが正しいかわからないため、どの行も予約しません。',
};

/** The refusals that read otherwise for a person who looks at a row than for a person who chooses a time. */
const staffSentences: Readonly<Partial<Record<RefusalCode, string>>> = {
  not_eligible: 'この方は受付の対象ではありません（対象区分に入らないか、転出などで外れています）。',
  not_open_yet: 'この方の予約の受付がまだ始まっていません。',
  closed: '予約の受付が終わっているか、この窓口では受け付けていません。',
  slot_unknown: 'この会場に、この日時・この回の枠がありません。',
  slot_full: 'この枠の席が足りません。',
  slot_closed: 'この枠は、新しい予約の受付を止めています。',
  slot_past: 'この時間は過ぎています。',
  outside_window: 'この日は予約できる期間の外です。',
  already_booked: 'この方には、この回の予約がすでにあります。',
  previous_dose_missing: 'この方には、前の回の予約がありません。',
  too_early_for_dose: '前の回から必要な間隔があいていません。',
  too_late_for_dose: '前の回からの間隔が長すぎます。',
  breaks_pair: '次の回の予約との間隔が合わなくなります。',
  other_vaccine: '前の回と同じワクチンではありません。',
  no_seat_for_next_dose: 'この日時では、次の回の席が用意できません。',
  later_dose_booked: '次の回の予約があるため、この回だけを取り消せません。',
  not_confirmed: '変更・取り消し・来場などがあったため、そのままにします。',
  booking_unknown: '予約が見つかりません。',
};

/** What is wrong with a row, for the city's staff, with the facts of the case where they help. */
export function explainAssignmentFault(code: string, detail: Readonly<Record<string, string | number>> = {}): string {
  if (Object.hasOwn(rowSentences, code)) return rowSentences[code as keyof typeof rowSentences];
  const sentence = Object.hasOwn(refusals, code)
    ? (staffSentences[code as RefusalCode] ?? refusals[code as RefusalCode].sentence)
    : '予約できません。';
  const day = (name: string): string | undefined => {
    const value = detail[name];
    return typeof value === 'string' && isPlainDate(value) ? formatDateJa(value) : undefined;
  };
  const opensAt = detail['opensAt'];
  const facts =
    code === 'too_early_for_dose' && day('earliest')
      ? `${day('earliest') ?? ''}以降なら予約できます。`
      : code === 'too_late_for_dose' && day('latest')
        ? `${day('latest') ?? ''}までなら予約できます。`
        : code === 'outside_window' && day('first') && day('last')
          ? `いま予約できるのは、${day('first') ?? ''}から${day('last') ?? ''}までです。`
          : code === 'not_open_yet' && typeof opensAt === 'string'
            ? `${formatDateJa(cityDate(opensAt))}${formatTimeJa(cityTime(opensAt))}に始まります。`
            : '';
  return sentence + facts;
}

/** How far a run of assigned appointments is. */
export const assignmentPhases = [
  'checking',
  'waiting',
  'booking',
  'done',
  'taking_back',
  'taken_back',
  'rejected',
  'refused',
  'failed',
] as const;
export type AssignmentPhase = (typeof assignmentPhases)[number];

export const assignmentPhaseWords: Readonly<Record<AssignmentPhase, string>> = {
  checking: '各行を確認しています',
  waiting: '承認を待っています',
  booking: '予約しています',
  done: '予約しました',
  taking_back: '取り消しています',
  taken_back: '取り消しました',
  rejected: '取りやめました',
  refused: '読み取れないファイルです',
  failed: '途中で失敗しました',
};
