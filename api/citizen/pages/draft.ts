import type { Draft } from '../../../database/residents';
import type { FormField, ProgrammeDocument } from '../../../domain/programmes/document';
import { textOf, textsOf } from '../frame/requests';
import type { Words } from '../words/words';

type Body = Readonly<Record<string, unknown>> | undefined;

/** Longer than any answer may be, ever so much shorter than a body. */
const mostCharacters = 2_000;
/** Beside the answers in a draft: the statements that are ticked on the list of bookings and not sent yet. No field begins with a line. */
const tickedName = '_groups';

/**
 * What was typed into the fields of the form. An empty choice is kept, so that it is not filled in again; what else is empty is left out, and with
 * it what was there before.
 */
export function draftFrom(document: ProgrammeDocument, body: Body, before: Draft): Draft {
  const draft: Record<string, string | readonly string[]> = {};
  for (const { kind, name } of document.form.fields) {
    if (kind === 'choices') {
      const chosen = textsOf(body, name).filter((text) => text !== '');
      if (chosen.length > 0) draft[name] = chosen.slice(0, 30).map((text) => text.slice(0, mostCharacters));
      continue;
    }
    const text = textOf(body, name);
    if (text !== '' || (kind === 'choice' && typeof body?.[name] === 'string'))
      draft[name] = text.slice(0, mostCharacters);
  }
  return { ...draft, ...withTicked(before) };
}

/** The draft without what was ticked for the person by the page itself: another language has another usual answer. */
export function withoutUsual(document: ProgrammeDocument, draft: Draft, body: Body): Draft {
  const name = document.noticeLanguage?.field;
  const usual = textOf(body, '_usual');
  if (name === undefined || usual === '' || draft[name] !== usual) return draft;
  return Object.fromEntries(Object.entries(draft).filter(([key]) => key !== name));
}

/** For the next dose the contacts are there again, the consents are asked again. */
export function withoutConsents(document: ProgrammeDocument, draft: Draft): Draft {
  const consents = new Set(document.form.fields.filter((field) => field.kind === 'consent').map((field) => field.name));
  return Object.fromEntries(Object.entries(draft).filter(([name]) => !consents.has(name)));
}

/** The answers alone, as the rules take them. */
export function answersIn(draft: Draft): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== tickedName));
}

/** A person has typed or chosen something. */
export function hasBegun(draft: Draft): boolean {
  return Object.values(answersIn(draft)).some((value) => value !== '');
}

/** Notices come in the language in which a person books, unless they choose another. */
export function usualAnswer(document: ProgrammeDocument, field: FormField, { language }: Words): string {
  const isAsked =
    field.kind === 'choice' &&
    field.name === document.noticeLanguage?.field &&
    field.options.some((option) => option.value === language);
  return isAsked ? language : '';
}

/** Statements ticked on the list of bookings: kept while the page is left for another language, gone when they were sent. */
export const tickedStatements = {
  in: (draft: Draft): readonly string[] => [draft[tickedName] ?? []].flat(),
  put: (draft: Draft, codes: readonly string[]): Draft => ({
    ...answersIn(draft),
    ...(codes.length === 0 ? {} : { [tickedName]: codes }),
  }),
};

function withTicked(draft: Draft): Draft {
  const codes = draft[tickedName];
  return codes === undefined ? {} : { [tickedName]: codes };
}
