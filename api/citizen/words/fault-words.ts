import type { AnswerFault } from '../../../domain/bookings/form';
import type { BirthDateFault, BirthDatePart } from '../../../domain/calendar/birth-date';
import { eraByMark } from '../../../domain/calendar/era';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import type { FormField, ProgrammeDocument } from '../../../domain/programmes/document';
import type { CouponNumberFault } from '../../../domain/residents/coupon-number';
import type { Words } from './words';

interface LogInFaultBase {
  readonly code: string;
  readonly sentence: string;
  /** Boxes of the birth date that are wrong. */
  readonly parts: readonly BirthDatePart[];
}

/** `fault`: what the sentence is made of, for saying it in another language. */
export type LogInFault = LogInFaultBase &
  (
    | { readonly field: 'couponNumber'; readonly fault: CouponNumberFault }
    | { readonly field: 'birthDate'; readonly fault: BirthDateFault }
    | { readonly field: 'kana'; readonly fault: 'missing' }
  );

/** What is wrong at the log-in, in the language of a page; the rules' own sentence in Japanese. */
export function logInFaultIn(words: Words, item: LogInFault, document: ProgrammeDocument): string {
  if (words.language === 'ja') return item.sentence;
  const { identification } = words.programme(document);
  switch (item.field) {
    case 'couponNumber':
      return words.t(`fault.number.${item.fault}`, {
        number: identification.couponNumber.label,
        digits: identification.couponNumber.digits,
      });
    case 'kana':
      return words.t('fault.kana.missing', { label: identification.kana?.label ?? '' });
    case 'birthDate':
      return birthDateFaultIn(words, item.fault);
  }
}

function birthDateFaultIn({ t, dates }: Words, fault: BirthDateFault): string {
  switch (fault.code) {
    case 'missing':
      return fault.parts.length === 3
        ? t('fault.birth.missing')
        : t('fault.birth.missing_part', { parts: fault.parts.map((part) => t(`login.${part}`)).join(t('login.and')) });
    case 'unreadable':
      return t(fault.part === undefined ? 'fault.birth.unreadable' : `fault.birth.unreadable_${fault.part}`);
    case 'no_such_day':
      return t(fault.month < 1 || fault.month > 12 ? 'fault.birth.unreadable_month' : 'fault.birth.no_such_day');
    case 'outside_era': {
      const era = eraByMark(fault.era);
      const edge = fault.side === 'before' ? era?.firstDay : era?.lastDay;
      return edge === undefined
        ? t('fault.birth.no_such_day')
        : t(`fault.birth.outside_era_${fault.side}`, {
            era: t(`login.eras.${fault.era}`),
            edge: dates.birthDate(edge),
          });
    }
    case 'era_unknown':
    case 'era_contradiction':
    case 'future':
    case 'too_old':
      return t(`fault.birth.${fault.code}`);
  }
}

/** What is wrong with an answer of the form. `field`: in the page's language; undefined where the programme has none of that name. */
export function answerFaultIn({ language, t, dates }: Words, fault: AnswerFault, field: FormField | undefined): string {
  if (language === 'ja') return fault.sentence;
  const limit =
    fault.limit === undefined
      ? ''
      : typeof fault.limit === 'string' && isPlainDate(fault.limit)
        ? dates.dayWithEra(fault.limit)
        : String(fault.limit);
  return t(`fault.answer.${fault.reason}`, { label: field?.label ?? '', limit });
}
