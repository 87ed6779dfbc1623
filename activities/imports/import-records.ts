import { CsvError, parse } from 'csv-parse';

import { headerWithinRecords } from '../../domain/imports/columns';
import type { FileRefusal } from '../../domain/imports/file-refusal';
import type { FileFormat } from '../../domain/imports/format';
import { OpenQuoteError } from './open-quote-error';

export interface FileRecord {
  /** First physical line of the record, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Text parsed in one go, some 200 rows: what it leaves behind is cleared away while it is young.
 */
const sliceBytes = 12 * 1024;
/** No row of a city's file is longer; a quote that is never closed would otherwise swallow the rest into memory. */
const recordLimitBytes = 64 * 1024;

/**
 * Reads CSV slice by slice: what a slice completes comes out as one list, so memory stays at a slice and its records.
 * @throws OpenQuoteError
 */
export async function* readRecords(
  pieces: AsyncIterable<Uint8Array>,
  encoding: FileFormat['encoding'],
): AsyncGenerator<FileRecord[], void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const parser = parse({
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: recordLimitBytes,
  });
  let line = 1;
  let ready: FileRecord[] = [];
  let fault: Error | undefined;
  parser.on('data', (cells: string[]) => {
    ready.push({ line, cells });
    line += 1 + lineBreaksIn(cells);
  });
  parser.on('error', (error) => {
    fault = error instanceof CsvError ? new OpenQuoteError(line) : error;
  });
  const closed = new Promise<void>((resolve) => parser.once('close', resolve));
  try {
    for await (const piece of pieces) {
      // Bytes, for the parser puts a character together that a slice cuts in two; text it would take for two broken ones.
      const text = Buffer.from(decoder.decode(piece, { stream: true }));
      for (let at = 0; at < text.length; at += sliceBytes) {
        await new Promise<void>((resolve) => {
          parser.write(text.subarray(at, at + sliceBytes), () => {
            resolve();
          });
        });
        if (fault !== undefined) throw fault;
        if (ready.length > 0) yield ready;
        ready = [];
      }
    }
    parser.end(decoder.decode());
    await closed;
    if (fault !== undefined) throw fault;
    if (ready.length > 0) yield ready;
  } finally {
    parser.destroy();
  }
}

function lineBreaksIn(cells: readonly string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks++;
  }
  return breaks;
}

/** The first records of a file, as many as a header may be among. */
export async function firstRecords(
  pieces: AsyncIterable<Buffer>,
  encoding: FileFormat['encoding'],
): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for await (const records of readRecords(pieces, encoding)) {
    found.push(...records.slice(0, headerWithinRecords).map((record) => record.cells));
    if (found.length >= headerWithinRecords) break;
  }
  return found;
}

/** What `work` gives, or that the file has a quote that is never closed. */
export async function refusingOpenQuote<Value>(
  work: () => Promise<Value>,
): Promise<{ ok: true; value: Value } | { ok: false; refusal: FileRefusal }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof OpenQuoteError) return { ok: false, refusal: { code: 'open_quote', line: error.line } };
    throw error;
  }
}
