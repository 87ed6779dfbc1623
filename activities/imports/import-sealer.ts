import type { KeyObject } from 'node:crypto';

import { type KeyRing, sealWith } from '../../database/foundation/keys';
import { RowBuffer } from '../../database/imports/import-row-buffer';
import type { RowErrorToStore, StagedBatch } from '../../database/imports/import-staging';
import { digestTextOf, type SealedResident } from '../../database/residents/residents';
import { blindIndexOf, indexBytes, type IndexedBatch } from './import-indexer';
import type { FoundError } from './import-reader';
import { ImportSearchKeys } from './import-search-keys';

/** The current keys of both purposes; key objects can be handed to a thread. */
export interface SealerKeys {
  readonly seal: { readonly id: string; readonly key: KeyObject };
  readonly index: KeyObject;
}

export function sealerKeys(keys: KeyRing): SealerKeys {
  const [seal] = keys.derived('toki/seal');
  const [index] = keys.derived('toki/index');
  if (seal === undefined || index === undefined) throw new Error('a key ring has a current key');
  return { seal, index: index.key };
}

/** Seals what was checked, so that it can be stored: per row one sealed value, one digest and the search keys beside the blind index. */
export class ImportSealer {
  readonly #buffer = new RowBuffer();
  readonly #searchKeys: ImportSearchKeys;

  constructor(private readonly keys: SealerKeys) {
    this.#searchKeys = new ImportSearchKeys(keys.index);
  }

  /** @returns `rows` in memory of its own */
  seal(batch: IndexedBatch): StagedBatch {
    const { fromRecord, toRecord, tally, rows, errors } = batch;
    return {
      fromRecord,
      toRecord,
      tally,
      rows: rows.length === 0 ? undefined : this.#packed(batch),
      errors: errors.map((error) => this.#sealedError(error)),
    };
  }

  #packed({ rows, couponIndexes }: IndexedBatch): Uint8Array<ArrayBuffer> {
    this.#buffer.clear();
    let at = 0;
    for (const { line, number, birthDate, kana, groupCode, previousNumber } of rows) {
      const resident: SealedResident = kana === undefined ? { number, birthDate } : { number, birthDate, kana };
      this.#buffer.add({
        line,
        groupCode,
        couponIndex: couponIndexes.subarray(at, at + indexBytes),
        sealed: this.#sealed(JSON.stringify(resident)),
        digest: blindIndexOf(this.keys.index, digestTextOf(resident)),
        searchKeys: this.#searchKeys.of(resident),
        previousIndex: previousNumber === undefined ? undefined : blindIndexOf(this.keys.index, previousNumber),
      });
      at += indexBytes;
    }
    return new Uint8Array(this.#buffer.finish());
  }

  #sealedError({ line, code, column, number, value }: FoundError): RowErrorToStore {
    return {
      line,
      code,
      column,
      couponIndex: number === undefined ? undefined : blindIndexOf(this.keys.index, number),
      sealedValue: value === '' ? undefined : this.#sealed(value),
    };
  }

  #sealed(text: string): Buffer {
    return sealWith(this.keys.seal.id, this.keys.seal.key, text);
  }
}
