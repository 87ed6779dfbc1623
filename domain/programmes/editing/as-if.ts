import { addDays, cityDate, daysBetween } from '../../calendar/city-time';
import { isPlainDate } from '../../calendar/plain-date';
import type { FormField, Language, ProgrammeDocument } from '../document';
import { bookingWindow } from '../window';

/**
 * A document as the preview shows it. What is being edited lies ahead: its openings, its first days, its translations are
 * not there yet, and staff want to see the pages behind them.
 */

/** With the texts of a language as if a person had reviewed them. */
export function asIfReviewed(document: ProgrammeDocument, language: Language): ProgrammeDocument {
  const translation = language === 'ja' ? undefined : document.translations?.[language];
  if (language === 'ja' || !translation) return document;
  return { ...document, translations: { ...document.translations, [language]: { ...translation, reviewed: true } } };
}

/** As if every opening had come and there were days to choose from; a venue or channel that is closed stays closed. */
export function asIfOpen(document: ProgrammeDocument, now: Date): ProgrammeDocument {
  const opensAt = new Date(now.getTime() - 86_400_000).toISOString();
  const groups = document.groups.map(({ closesAt: _closes, openings, ...group }) => ({
    ...group,
    opensAt,
    ...(openings
      ? {
          openings: openings.map(({ closesAt: _ends, ...opening }) =>
            opening.closed ? opening : { ...opening, opensAt },
          ),
        }
      : {}),
  }));
  return { ...document, groups, bookingWindow: windowWithDays(document, now) };
}

/** The document's own window where it has days now; else its first days, however far ahead they lie. */
function windowWithDays(document: ProgrammeDocument, now: Date): ProgrammeDocument['bookingWindow'] {
  const { bookingWindow: rule } = document;
  const range = bookingWindow(document, now, { channel: 'web' });
  if (range.first <= range.last) return rule;
  const today = cityDate(now);
  const { exceptions: _exceptions, notBefore, notAfter, ...plain } = rule;
  if (notBefore === undefined || notBefore < today)
    return { ...plain, firstDay: 1, lastDay: Math.max(plain.lastDay, 14) };
  const firstDay = daysBetween(today, notBefore);
  const lastDay = firstDay + Math.max(plain.lastDay - plain.firstDay, 0);
  return {
    ...plain,
    firstDay,
    lastDay: notAfter !== undefined && notAfter < addDays(today, lastDay) ? daysBetween(today, notAfter) : lastDay,
  };
}

/** Answers that an invented person might give, field by field. */
export function sampleAnswers(
  document: ProgrammeDocument,
  language: Language,
  today: string,
): Record<string, string | string[]> {
  return Object.fromEntries(
    document.form.fields.flatMap((field): [string, string | string[]][] => {
      const answer = sampleAnswer(field, today);
      if (answer === undefined) return [];
      const isLanguage =
        document.noticeLanguage?.field === field.name &&
        field.kind === 'choice' &&
        field.options.some((option) => option.value === language);
      return [[field.name, isLanguage ? language : answer]];
    }),
  );
}

function sampleAnswer(field: FormField, today: string): string | string[] | undefined {
  switch (field.kind) {
    case 'telephone':
      return '025-000-0000';
    case 'email':
      return 'mihon@example.jp';
    case 'choice':
      return field.options[0]?.value;
    case 'choices':
      return field.options.slice(0, 2).map((option) => option.value);
    case 'consent':
    case 'checkbox':
      return 'true';
    case 'date': {
      const day = field.notAfter ?? field.notBefore ?? '1950-04-01';
      return isPlainDate(day) ? day : today;
    }
    case 'text': {
      const sample = field.only === 'digits' ? '1234567890' : field.only === 'kana' ? 'ミホン' : '見本の文字';
      const least = field.minLength ?? 1;
      return sample
        .repeat(Math.ceil(least / sample.length))
        .slice(0, Math.max(least, Math.min(sample.length, field.maxLength)));
    }
    case 'note':
      return undefined;
  }
}
