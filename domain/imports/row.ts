import type { BirthDateResult } from '../calendar/birth-date';
import type { PlainDate } from '../calendar/plain-date';
import { type CouponNumberRule, parseCouponNumber } from '../residents/coupon-number';
import { readFileDate } from './date-rule';
import type { FileFormat } from './format';
import { personStatusOf } from './person-status';
import { birthError, numberError, type RowError } from './row-error';

/** What is kept of a row, and nothing else. */
export interface EligibleRow {
  readonly number: string;
  readonly birthDate: PlainDate;
  readonly groupCode: string;
  /** As given. */
  readonly kana?: string;
  /** The number that the file says this person had before. */
  readonly previousNumber?: string;
}

export interface RowRules {
  readonly format: FileFormat;
  readonly couponNumber: CouponNumberRule;
  /** The code of the group that a text means; undefined when it means none. */
  readonly groupOf: (text: string) => string | undefined;
  readonly today: PlainDate;
  /** Reads a birth date as `readFileDate` does, from what it remembers; left out: reads each text. */
  readonly birthDateOf?: (text: string) => BirthDateResult;
}

export type RowResult =
  | { readonly ok: true; readonly row: EligibleRow }
  /**
   * `number` is there when it could be read: the resident is in the file, although the row cannot be used. `isGone`:
   * the row says so of a person who moved out or died, and nothing is wrong with it.
   */
  | { readonly ok: false; readonly errors: readonly RowError[]; readonly number?: string; readonly isGone?: true };

const kanaLimit = 100;

/** A row of nothing but blanks and commas: spreadsheets leave them at the end. */
export function isBlankRow(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '' || cell.trim() === '');
}

/** Checks one row of data. */
export function checkRow(cells: readonly string[], rules: RowRules): RowResult {
  const { columns, width } = rules.format;
  const number = parseCouponNumber(bare(cells[columns.number - 1]), rules.couponNumber);
  const status = columns.standing === undefined ? undefined : personStatusOf(cells[columns.standing - 1] ?? '');
  // Of a person who is gone nothing else is needed, and nothing else is kept.
  if (status !== undefined && number.ok)
    return { ok: false, errors: [{ column: 'standing', code: status }], number: number.value, isGone: true };
  const birthText = bare(cells[columns.birth - 1]);
  const birth = rules.birthDateOf?.(birthText) ?? readFileDate(birthText, rules.format.dates, rules.today);
  const groupText = columns.group === undefined ? '' : (cells[columns.group - 1] ?? '');
  const groupCode = rules.groupOf(groupText);
  const kana = columns.kana === undefined ? '' : (cells[columns.kana - 1] ?? '').trim();
  const hasSlipped = cells.length > width && !isBlankRow(cells.slice(width));

  if (number.ok && birth.ok && groupCode !== undefined && kana.length <= kanaLimit && !hasSlipped) {
    const row: { -readonly [Key in keyof EligibleRow]: EligibleRow[Key] } = {
      number: number.value,
      birthDate: birth.value,
      groupCode,
    };
    if (kana !== '') row.kana = kana;
    const previousNumber = previousNumberOf(cells, number.value, rules);
    if (previousNumber !== undefined) row.previousNumber = previousNumber;
    return { ok: true, row };
  }
  const errors: RowError[] = [];
  if (hasSlipped) errors.push({ code: 'too_many_cells' });
  if (!number.ok) errors.push(numberError(number.fault));
  if (!birth.ok) errors.push(birthError(birth.fault, cells[columns.birth - 1] ?? ''));
  if (groupCode === undefined)
    errors.push({ column: 'group', code: groupText.trim() === '' ? 'group_missing' : 'group_unknown' });
  if (kana.length > kanaLimit) errors.push({ column: 'kana', code: 'kana_too_long' });
  return number.ok ? { ok: false, errors, number: number.value } : { ok: false, errors };
}

/** What cannot be read here is no fault of the row: then nothing is known of an earlier number. */
function previousNumberOf(cells: readonly string[], number: string, rules: RowRules): string | undefined {
  const { previous } = rules.format.columns;
  if (previous === undefined) return undefined;
  const parsed = parseCouponNumber(bare(cells[previous - 1]), rules.couponNumber);
  return parsed.ok && parsed.value !== number ? parsed.value : undefined;
}

/** Takes off what spreadsheets put around a value to keep it a text: '0012345678 and ="0012345678". */
function bare(cell = ''): string {
  if (cell.startsWith("'")) return cell.slice(1);
  return cell.startsWith('="') && cell.endsWith('"') ? cell.slice(2, -1) : cell;
}
