import type { Answers } from '../../domain/bookings/form';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { foldKana, kanaPrefixLengths } from '../../domain/text/kana';
import type { KeyRing } from '../foundation/keys';
import type { SealedResident } from './residents';

/** A search key: the first 8 bytes of a blind index as a signed number, the `bigint` of the database. */
export type SearchKey = bigint;

export function searchKeyOf(blindIndex: Buffer): SearchKey {
  return blindIndex.readBigInt64BE(0);
}

/** What the search keys of a resident are made of. The word in front keeps the kinds apart. */
export function searchTextsOf({ birthDate, kana }: Pick<SealedResident, 'birthDate' | 'kana'>): string[] {
  const texts = [birthDateText(birthDate)];
  if (kana === undefined) return texts;
  const folded = foldKana(kana);
  for (const length of kanaPrefixLengths) if (folded.length >= length) texts.push(kanaText(folded.slice(0, length)));
  return texts;
}

export function birthDateText(birthDate: string): string {
  return `birth ${birthDate}`;
}

/** @param folded at least as long as the shortest prefix; a longer one is searched by the longest that has a key */
export function kanaText(folded: string): string {
  const length = kanaPrefixLengths.reduce((longest: number, item) => (item <= folded.length ? item : longest), 0);
  return `kana ${folded.slice(0, length)}`;
}

/** @param digits as `parseTelephone` gives them */
export function telephoneText(digits: string): string {
  return `telephone ${digits}`;
}

/** Keys to be stored: under the current key, as text for the driver. */
export function searchKeysOf(keys: KeyRing, resident: Pick<SealedResident, 'birthDate' | 'kana'>): string[] {
  return searchTextsOf(resident).map((text) => String(searchKeyOf(keys.blindIndex(text))));
}

/** The key of the telephone number in a booking's answers: that of the form's first telephone field that was filled in. Null where there is none. */
export function telephoneKeyOfAnswers(
  keys: KeyRing,
  document: Pick<ProgrammeDocument, 'form'>,
  answers: Answers,
): string | null {
  const given = document.form.fields.filter((field) => field.kind === 'telephone').map((field) => answers[field.name]);
  const digits = given.find((value): value is string => typeof value === 'string' && value !== '');
  return digits === undefined ? null : String(searchKeyOf(keys.blindIndex(telephoneText(digits))));
}

/** Keys to be looked for, under every key of the ring. */
export function searchedKeys(keys: KeyRing, text: string): string[] {
  return keys.blindIndexes(text).map((blindIndex) => String(searchKeyOf(blindIndex)));
}
