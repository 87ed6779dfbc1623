import { encodedKeys } from '../../database/imports/import-row-buffer';
import type { SealedResident } from '../../database/residents/residents';
import { searchKeyOf, searchTextsOf } from '../../database/residents/search-keys';
import { foldKana, kanaPrefixLengths } from '../../domain/text/kana';
import type { BlindIndexer } from './blind-indexer';

/** Entries remembered; some 10 MB. A city has fewer birth dates and beginnings of names. */
const rememberedKeys = 60_000;
const longestPrefix = Math.max(...kanaPrefixLengths);

/**
 * Search keys of rows. People share birth dates and beginnings of names, so most keys were made for a row before:
 * all keys that come of one birth date, or of one beginning, are remembered together.
 */
export class ImportSearchKeys {
  readonly #birth = new Map<string, Buffer>();
  readonly #kana = new Map<string, Buffer>();

  constructor(private readonly indexer: BlindIndexer) {}

  /** In the order of `searchTextsOf`: of the birth date, then of the name. */
  of({ birthDate, kana }: Pick<SealedResident, 'birthDate' | 'kana'>): readonly Buffer[] {
    const birth = this.#remembered(this.#birth, birthDate, () => searchTextsOf({ birthDate }));
    if (kana === undefined) return [birth];
    const beginning = foldKana(kana).slice(0, longestPrefix);
    return [
      birth,
      this.#remembered(this.#kana, beginning, () => searchTextsOf({ birthDate, kana: beginning }).slice(1)),
    ];
  }

  #remembered(known: Map<string, Buffer>, text: string, make: () => string[]): Buffer {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    if (known.size >= rememberedKeys) known.clear();
    const made = encodedKeys(make().map((searched) => searchKeyOf(this.indexer.of(searched))));
    known.set(text, made);
    return made;
  }
}
