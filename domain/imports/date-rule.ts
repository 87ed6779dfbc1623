import { type BirthDateResult, parseBirthDate } from '../calendar/birth-date';
import { eras } from '../calendar/era';
import type { PlainDate } from '../calendar/plain-date';
import { foldWidth } from '../text/fold-width';

/** `any`: whatever can be read; the others refuse every other form, so that a slipped column is noticed. */
export const dateForms = ['any', 'era_code', 'western', 'era'] as const;
export type DateForm = (typeof dateForms)[number];

export const dateFormWords: Readonly<Record<DateForm, string>> = {
  any: '自動で読み取る',
  era_code: '元号コード＋年月日6けた（3220401）',
  western: '西暦（1947/4/1、19470401）',
  era: '元号つき（昭和22年4月1日、S22.4.1）',
};

/** How a city writes birth dates. */
export interface DateRule {
  readonly form: DateForm;
  /** The city's own digits for eras, where they are not 1 明治 … 5 令和: digit → latin letter (M, T, S, H, R). */
  readonly eraCodes?: Readonly<Record<string, string>>;
}

export const eraLetters = eras.map((era) => era.letter);

const codedDate = /^([0-9])([0-9]{6})$/;
const formPatterns: Readonly<Record<Exclude<DateForm, 'any'>, RegExp>> = {
  era_code: /^[0-9]{7}$/,
  western: /^(西暦)?[0-9]{4}([^0-9][0-9]{1,2}[^0-9][0-9]{1,2}日?|[0-9]{4})([\sT].*)?$/,
  era: /^(明|大|昭|平|令|[mtshr㍾㍽㍼㍻㋿])/i,
};

/** A birth date of a file under the rule of the programme's files. */
export function readFileDate(text: string, rule: DateRule | undefined, today: PlainDate): BirthDateResult {
  if (rule === undefined) return parseBirthDate(text, today);
  const plain = foldWidth(text).trim();
  if (plain !== '' && rule.form !== 'any' && !formPatterns[rule.form].test(plain))
    return { ok: false, fault: { code: 'unreadable' } };
  const coded = rule.eraCodes === undefined ? null : codedDate.exec(plain);
  if (coded === null) return parseBirthDate(text, today);
  const letter = rule.eraCodes?.[coded[1] ?? ''];
  if (letter === undefined) return { ok: false, fault: { code: 'era_unknown' } };
  return parseBirthDate(`${letter}${coded[2] ?? ''}`, today);
}
