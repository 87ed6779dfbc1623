import type { Answers } from '../bookings/form';
import { cityTime, formatDateWithEraJa, formatTimeJa } from '../calendar/city-time';
import { type Language, type OtherLanguage, otherLanguages, type ProgrammeDocument } from '../programmes/document';
import { defined } from '../text/defined';

/** What a language calls itself, and what it is called in `lang` attributes (やさしい日本語 is Japanese). */
export const languageNames: Readonly<Record<Language, { readonly name: string; readonly tag: string }>> = {
  ja: { name: '日本語', tag: 'ja' },
  'ja-easy': { name: 'やさしい日本語', tag: 'ja' },
  en: { name: 'English', tag: 'en' },
  zh: { name: '中文', tag: 'zh-Hans' },
  ko: { name: '한국어', tag: 'ko' },
  vi: { name: 'Tiếng Việt', tag: 'vi' },
  tl: { name: 'Tagalog', tag: 'tl' },
  pt: { name: 'Português', tag: 'pt' },
};

/** Japanese and the languages whose texts a person has reviewed. The others stay hidden, whatever is in them. */
export function languagesOf(document: ProgrammeDocument): Language[] {
  return ['ja', ...otherLanguages.filter((language) => document.translations?.[language]?.reviewed === true)];
}

/** A language that may be shown, from what a person asks for; Japanese for everything else. */
export function languageFrom(document: ProgrammeDocument, text: string): Language {
  return languagesOf(document).find((language) => language === text) ?? 'ja';
}

const translated = new WeakMap<ProgrammeDocument, Map<Language, ProgrammeDocument>>();

/** The programme with its texts in a language; what has no translation stays Japanese. The same document again for the same question. */
export function inLanguage(document: ProgrammeDocument, language: Language): ProgrammeDocument {
  if (language === 'ja' || document.translations?.[language]?.reviewed !== true) return document;
  const known = translated.get(document) ?? new Map<Language, ProgrammeDocument>();
  translated.set(document, known);
  const found = known.get(language) ?? translate(document, language);
  known.set(language, found);
  return found;
}

function translate(document: ProgrammeDocument, language: OtherLanguage): ProgrammeDocument {
  const words = document.translations?.[language];
  if (!words) return document;
  const { identification, callCentre } = document;
  return {
    ...document,
    name: words.name ?? document.name,
    city: words.city ?? document.city,
    callCentre: { ...callCentre, hours: words.callCentreHours ?? callCentre.hours },
    words: { ...document.words, ...words.words },
    identification: {
      ...identification,
      couponNumber: { ...identification.couponNumber, label: words.numberLabel ?? identification.couponNumber.label },
      birthDate: { label: words.birthDateLabel ?? identification.birthDate.label },
    },
    groups: document.groups.map((group) => {
      const own = words.groups?.[group.code];
      const members = group.members?.map((member) =>
        member.kind === 'declared' && own?.statement !== undefined ? { ...member, statement: own.statement } : member,
      );
      return { ...group, label: own?.label ?? group.label, ...defined({ members }) };
    }),
    doses: document.doses.map((dose) => ({ ...dose, label: words.doses?.[String(dose.number)] ?? dose.label })),
    form: {
      fields: document.form.fields.map((field) => {
        const own = words.fields?.[field.name];
        const help = own?.help ?? field.help;
        const shared = { label: own?.label ?? field.label, ...defined({ help }) };
        if (field.kind !== 'choice' && field.kind !== 'choices') return { ...field, ...shared };
        const options = field.options.map((option) => ({
          ...option,
          label: own?.options?.[option.value] ?? option.label,
        }));
        if (field.kind === 'choices') return { ...field, ...shared, options };
        const none = own?.none ?? field.none;
        return { ...field, ...shared, options, ...defined({ none }) };
      }),
    },
    notices: document.notices?.map((notice) => ({ ...notice, text: words.notices?.[notice.id] ?? notice.text })),
    templates: { ...document.templates, ...words.templates },
    texts: {
      front: words.texts?.front ?? document.texts.front,
      whatToBring: words.texts?.whatToBring ?? document.texts.whatToBring,
      afterBooking: words.texts?.afterBooking ?? document.texts.afterBooking,
      couponHelp: words.texts?.couponHelp ?? document.texts.couponHelp,
    },
  };
}

/** The language in which a person wants their notices: what they chose in the form's field for it; Japanese else. */
export function noticeLanguage(document: ProgrammeDocument, answers: Answers | undefined): Language {
  const answer = document.noticeLanguage && answers?.[document.noticeLanguage.field];
  return typeof answer === 'string' ? languageFrom(document, answer) : 'ja';
}

const locales: Readonly<Partial<Record<Language, string>>> = {
  en: 'en-GB',
  zh: 'zh-CN',
  ko: 'ko',
  vi: 'vi',
  tl: 'fil',
  pt: 'pt-BR',
};

/** The locale whose dates a language uses, for `Intl`; Japanese has formats of its own. */
export function localeOf(language: Language): string {
  return locales[language] ?? 'ja-JP';
}

/** A city date in words of a language, with the day of the week. */
export function dateIn(language: Language, date: string): string {
  const locale = locales[language];
  return locale === undefined
    ? formatDateWithEraJa(date)
    : new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

/** A time of day of the city in words of a language. */
export function timeIn(language: Language, moment: Date): string {
  return locales[language] === undefined ? formatTimeJa(moment) : cityTime(moment);
}
