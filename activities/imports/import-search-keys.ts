import type { KeyObject } from 'node:crypto';

import type { SealedResident } from '../../database/residents/residents';
import { type SearchKey, searchKeyOf, searchTextsOf } from '../../database/residents/search-keys';
import { blindIndexOf } from './import-indexer';

/** Entries remembered; some 10 MB. A city has fewer birth dates and beginnings of names. */
const rememberedKeys = 60_000;

/** Search keys of rows. People share birth dates and beginnings of names, so most keys were made for a row before. */
export class ImportSearchKeys {
  readonly #known = new Map<string, SearchKey>();

  constructor(private readonly indexKey: KeyObject) {}

  of(resident: Pick<SealedResident, 'birthDate' | 'kana'>): SearchKey[] {
    return searchTextsOf(resident).map((text) => this.#keyOf(text));
  }

  #keyOf(text: string): SearchKey {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= rememberedKeys) this.#known.clear();
    const key = searchKeyOf(blindIndexOf(this.indexKey, text));
    this.#known.set(text, key);
    return key;
  }
}
