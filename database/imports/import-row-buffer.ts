import type { KeyObject } from 'node:crypto';

import { sealedLimit, sealInto } from '../foundation/keys';
import { fillFromPool } from '../foundation/random-pool';
import type { SearchKey } from '../residents';

/** A row to be staged: nothing of it can be read without the keys, but the group. */
export interface RowToStage {
  /** First physical line of the record in the file, from 1. */
  readonly line: number;
  readonly couponIndex: Uint8Array;
  /** Sealed as it is written. */
  readonly resident: string;
  readonly digest: Buffer;
  readonly groupCode: string;
  /** As `encodedKeys` gives them, one piece behind the other. */
  readonly searchKeys: readonly Buffer[];
  /** Of the number that the file says this person had before. */
  readonly previousIndex: Uint8Array | undefined;
}

/** The columns in the order of the buffer. */
export const stagedColumns = 'line, resident_id, coupon_index, sealed, digest, group_code, search_keys, previous_index';
const columnCount = 8;

/** Signature, flags and header extension of PostgreSQL's binary COPY format. */
const fileHeader = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const fileTrailer = Buffer.from([0xff, 0xff]);
/** Bytes of an array of one dimension before its elements: dimensions, flags, type, size, lower bound. */
const arrayHeaderBytes = 5 * 4;
/** A `bigint` with its length in front. */
const elementBytes = 4 + 8;
/** The type `bigint` in PostgreSQL's catalogue. */
const bigintOid = 20;
/** The length of a value that is not there. */
const nullLength = -1;
/** Bytes of a row beside its variable parts: count, eight lengths, line, uuid. */
const fixedBytes = 2 + columnCount * 4 + 4 + 16;

/** Search keys as the elements of an array in the binary format. */
export function encodedKeys(keys: readonly SearchKey[]): Buffer {
  const encoded = Buffer.alloc(keys.length * elementBytes);
  for (const [index, key] of keys.entries())
    encoded.writeBigInt64BE(key, encoded.writeInt32BE(8, index * elementBytes));
  return encoded;
}

/**
 * Rows in PostgreSQL's binary COPY format, in one growing buffer that is used again for the next batch: no strings, no
 * garbage, nothing for the server to parse.
 */
export class RowBuffer {
  #buffer = Buffer.allocUnsafe(512 * 1024);
  #length = 0;
  #rows = 0;

  /** @param idTime ms, of the ids: the same for a whole attempt */
  constructor(
    private readonly sealKey: { readonly id: string; readonly key: KeyObject },
    private readonly idTime: number,
  ) {
    this.clear();
  }

  get rows(): number {
    return this.#rows;
  }

  clear(): void {
    fileHeader.copy(this.#buffer);
    this.#length = fileHeader.length;
    this.#rows = 0;
  }

  add({ line, couponIndex, resident, digest, groupCode, searchKeys, previousIndex }: RowToStage): void {
    let keyBytes = 0;
    for (const piece of searchKeys) keyBytes += piece.length;
    this.#reserve(
      fixedBytes +
        couponIndex.length +
        sealedLimit(this.sealKey.id, resident) +
        digest.length +
        groupCode.length * 3 +
        arrayHeaderBytes +
        keyBytes +
        (previousIndex?.length ?? 0) +
        fileTrailer.length,
    );
    const buffer = this.#buffer;
    let at = buffer.writeInt16BE(columnCount, this.#length);
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(line, at);
    at = this.#addId(couponIndex, buffer.writeInt32BE(16, at));
    at = this.#addBytes(couponIndex, at);
    const sealedEnd = sealInto(buffer, at + 4, this.sealKey, resident);
    buffer.writeInt32BE(sealedEnd - at - 4, at);
    at = this.#addBytes(digest, sealedEnd);
    const groupBytes = buffer.write(groupCode, at + 4, 'utf8');
    buffer.writeInt32BE(groupBytes, at);
    at = this.#addArray(searchKeys, keyBytes, at + 4 + groupBytes);
    this.#length =
      previousIndex === undefined ? buffer.writeInt32BE(nullLength, at) : this.#addBytes(previousIndex, at);
    this.#rows++;
  }

  /** Everything added, as one complete COPY input; valid until the next `clear` or `add`. */
  finish(): Buffer {
    fileTrailer.copy(this.#buffer, this.#length);
    return this.#buffer.subarray(0, this.#length + fileTrailer.length);
  }

  /**
   * A UUID of version 7 whose first free bits are those of the number's blind index: residents are created in the order of
   * that index, and so the primary key grows page by page, too. 62 bits are random.
   */
  #addId(couponIndex: Uint8Array, at: number): number {
    const buffer = this.#buffer;
    const [first = 0, second = 0] = couponIndex;
    buffer.writeUIntBE(this.idTime, at, 6);
    buffer[at + 6] = 0x70 | (first >> 4);
    buffer[at + 7] = ((first << 4) | (second >> 4)) & 0xff;
    fillFromPool(buffer, at + 8, 8);
    buffer[at + 8] = 0x80 | ((buffer[at + 8] ?? 0) & 0x3f);
    return at + 16;
  }

  #addBytes(bytes: Uint8Array, at: number): number {
    const start = this.#buffer.writeInt32BE(bytes.length, at);
    this.#buffer.set(bytes, start);
    return start + bytes.length;
  }

  #addArray(pieces: readonly Buffer[], bytes: number, start: number): number {
    const buffer = this.#buffer;
    let at = buffer.writeInt32BE(arrayHeaderBytes + bytes, start);
    for (const word of [1, 0, bigintOid, bytes / elementBytes, 1]) at = buffer.writeInt32BE(word, at);
    for (const piece of pieces) at += piece.copy(buffer, at);
    return at;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
