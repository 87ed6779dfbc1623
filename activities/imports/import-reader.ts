import type { ImportTally } from '../../database/imports/import-runs';
import type { PlainDate } from '../../domain/calendar/plain-date';
import { readFileDate } from '../../domain/imports/date-rule';
import type { FileColumn, FileFormat } from '../../domain/imports/format';
import { checkRow, type EligibleRow, isBlankRow, type RowRules } from '../../domain/imports/row';
import type { RowError } from '../../domain/imports/row-error';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { groupForImport } from '../../domain/programmes/eligibility';
import { eachRecord, type FileRecord } from './import-records';
import type { FileSlice } from './import-slices';

/** What the rows of a file are checked by; plain data, for it goes to a thread. */
export interface ReaderSetup {
  readonly format: FileFormat;
  readonly today: PlainDate;
  readonly document: ProgrammeDocument;
}

export interface FoundError extends RowError {
  readonly line: number;
  /** The row's coupon number where it could be read. */
  readonly number: string | undefined;
  /** What is in the faulty cell; empty for faults of a whole row. */
  readonly value: string;
}

/** Takes what is found in a slice, row by row. Readable: it never leaves the thread. */
export interface SliceTaker {
  row(line: number, row: EligibleRow): void;
  error(error: FoundError): void;
}

/** Checks the records of a file one by one. */
export class ImportReader {
  readonly #rules: RowRules;

  constructor({ format, today, document }: ReaderSetup) {
    this.#rules = {
      format,
      today,
      couponNumber: document.identification.couponNumber,
      groupOf: groupFinder(document, format.defaultGroup),
      birthDateOf: remembered((text) => readFileDate(text, format.dates, today)),
    };
  }

  /** @returns what is counted in this slice alone */
  read({ bytes, fromRecord, line }: FileSlice, taker: SliceTaker): ImportTally {
    const { encoding, leadingRecords } = this.#rules.format;
    // The mark at the beginning of the file is no part of its first cell; further down it is a character.
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: fromRecord > 0 }).decode(bytes);
    const counts = { records: 0, bad: 0, unreadableNumbers: 0, errors: {} as Record<string, number> };
    let index = fromRecord;
    eachRecord(text, line, (record) => {
      if (index++ < leadingRecords || isBlankRow(record.cells)) return;
      counts.records++;
      this.#check(record, counts, taker);
    });
    return counts;
  }

  #check({ line, cells }: FileRecord, counts: Counts, taker: SliceTaker): void {
    const checked = checkRow(cells, this.#rules);
    if (checked.ok) {
      taker.row(line, checked.row);
      return;
    }
    const { errors, number, isGone = false } = checked;
    if (!isGone) counts.bad++;
    if (number === undefined) counts.unreadableNumbers++;
    for (const { code, column } of errors) {
      counts.errors[code] = (counts.errors[code] ?? 0) + 1;
      const value = column === undefined || isGone ? '' : valueOf(cells, column, this.#rules.format);
      taker.error({ line, code, number, value, ...(column === undefined ? {} : { column }) });
    }
  }
}

interface Counts {
  bad: number;
  unreadableNumbers: number;
  errors: Record<string, number>;
}

function valueOf(cells: readonly string[], column: FileColumn, { columns }: FileFormat): string {
  const position = columns[column];
  return position === undefined ? '' : (cells[position - 1] ?? '').slice(0, 200);
}

/** The groups of a programme by their texts, remembered: a file has few texts and many rows. */
export function groupFinder(document: ProgrammeDocument, defaultGroup?: string): (text: string) => string | undefined {
  const known = new Map<string, string | undefined>(defaultGroup === undefined ? [] : [['', defaultGroup]]);
  return (text) => {
    if (known.has(text)) return known.get(text);
    const code = text.trim() === '' && defaultGroup !== undefined ? defaultGroup : groupForImport(document, text)?.code;
    if (known.size < 1_000) known.set(text, code);
    return code;
  };
}

/** Entries remembered; a city has fewer birth dates, each written in one way. */
const rememberedTexts = 50_000;
/** Longer texts are no dates, and are not worth remembering. */
const rememberedLength = 20;

function remembered<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    if (text.length <= rememberedLength && known.size < rememberedTexts) known.set(text, value);
    return value;
  };
}
