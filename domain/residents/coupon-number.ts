import { blanks, foldWidth, hyphenLookAlikes } from '../text/fold-width';
import { hasRightCheckDigit } from '../text/municipality-code';

/** What the programme says of its coupon numbers (接種券番号). */
export interface CouponNumberRule {
  /** How many digits a number has; leading zeros count. */
  readonly digits: number;
  /** The number begins with one of these; left out: with anything. */
  readonly prefixes?: readonly string[] | undefined;
  /** The municipality's code with its check digit (全国地方公共団体コード, six digits), as the line of 18 digits bears it; left out: any. */
  readonly municipality?: string | undefined;
  /** What the number is called; left out: 接種券番号. */
  readonly label?: string;
}

/**
 * Why a text is not a coupon number.
 * `exponent` and `zero_lost` are the two damages a spreadsheet does to numbers: 1.23457E+09, and nine digits of ten.
 */
export type CouponNumberFault =
  | 'missing'
  | 'exponent'
  | 'zero_lost'
  | 'too_short'
  | 'too_long'
  | 'not_digits'
  | 'wrong_prefix'
  | 'other_municipality';

export type CouponNumberResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: CouponNumberFault };

const separators = new RegExp(`[${blanks}${hyphenLookAlikes}]`, 'g');
const digitsOnly = /^[0-9]+$/;
const exponentForm = /^[0-9]+(\.[0-9]*)?e\+?[0-9]+$/i;

/** What a scanner types: the line under the 2D code, and the code itself. Kind, dose, municipality, number. */
const scannedLine = /^[0-9]([0-9])([0-9]{6})([0-9]{10})$/;

/**
 * Reads a coupon number in the forms that people and city files produce: full-width digits, blanks and
 * hyphen look-alikes between the digits. The number stays a text of digits. Where it has ten digits, the 18 of the coupon's
 * OCR line and 2D code are read too: kind 1, dose 1, municipality 6, number 10 (Ministry of Health, handbook on COVID-19
 * vaccination 13.1, p. 130); the municipality's check digit tells them from a number that is merely too long.
 */
export function parseCouponNumber(text: string, rule: CouponNumberRule): CouponNumberResult {
  if (text.length === rule.digits && digitsOnly.test(text)) return beginsRight(text, rule);
  const folded = foldWidth(text);
  // "1.2E+09" loses its meaning once signs are dropped, "1E-9" is no number anyone meant: look before stripping.
  if (exponentForm.test(folded.trim())) return { ok: false, fault: 'exponent' };
  const digits = folded.replace(separators, '');
  if (digits === '') return { ok: false, fault: 'missing' };
  if (!digitsOnly.test(digits)) return { ok: false, fault: 'not_digits' };
  if (digits.length === rule.digits) return beginsRight(digits, rule);
  const scanned = rule.digits === 10 ? scannedLine.exec(digits) : null;
  if (scanned) return readScanned(scanned[2] ?? '', scanned[3] ?? '', rule);
  if (digits.length === rule.digits - 1) return { ok: false, fault: 'zero_lost' };
  return { ok: false, fault: digits.length < rule.digits ? 'too_short' : 'too_long' };
}

function readScanned(municipality: string, number: string, rule: CouponNumberRule): CouponNumberResult {
  if (!hasRightCheckDigit(municipality)) return { ok: false, fault: 'too_long' };
  // The same ten digits may be another person's here.
  if (rule.municipality !== undefined && rule.municipality !== municipality)
    return { ok: false, fault: 'other_municipality' };
  return beginsRight(number, rule);
}

function beginsRight(digits: string, { prefixes }: CouponNumberRule): CouponNumberResult {
  return (prefixes?.some((prefix) => digits.startsWith(prefix)) ?? true)
    ? { ok: true, value: digits }
    : { ok: false, fault: 'wrong_prefix' };
}

/** A sentence for the citizen (and for the operator who reads it out). City files have their own, see eligibility-file. */
export function explainCouponNumberFault(fault: CouponNumberFault, rule: CouponNumberRule): string {
  const name = rule.label ?? '接種券番号';
  switch (fault) {
    case 'missing':
      return `${name}を入力してください。`;
    case 'not_digits':
    case 'exponent':
      return `${name}は数字${String(rule.digits)}けたで入力してください。`;
    case 'wrong_prefix':
      return `${name}の始まりの数字が違います。もう一度お確かめください。`;
    case 'other_municipality':
      return `ほかの市区町村の${name}です。この市から届いた${name}をお使いください。`;
    case 'zero_lost':
    case 'too_short':
      return `${name}のけた数が足りません。数字${String(rule.digits)}けたを、先頭の0も含めて入力してください。`;
    case 'too_long':
      return `${name}のけた数が多すぎます。数字${String(rule.digits)}けたを入力してください。`;
  }
}
