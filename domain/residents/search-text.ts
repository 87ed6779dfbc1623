import { parseReference } from '../bookings/reference';
import { explainBirthDateFault, parseBirthDate } from '../calendar/birth-date';
import type { PlainDate } from '../calendar/plain-date';
import { defined } from '../text/defined';
import { foldWidth } from '../text/fold-width';
import { foldKana, isKana, kanaPrefixLengths } from '../text/kana';
import { parseTelephone } from '../text/telephone';
import { type CouponNumberRule, parseCouponNumber } from './coupon-number';

/** What a search can be by. */
export const searchKinds = ['couponNumber', 'reference', 'telephone', 'birthDate', 'kana'] as const;
export type SearchKind = (typeof searchKinds)[number];

/**
 * What an operator typed, understood. Everybody found fits the kana and the birth date, and one of the numbers: ten digits may be
 * a coupon number or a telephone number.
 */
export interface ResidentSearchTerms {
  readonly couponNumber?: string;
  readonly reference?: string;
  readonly telephone?: string;
  readonly birthDate?: PlainDate;
  /** The folded beginning of the name. */
  readonly kana?: string;
}

export type ResidentSearchReading =
  { readonly ok: true; readonly search: ResidentSearchTerms } | { readonly ok: false; readonly sentence: string };

const sentences = {
  empty: '接種券番号、氏名カナ、生年月日、電話番号、受付番号のどれかを入力してください。',
  kanji: '漢字では探せません。氏名はカナかひらがなで入力してください。',
  kanaTooShort: '氏名カナは2文字以上で入力してください。',
  unreadable:
    '読み取れない部分があります。接種券番号、氏名カナ、生年月日（S22.4.1 や 1947/4/1）、電話番号、受付番号で探せます。',
  digits: '数字のけた数が、接種券番号、受付番号（9けた）、電話番号、生年月日のどれとも合いません。',
  twice: '同じ種類の手がかりが二つあります。一つにしてください。',
} as const;

const hanCharacter = /\p{Script=Han}/u;

/**
 * Reads the one box that everybody is found by: any of number, reference, telephone, birth date and the beginning of the name in kana, in
 * any order, apart by blanks (`サトウ ハナ S22.4.1`).
 */
export function readSearchText(text: string, rule: CouponNumberRule, today: PlainDate): ResidentSearchReading {
  const tokens = foldWidth(text)
    .trim()
    .split(/\s+/)
    .filter((token) => token !== '');
  const kana = foldKana(tokens.filter(isKana).join(''));
  const rest = tokens.filter((token) => !isKana(token));
  if (kana === '' && rest.length === 0) return fault(sentences.empty);
  if (kana !== '' && kana.length < kanaPrefixLengths[0]) return fault(sentences.kanaTooShort);
  const search = kana === '' ? {} : { kana };
  if (rest.length === 0) return { ok: true, search };

  // Written with blanks in between, one number or date comes as several words.
  for (const whole of [rest.join(''), rest.join('/')]) {
    const read = readWord(whole, rule, today);
    if (read.ok) return { ok: true, search: { ...search, ...read.search } };
    if (rest.length === 1) return read;
  }
  let found: ResidentSearchTerms = search;
  for (const word of rest) {
    const read = readWord(word, rule, today);
    if (!read.ok) return read;
    if (Object.keys(read.search).some((kind) => kind in found)) return fault(sentences.twice);
    found = { ...found, ...read.search };
  }
  return { ok: true, search: found };
}

/** The kinds by which a search looks. */
export function kindsOf(search: ResidentSearchTerms): SearchKind[] {
  return searchKinds.filter((kind) => search[kind] !== undefined);
}

function readWord(word: string, rule: CouponNumberRule, today: PlainDate): ResidentSearchReading {
  const number = parseCouponNumber(word, rule);
  const reference = parseReference(word);
  const telephone = parseTelephone(word);
  const birth = parseBirthDate(word, today);
  if (number.ok || reference !== undefined || telephone.ok) {
    return {
      ok: true,
      search: {
        ...(number.ok ? { couponNumber: number.value } : {}),
        ...defined({ reference }),
        ...(telephone.ok ? { telephone: telephone.value.digits } : {}),
      },
    };
  }
  if (birth.ok) return { ok: true, search: { birthDate: birth.value } };
  if (birth.fault.code !== 'unreadable' && birth.fault.code !== 'missing' && birth.fault.code !== 'era_unknown')
    return fault(explainBirthDateFault(birth.fault));
  if (/^[0-9-]+$/.test(word)) return fault(sentences.digits);
  return fault(hanCharacter.test(word) ? sentences.kanji : sentences.unreadable);
}

function fault(sentence: string): ResidentSearchReading {
  return { ok: false, sentence };
}
