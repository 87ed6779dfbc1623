import { v7 as uuidv7 } from 'uuid';

import { pooledRandomBytes } from '../foundation/random-pool';
import type { SearchKey } from '../residents';

/** A row as it is staged: nothing in it can be read without the keys, but the group. */
export interface StagedRow {
  /** First physical line of the record in the file, from 1. */
  readonly line: number;
  readonly couponIndex: Uint8Array;
  readonly sealed: Buffer;
  readonly digest: Buffer;
  readonly groupCode: string;
  readonly searchKeys: readonly SearchKey[];
  /** Of the number that the file says this person had before. */
  readonly previousIndex: Uint8Array | undefined;
}

/** The columns in the order of the buffer. */
export const stagedColumns = 'line, resident_id, coupon_index, sealed, digest, group_code, search_keys, previous_index';
const columnCount = 8;

/** Signature, flags and header extension of PostgreSQL's binary COPY format. */
const fileHeader = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const fileTrailer = Buffer.from([0xff, 0xff]);
/** The package asks the system for the random part of every id: 800,000 times that is seconds. */
const uuidOptions = { rng: () => pooledRandomBytes(16) };
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

/**
 * Rows in PostgreSQL's binary COPY format, in one growing buffer that is used again for the next batch: no strings, no
 * garbage, nothing for the server to parse.
 */
export class RowBuffer {
  #buffer = Buffer.allocUnsafe(512 * 1024);
  #length = 0;
  #rows = 0;

  constructor() {
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

  add({ line, couponIndex, sealed, digest, groupCode, searchKeys, previousIndex }: StagedRow): void {
    this.#reserve(
      fixedBytes +
        couponIndex.length +
        sealed.length +
        digest.length +
        groupCode.length * 3 +
        arrayHeaderBytes +
        searchKeys.length * elementBytes +
        (previousIndex?.length ?? 0) +
        fileTrailer.length,
    );
    const buffer = this.#buffer;
    let at = buffer.writeInt16BE(columnCount, this.#length);
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(line, at);
    at = buffer.writeInt32BE(16, at);
    uuidv7(uuidOptions, buffer, at);
    at = this.#addBytes(couponIndex, at + 16);
    at = this.#addBytes(sealed, at);
    at = this.#addBytes(digest, at);
    const groupBytes = buffer.write(groupCode, at + 4, 'utf8');
    buffer.writeInt32BE(groupBytes, at);
    at = this.#addArray(searchKeys, at + 4 + groupBytes);
    this.#length =
      previousIndex === undefined ? buffer.writeInt32BE(nullLength, at) : this.#addBytes(previousIndex, at);
    this.#rows++;
  }

  /** Everything added, as one complete COPY input; valid until the next `clear` or `add`. */
  finish(): Buffer {
    fileTrailer.copy(this.#buffer, this.#length);
    return this.#buffer.subarray(0, this.#length + fileTrailer.length);
  }

  #addBytes(bytes: Uint8Array, at: number): number {
    const start = this.#buffer.writeInt32BE(bytes.length, at);
    this.#buffer.set(bytes, start);
    return start + bytes.length;
  }

  #addArray(values: readonly bigint[], start: number): number {
    const buffer = this.#buffer;
    let at = buffer.writeInt32BE(arrayHeaderBytes + values.length * elementBytes, start);
    for (const word of [1, 0, bigintOid, values.length, 1]) at = buffer.writeInt32BE(word, at);
    for (const value of values) at = buffer.writeBigInt64BE(value, buffer.writeInt32BE(8, at));
    return at;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
