import type { BirthDateFault } from '../calendar/birth-date';
import type { CouponNumberFault } from '../residents/coupon-number';
import type { FileColumn } from './format';

/** What can be wrong with a row, and what is noted about one, see {@link rowNoteCodes}. */
export const rowErrorCodes = [
  'number_missing',
  'number_exponent',
  'number_zero_lost',
  'number_too_short',
  'number_too_long',
  'number_not_digits',
  'number_wrong_prefix',
  'number_other_municipality',
  'birth_missing',
  'birth_unreadable',
  'birth_serial',
  'birth_hidden',
  'birth_era_unknown',
  'birth_outside_era',
  'birth_no_such_day',
  'birth_future',
  'birth_too_old',
  'group_missing',
  'group_unknown',
  'kana_too_long',
  'too_many_cells',
  'duplicate_conflict',
  'duplicate_identical',
  'same_person',
  'moved_out',
  'died',
] as const;
export type RowErrorCode = (typeof rowErrorCodes)[number];

/** Nothing is wrong with these rows: taken all the same, or understood as a person who is no longer there. */
export const rowNoteCodes: readonly RowErrorCode[] = ['duplicate_identical', 'same_person', 'moved_out', 'died'];

export interface RowError {
  readonly column?: FileColumn;
  readonly code: RowErrorCode;
}

export function numberError(fault: CouponNumberFault): RowError {
  return { column: 'number', code: `number_${fault}` };
}

/** @param text the text of the cell: two damages of spreadsheets have names of their own */
export function birthError(fault: BirthDateFault, text: string): RowError {
  if (fault.code === 'unreadable' && /^\s*[0-9]{5}(\.0+)?\s*$/.test(text))
    return { column: 'birth', code: 'birth_serial' };
  if (fault.code === 'unreadable' && /^\s*#+\s*$/.test(text)) return { column: 'birth', code: 'birth_hidden' };
  // Two eras can only contradict each other in the boxes of the log-in page, never in one text.
  const code = fault.code === 'era_contradiction' ? 'unreadable' : fault.code;
  return { column: 'birth', code: `birth_${code}` };
}

/**
 * What is wrong with a row, without the value: it goes to screens and logs.
 * @param digits of a coupon number in this programme
 */
export function explainRowError(code: RowErrorCode, digits: number): string {
  switch (code) {
    case 'number_missing':
      return '接種券番号がありません。';
    case 'number_exponent':
      return '接種券番号が 1.23E+09 のような形に変わっています。表計算ソフトで「文字列」として開き、元の番号に直してください。';
    case 'number_zero_lost':
      return `接種券番号が${String(digits - 1)}けたです。表計算ソフトで先頭の0が消えた可能性があります。`;
    case 'number_too_short':
      return `接種券番号のけた数が足りません（${String(digits)}けた必要です）。`;
    case 'number_too_long':
      return `接種券番号のけた数が多すぎます（${String(digits)}けたです）。`;
    case 'number_not_digits':
      return '接種券番号に数字でない文字があります。';
    case 'number_wrong_prefix':
      return '接種券番号の始まりの数字が、この事業の番号と違います。';
    case 'number_other_municipality':
      return 'ほかの市区町村の接種券番号です。';
    case 'birth_missing':
      return '生年月日がありません。';
    case 'birth_unreadable':
      return '生年月日を読み取れません。';
    case 'birth_serial':
      return '生年月日が 17258 のような、表計算ソフトの通し番号になっています。セルの書式を日付か文字列にして保存し直してください。';
    case 'birth_hidden':
      return '生年月日が ##### になっています。表計算ソフトで列の幅を広げて保存し直してください。';
    case 'birth_era_unknown':
      return '生年月日の元号がわかりません。';
    case 'birth_outside_era':
      return '生年月日の元号と日付が合いません（その元号にない日付です）。';
    case 'birth_no_such_day':
      return '生年月日が暦にない日付です。';
    case 'birth_future':
      return '生年月日が今日より後です。';
    case 'birth_too_old':
      return '生年月日が古すぎます（1868年より前です）。';
    case 'group_missing':
      return '対象区分がありません。';
    case 'group_unknown':
      return '対象区分が、この事業にない区分です。';
    case 'kana_too_long':
      return '氏名カナが長すぎます（100文字までです）。';
    case 'too_many_cells':
      return '列の数が見出しより多いです。カンマが余分に入り、列がずれている可能性があります。';
    case 'duplicate_conflict':
      return '同じ接種券番号で内容の違う行があります。どちらが正しいかわからないため、どの行も取り込みません。';
    case 'duplicate_identical':
      return '同じ内容の行がもう一つあります。1件として取り込みます。';
    case 'same_person':
      return '生年月日と氏名カナが同じ方が、別の接種券番号にもいます。同じ人と決めた方のほかは、別の人として扱います。';
    case 'moved_out':
      return '転出した方の行です。対象から外します。';
    case 'died':
      return '亡くなった方の行です。対象から外します。';
  }
}
