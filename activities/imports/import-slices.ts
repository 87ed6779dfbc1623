import type { FileFormat } from '../../domain/imports/format';
import { OpenQuoteError } from './open-quote-error';

/** Whole records of a file, in memory of their own that can be given to a thread. */
export interface FileSlice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Records of the file before the slice, and with it. */
  readonly fromRecord: number;
  readonly toRecord: number;
  /** First physical line of the slice, from 1. */
  readonly line: number;
}

export interface SlicesWanted {
  readonly encoding: FileFormat['encoding'];
  /** Records that an earlier attempt has dealt with: they are in no slice. */
  readonly startAt: number;
  readonly recordsOfASlice: number;
}

/** No row of a city's file is longer; a quote that is never closed would otherwise swallow the rest into memory. */
const recordLimitBytes = 64 * 1024;

/** In neither encoding is one of these bytes a part of another character. */
const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d] as const;
const byteOrderMark = Buffer.from('\uFEFF');

/** Where in a record the next byte stands: at the beginning of a cell, in a bare cell, in a quoted one. */
const [cellBegins, bare, quoted] = [0, 1, 2] as const;

/**
 * Cuts a file where records end, so that several threads can read it at once. Only looks for quotes, commas and line ends;
 * what the records are is said by `eachRecord`.
 * @throws OpenQuoteError
 */
export async function* slicesOf(
  pieces: AsyncIterable<Uint8Array>,
  wanted: SlicesWanted,
): AsyncGenerator<FileSlice, void, undefined> {
  const cutter = new SliceCutter(wanted);
  for await (const piece of pieces) yield* cutter.push(piece);
  yield* cutter.finish();
}

class SliceCutter {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #state: number = cellBegins;
  #hasBegun = false;
  /** Of the slice: its first byte, record and line. */
  #from = 0;
  #fromRecord = 0;
  #fromLine = 1;
  /** Of the record that is being read. */
  #recordFrom = 0;
  #recordLine = 1;
  #records = 0;
  #line = 1;

  constructor(private readonly wanted: SlicesWanted) {}

  push(piece: Uint8Array): FileSlice[] {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#from), piece]);
    this.#at -= this.#from;
    this.#recordFrom -= this.#from;
    this.#from = 0;
    // The mark and what follows a quote or a line end are looked at together.
    if (!this.#hasBegun && this.#bytes.length < byteOrderMark.length) return [];
    this.#begin();
    return this.#scan(this.#bytes.length - 1);
  }

  finish(): FileSlice[] {
    this.#begin();
    const slices = this.#scan(this.#bytes.length);
    if (this.#state === quoted) throw new OpenQuoteError(this.#recordLine);
    if (this.#recordFrom < this.#bytes.length) this.#endRecord(this.#bytes.length, slices);
    if (this.#records > this.#fromRecord) slices.push(this.#cut());
    return slices;
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const hasMark = this.#bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
    if (this.wanted.encoding === 'utf-8' && hasMark) this.#at = byteOrderMark.length;
  }

  /** Reads on; the byte at `end`, if there is one, is only looked at. */
  #scan(end: number): FileSlice[] {
    const bytes = this.#bytes;
    const slices: FileSlice[] = [];
    let at = this.#at;
    let state = this.#state;
    while (at < end) {
      const byte = bytes[at++];
      if (state === quoted) {
        if (byte === lineFeed) this.#line++;
        if (byte !== quote) continue;
        if (bytes[at] === quote) at++;
        else state = bare;
      } else if (byte === lineFeed || byte === carriageReturn) {
        if (byte === carriageReturn && bytes[at] === lineFeed) at++;
        state = cellBegins;
        this.#endRecord(at, slices);
      } else if (byte === comma) {
        state = cellBegins;
      } else {
        state = state === cellBegins && byte === quote ? quoted : bare;
      }
    }
    this.#at = at;
    this.#state = state;
    if (at - this.#recordFrom > recordLimitBytes) throw new OpenQuoteError(this.#recordLine);
    return slices;
  }

  #endRecord(at: number, slices: FileSlice[]): void {
    if (at - this.#recordFrom > recordLimitBytes) throw new OpenQuoteError(this.#recordLine);
    this.#records++;
    this.#line++;
    this.#recordFrom = at;
    this.#recordLine = this.#line;
    const { startAt, recordsOfASlice } = this.wanted;
    if (this.#records <= startAt) this.#startSlice();
    else if (this.#records - this.#fromRecord >= recordsOfASlice) slices.push(this.#cut());
  }

  #cut(): FileSlice {
    const slice: FileSlice = {
      bytes: new Uint8Array(this.#bytes.subarray(this.#from, this.#recordFrom)),
      fromRecord: this.#fromRecord,
      toRecord: this.#records,
      line: this.#fromLine,
    };
    this.#startSlice();
    return slice;
  }

  #startSlice(): void {
    this.#from = this.#recordFrom;
    this.#fromRecord = this.#records;
    this.#fromLine = this.#line;
  }
}
