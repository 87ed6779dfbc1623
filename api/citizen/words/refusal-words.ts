import { refusalInProgramme, refusalSentence } from '../../../domain/bookings/refusal-words';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import type { Refusal, RefusalCode } from '../../../domain/contracts/booking-refusals';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import type { Words } from './words';

/** Facts that make a refusal's sentence more exact (`refusal.<code>_exact`): the facts it needs and what each of them is. */
export const exactFacts: Readonly<Partial<Record<RefusalCode, Readonly<Record<string, 'day' | 'moment'>>>>> = {
  not_open_yet: { opensAt: 'moment' },
  outside_window: { first: 'day', last: 'day' },
  too_early_for_dose: { earliest: 'day' },
  too_late_for_dose: { latest: 'day' },
  breaks_pair: { latest: 'day' },
};

/** A refusal's sentence in the language of a page, in the programme's own words. Japanese ones come from the rules themselves. */
export function refusalIn(words: Words, refusal: Refusal, document: ProgrammeDocument | undefined): string {
  if (words.language === 'ja') return document ? refusalInProgramme(document, refusal) : refusalSentence(refusal);
  const { number, birthDate, paper, service } = words.names(document);
  const facts = factsOf(words, refusal);
  return words.t(`refusal.${refusal.code}${facts ? '_exact' : ''}`, { number, birthDate, paper, service, ...facts });
}

/** The facts in words; undefined where one is missing or odd. */
function factsOf({ dates }: Words, { code, detail }: Refusal): Record<string, string> | undefined {
  const needed = exactFacts[code];
  if (!needed || !detail) return undefined;
  const facts: Record<string, string> = {};
  for (const [name, kind] of Object.entries(needed)) {
    const value = detail[name];
    if (typeof value !== 'string') return undefined;
    if (kind === 'day' ? !isPlainDate(value) : Number.isNaN(Date.parse(value))) return undefined;
    facts[name] = kind === 'day' ? dates.dayWithEra(value) : dates.moment(value);
  }
  return facts;
}
