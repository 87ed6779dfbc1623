import { type KeyObject, createHmac } from 'node:crypto';
import { RowBuffer } from '../database/import-row-buffer';
import { sealWith } from '../database/keys';
import { type SealedResident, digestTextOf } from '../database/residents';
import type { EligibleRow } from '../domain/eligibility-file/row';

export interface RowToSeal extends EligibleRow {
  readonly line: number;
}

/** The current keys of both purposes; key objects can be handed to a thread. */
export interface SealingKeys {
  readonly seal: { readonly id: string; readonly key: KeyObject };
  readonly index: KeyObject;
}

/** Seals rows and packs them for COPY: one blind index, one digest and one sealed value each. */
export class RowSealer {
  readonly #buffer = new RowBuffer();

  constructor(private readonly keys: SealingKeys) {}

  /** The rows in binary COPY format, in memory of their own. */
  seal(rows: readonly RowToSeal[]): Uint8Array<ArrayBuffer> {
    this.#buffer.clear();
    for (const { line, number, birthDate, kana, groupCode } of rows) {
      const resident: SealedResident = kana === undefined ? { number, birthDate } : { number, birthDate, kana };
      this.#buffer.add({
        line,
        groupCode,
        couponIndex: this.#blindIndex(number),
        sealed: sealWith(this.keys.seal.id, this.keys.seal.key, JSON.stringify(resident)),
        digest: this.#blindIndex(digestTextOf(resident)),
      });
    }
    return new Uint8Array(this.#buffer.finish());
  }

  /** The same as KeyRing.blindIndex under its current key. */
  #blindIndex(text: string): Buffer {
    return createHmac('sha256', this.keys.index).update(text).digest();
  }
}
