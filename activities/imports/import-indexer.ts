import { createHmac, type KeyObject } from 'node:crypto';

import type { CheckedBatch } from './import-reader';

export const indexBytes = 32;

/** A checked batch with the blind indexes of its rows' numbers, 32 bytes each, one after the other. */
export interface IndexedBatch extends CheckedBatch {
  readonly couponIndexes: Uint8Array<ArrayBuffer>;
}

/** The same as KeyRing.blindIndex under its current key. */
export function blindIndexOf(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The reading thread's share of the cryptography: with it both threads have the same to do. */
export function indexed(batch: CheckedBatch, key: KeyObject): IndexedBatch {
  const couponIndexes = new Uint8Array(batch.rows.length * indexBytes);
  for (const [position, { number }] of batch.rows.entries())
    couponIndexes.set(blindIndexOf(key, number), position * indexBytes);
  return { ...batch, couponIndexes };
}
