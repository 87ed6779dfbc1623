import type { FileRefusal } from './file-refusal';
import type { FileFormat } from './format';

type Decoder = InstanceType<typeof TextDecoder>;

const fileSignatures: readonly (readonly [readonly number[], FileRefusal])[] = [
  [[0x50, 0x4b, 0x03, 0x04], { code: 'not_text', kind: 'xlsx' }],
  [[0xd0, 0xcf, 0x11, 0xe0], { code: 'not_text', kind: 'xls' }],
  [[0x25, 0x50, 0x44, 0x46], { code: 'not_text', kind: 'pdf' }],
  [[0x1f, 0x8b], { code: 'not_text', kind: 'gzip' }],
  [[0xff, 0xfe, 0x00, 0x00], { code: 'wrong_encoding', encoding: 'utf-32' }],
  [[0x00, 0x00, 0xfe, 0xff], { code: 'wrong_encoding', encoding: 'utf-32' }],
  [[0xff, 0xfe], { code: 'wrong_encoding', encoding: 'utf-16' }],
  [[0xfe, 0xff], { code: 'wrong_encoding', encoding: 'utf-16' }],
];

/** ESC ( and ESC $ switch character sets in ISO-2022-JP; neither UTF-8 nor CP932 files have them. */
const jisEscape = /\u001B[($]/;

/** What a file is that is no CSV text, told from its first bytes; undefined when nothing speaks against text. */
export function refuseByFirstBytes(bytes: Uint8Array): FileRefusal | undefined {
  const known = fileSignatures.find(([signature]) => signature.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) return known[1];
  const sample = bytes.subarray(0, 4096);
  let zeros = 0;
  for (const byte of sample) if (byte === 0) zeros++;
  // Latin letters in UTF-16 without a mark: every other byte is zero.
  if (zeros > sample.length / 4) return { code: 'wrong_encoding', encoding: 'utf-16' };
  return zeros > 0 ? { code: 'not_text', kind: 'binary' } : undefined;
}

/**
 * Tells UTF-8 from CP932 over a whole file, a piece at a time: the one that decodes without fault, UTF-8 first, for text
 * that is valid UTF-8 by accident hardly exists. A byte order mark settles it.
 */
export class EncodingDetector {
  #utf8: Decoder | undefined = new TextDecoder('utf-8', { fatal: true });
  #cp932: Decoder | undefined = new TextDecoder('shift_jis', { fatal: true });
  #hasMark = false;
  #isAscii = true;
  #isFirst = true;
  #jis = false;

  push(bytes: Uint8Array): void {
    if (this.#isFirst && bytes.length > 0) {
      this.#isFirst = false;
      this.#hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      if (this.#hasMark) this.#cp932 = undefined;
    }
    const text = this.#decode('utf8', bytes);
    this.#decode('cp932', bytes);
    if (this.#isAscii && text !== undefined && jisEscape.test(text)) this.#jis = true;
    if (text === undefined || text.length !== bytes.length) this.#isAscii = false;
  }

  /** After the last piece. */
  finish():
    | { readonly ok: true; readonly encoding: FileFormat['encoding'] }
    | { readonly ok: false; readonly refusal: FileRefusal } {
    this.#decode('utf8');
    this.#decode('cp932');
    if (this.#jis && this.#isAscii) return { ok: false, refusal: { code: 'wrong_encoding', encoding: 'iso-2022-jp' } };
    if (this.#utf8 !== undefined) return { ok: true, encoding: 'utf-8' };
    if (this.#cp932 !== undefined) return { ok: true, encoding: 'shift_jis' };
    return { ok: false, refusal: { code: 'wrong_encoding', encoding: this.#hasMark ? 'broken_utf-8' : 'unknown' } };
  }

  /** Decodes with one candidate, the end of the file without `bytes`; a candidate that meets a fault is out. */
  #decode(candidate: 'utf8' | 'cp932', bytes?: Uint8Array): string | undefined {
    const decoder = candidate === 'utf8' ? this.#utf8 : this.#cp932;
    try {
      return bytes === undefined ? decoder?.decode() : decoder?.decode(bytes, { stream: true });
    } catch {
      if (candidate === 'utf8') this.#utf8 = undefined;
      else this.#cp932 = undefined;
      return undefined;
    }
  }
}
