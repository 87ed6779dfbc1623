import type { KeyObject } from 'node:crypto';

import { type KeyRing, sealWith } from '../../database/foundation/keys';
import { RowBuffer } from '../../database/imports/import-row-buffer';
import type { RowErrorToStore, StagedBatch } from '../../database/imports/import-staging';
import { digestTextOf, type SealedResident } from '../../database/residents/residents';
import type { EligibleRow } from '../../domain/imports/row';
import { BlindIndexer, indexBytes } from './blind-indexer';
import type { FoundError, ImportReader } from './import-reader';
import { ImportSearchKeys } from './import-search-keys';
import type { FileSlice } from './import-slices';

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

/** Reads a slice and seals what is good in it, row by row, so that it can be stored. */
export class ImportSealer {
  readonly #buffer: RowBuffer;
  readonly #indexer: BlindIndexer;
  readonly #searchKeys: ImportSearchKeys;
  /** Of the row in hand; the row buffer copies them. */
  readonly #indexes = {
    coupon: Buffer.alloc(indexBytes),
    digest: Buffer.alloc(indexBytes),
    previous: Buffer.alloc(indexBytes),
  };

  constructor(
    private readonly keys: SealerKeys,
    idTime: number,
  ) {
    this.#buffer = new RowBuffer(keys.seal, idTime);
    this.#indexer = new BlindIndexer(keys.index);
    this.#searchKeys = new ImportSearchKeys(this.#indexer);
  }

  /** @returns `rows` in memory of its own; a tally of this slice alone */
  seal(slice: FileSlice, reader: ImportReader): StagedBatch {
    const errors: RowErrorToStore[] = [];
    this.#buffer.clear();
    const tally = reader.read(slice, {
      row: (line, row) => {
        this.#add(line, row);
      },
      error: (error) => errors.push(this.#sealedError(error)),
    });
    return {
      fromRecord: slice.fromRecord,
      toRecord: slice.toRecord,
      rows: this.#buffer.rows === 0 ? undefined : new Uint8Array(this.#buffer.finish()),
      errors,
      tally,
    };
  }

  #add(line: number, { number, birthDate, kana, groupCode, previousNumber }: EligibleRow): void {
    const resident: SealedResident = kana === undefined ? { number, birthDate } : { number, birthDate, kana };
    const { coupon, digest, previous } = this.#indexes;
    this.#buffer.add({
      line,
      groupCode,
      couponIndex: this.#indexer.into(coupon, number),
      resident: JSON.stringify(resident),
      digest: this.#indexer.into(digest, digestTextOf(resident)),
      searchKeys: this.#searchKeys.of(resident),
      previousIndex: previousNumber === undefined ? undefined : this.#indexer.into(previous, previousNumber),
    });
  }

  #sealedError({ line, code, column, number, value }: FoundError): RowErrorToStore {
    return {
      line,
      code,
      column,
      couponIndex: number === undefined ? undefined : this.#indexer.of(number),
      sealedValue: value === '' ? undefined : sealWith(this.keys.seal.id, this.keys.seal.key, value),
    };
  }
}
