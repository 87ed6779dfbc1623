import { randomFillSync } from 'node:crypto';

/** One call into the operating system serves this many bytes; a call for twelve bytes costs more than sealing a row. */
const pool = Buffer.allocUnsafeSlow(16 * 1024);
let used = pool.length;

/** Random bytes from the system's generator, each handed out once. A copy: nobody sees the pool itself. */
export function pooledRandomBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  fillFromPool(bytes, 0, length);
  return bytes;
}

/** The same, written into `target`. */
export function fillFromPool(target: Buffer, at: number, length: number): void {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(target, at, used, used + length);
  pool.fill(0, used, used + length);
  used += length;
}
