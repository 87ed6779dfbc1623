import { CsvError, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';

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

const dialect = { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, relax_quotes: true };

/**
 * Reads CSV slice by slice: what a slice completes comes out as one list, so memory stays at a slice and its records.
 * @throws OpenQuoteError
 */
export async function* readRecords(
  pieces: AsyncIterable<Uint8Array>,
  encoding: FileFormat['encoding'],
): AsyncGenerator<FileRecord[], void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const parser = parse({ ...dialect, max_record_size: recordLimitBytes });
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

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d] as const;

/**
 * The records of a text that ends where a record ends. Nearly all of a city's files is quoted and closed as it should be and
 * is read here, without the garbage of a parser for everything; from the first record on that is not, the parser reads.
 * @param line first physical line of the text
 */
export function eachRecord(text: string, line: number, take: (record: FileRecord) => void): void {
  let at = 0;
  let current = line;
  while (at < text.length) {
    const from = at;
    const cells: string[] = [];
    let breaks = 0;
    for (;;) {
      if (text.charCodeAt(at) === quote) {
        const end = closingQuote(text, at + 1);
        if (end === undefined) {
          parsedRecords(text.slice(from), current, take);
          return;
        }
        let cell = text.slice(at + 1, end);
        if (cell.includes('"')) cell = cell.replaceAll('""', '"');
        cells.push(cell);
        if (cell.includes('\n')) breaks += lineBreaksIn([cell]);
        at = end + 1;
      } else {
        const end = endOfBareCell(text, at);
        cells.push(text.slice(at, end));
        at = end;
      }
      if (text.charCodeAt(at) !== comma) break;
      at++;
    }
    take({ line: current, cells });
    current += 1 + breaks;
    at += text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === lineFeed ? 2 : 1;
  }
}

/** Where a quoted cell ends; undefined when something else than the end of the cell follows its quote. */
function closingQuote(text: string, from: number): number | undefined {
  let end = text.indexOf('"', from);
  while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2);
  if (end < 0) return undefined;
  return end + 1 === text.length || isEndOfCell(text.charCodeAt(end + 1)) ? end : undefined;
}

function endOfBareCell(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isEndOfCell(text.charCodeAt(end))) end++;
  return end;
}

function isEndOfCell(code: number): boolean {
  return code === comma || code === lineFeed || code === carriageReturn;
}

function parsedRecords(text: string, line: number, take: (record: FileRecord) => void): void {
  let current = line;
  const records: string[][] = parseText(text, dialect);
  for (const cells of records) {
    take({ line: current, cells });
    current += 1 + lineBreaksIn(cells);
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
