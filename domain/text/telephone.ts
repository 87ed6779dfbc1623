import { blanks, foldWidth, hyphenLookAlikes } from './fold-width';

export type TelephoneKind = 'landline' | 'mobile' | 'ip' | 'toll_free' | 'shared_cost';

export interface Telephone {
  /** Digits alone, starting with 0: what is stored and dialled. */
  readonly digits: string;
  /** In groups for people: 025-228-1000. */
  readonly display: string;
  readonly kind: TelephoneKind;
}

export type TelephoneFault = 'missing' | 'not_digits' | 'no_area_code' | 'too_short' | 'too_long' | 'not_in_use';

export type TelephoneResult =
  { readonly ok: true; readonly value: Telephone } | { readonly ok: false; readonly fault: TelephoneFault };

const separators = new RegExp(`[${blanks}${hyphenLookAlikes}().・/]`, 'g');
/** The digit after 0x0 is never 0: 0800… is toll-free. */
const mobileTelephone = /^0[6789]0[1-9][0-9]{7}$/;
const ipTelephone = /^050[0-9]{8}$/;
const tollFreeTelephone = /^(0120[0-9]{6}|0800[0-9]{7})$/;
const sharedCostTelephone = /^0570[0-9]{6}$/;
const landlineTelephone = /^0(?![5-9]0)[1-9][0-9]{8}$/;

/**
 * Reads a Japanese telephone number as people write it: either width, hyphens and their look-alikes, brackets,
 * blanks, +81. Whether a person answers is not asked here.
 */
export function parseTelephone(text: string): TelephoneResult {
  const folded = foldWidth(text).trim();
  const bare = folded.replace(separators, '');
  if (bare === '') return { ok: false, fault: 'missing' };
  if (!/^\+?[0-9]+$/.test(bare)) return { ok: false, fault: 'not_digits' };
  // +81 25 … and the half-domestic +81 (0)25 … name the same number.
  const digits = bare.replace(/^(?:\+|010)81(?:0(?=[1-9]))?(?=[1-9])/, '0');
  if (digits.startsWith('+')) return { ok: false, fault: 'not_in_use' };
  if (!digits.startsWith('0')) return { ok: false, fault: 'no_area_code' };
  const kind = kindOf(digits);
  if (kind === undefined) {
    const expected = /^0([56789]0|800)/.test(digits) ? 11 : 10;
    if (digits.length < expected) return { ok: false, fault: 'too_short' };
    return { ok: false, fault: digits.length > expected ? 'too_long' : 'not_in_use' };
  }
  return { ok: true, value: { digits, kind, display: display(digits, kind, folded) } };
}

/** Groups stored digits for people; digits that are no telephone number come back as they are. */
export function formatTelephone(digits: string): string {
  const result = parseTelephone(digits);
  return result.ok ? result.value.display : digits;
}

export function explainTelephoneFault(fault: TelephoneFault): string {
  switch (fault) {
    case 'missing':
      return '電話番号を入力してください。';
    case 'not_digits':
      return '電話番号は、025-123-4567 のように数字で入力してください。';
    case 'no_area_code':
      return '電話番号は、市外局番から（0から始まる番号で）入力してください。';
    case 'too_short':
      return '電話番号のけた数が足りません。市外局番から入力してください。';
    case 'too_long':
      return '電話番号のけた数が多すぎます。番号をご確認ください。';
    case 'not_in_use':
      return 'この電話番号は使われていない形です。番号をご確認ください。';
  }
}

function kindOf(digits: string): TelephoneKind | undefined {
  if (mobileTelephone.test(digits)) return 'mobile';
  if (ipTelephone.test(digits)) return 'ip';
  if (tollFreeTelephone.test(digits)) return 'toll_free';
  if (sharedCostTelephone.test(digits)) return 'shared_cost';
  return landlineTelephone.test(digits) ? 'landline' : undefined;
}

function display(digits: string, kind: TelephoneKind, typed: string): string {
  switch (kind) {
    case 'mobile':
    case 'ip':
      return groups(digits, 3, 4);
    case 'toll_free':
      return groups(digits, 4, 3);
    case 'shared_cost':
      return groups(digits, 4, 2);
    case 'landline':
      return typedGroups(digits, typed) ?? groups(digits, areaCodeLength(digits), 6 - areaCodeLength(digits));
  }
}

function groups(digits: string, first: number, second: number): string {
  return `${digits.slice(0, first)}-${digits.slice(first, first + second)}-${digits.slice(first + second)}`;
}

/** The writer knows the own area code better than any table: groups typed as area–exchange–number are kept. */
function typedGroups(digits: string, typed: string): string | undefined {
  const parts = typed.split(/[^0-9]+/).filter((part) => part !== '');
  const [area = '', exchange = '', number = ''] = parts;
  const plausible =
    parts.length === 3 &&
    parts.join('') === digits &&
    area.length >= 2 &&
    area.length <= 5 &&
    exchange.length >= 1 &&
    number.length === 4;
  return plausible ? parts.join('-') : undefined;
}

/** Area codes of two digits, those of Niigata prefecture by exchange, three digits otherwise. */
function areaCodeLength(digits: string): number {
  if (/^0[36]/.test(digits)) return 2;
  if (/^025(?:[04689]|57|7[234])/.test(digits)) return 4;
  return 3;
}
