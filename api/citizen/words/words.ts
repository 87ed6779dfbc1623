import type { Language, ProgrammeDocument } from '../../../domain/programmes/document';
import type { ProgrammeWords } from '../../../domain/programmes/words';
import type { DateWords } from './dates';

export interface ProgrammeNames extends ProgrammeWords {
  /** The paper in one word, where a sentence already says what it is. */
  readonly shortPaper: string;
  readonly birthDate: string;
}

export type WordValues = Readonly<Record<string, string | number>>;

/** The site's own words in one language, and what else a page says in it. */
export interface Words {
  readonly language: Language;
  /** For `lang` and `hreflang`; やさしい日本語 is Japanese. */
  readonly tag: string;
  /** The words of a key (`front.way`), values put in. */
  readonly t: (key: string, values?: WordValues) => string;
  /** As `t`, as it is kept: with its placeholders. */
  raw(key: string): string;
  readonly dates: DateWords;
  /** The programme in this language; labels that it has left as usual are said in the language too. */
  programme(document: ProgrammeDocument): ProgrammeDocument;
  /** What the programme calls its paper, its number and so on; without a programme, the usual words. */
  names(document: ProgrammeDocument | undefined): ProgrammeNames;
}

export interface WordBook {
  /** Languages in which the site has its words at all: reviewed or not. */
  readonly languages: readonly Language[];
  of(language: Language): Words;
}
