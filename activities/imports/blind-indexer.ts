import { hash, type KeyObject } from 'node:crypto';

/** Of SHA-256: what it digests at once, and what it gives. */
const blockBytes = 64;
export const indexBytes = 32;
/** Texts up to here are written into one buffer that is used again; a UTF-16 unit takes three bytes at the most. */
const reusedUnits = 340;

/**
 * The same as KeyRing.blindIndex under one key: HMAC-SHA-256 (RFC 2104), written into buffers that are there already.
 * The objects that `createHmac` makes and leaves behind cost an import of 800,000 rows more than the hashing itself.
 */
export class BlindIndexer {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: KeyObject) {
    const bytes = key.export();
    if (bytes.length > blockBytes) throw new Error('a key is no longer than a block');
    this.#inner = padded(bytes, 0x36, reusedUnits * 3);
    this.#outer = padded(bytes, 0x5c, indexBytes);
  }

  /** Writes the index of `text` into `target`, which is given back. */
  into(target: Buffer, text: string): Buffer {
    const message = this.#message(text);
    this.#outer.write(hash('sha256', message, 'binary'), blockBytes, 'binary');
    target.write(hash('sha256', this.#outer, 'binary'), 'binary');
    return target;
  }

  of(text: string): Buffer {
    return this.into(Buffer.alloc(indexBytes), text);
  }

  #message(text: string): Buffer {
    if (text.length > reusedUnits) return Buffer.concat([this.#inner.subarray(0, blockBytes), Buffer.from(text)]);
    return this.#inner.subarray(0, blockBytes + this.#inner.write(text, blockBytes));
  }
}

function padded(key: Buffer, pad: number, room: number): Buffer {
  const buffer = Buffer.alloc(blockBytes + room);
  for (let at = 0; at < blockBytes; at++) buffer[at] = (key[at] ?? 0) ^ pad;
  return buffer;
}
