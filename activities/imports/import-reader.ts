import type { ImportTally } from '../../database/imports/import-runs';
import type { PlainDate } from '../../domain/calendar/plain-date';
import type { FileColumn, FileFormat } from '../../domain/imports/format';
import { checkRow, type EligibleRow, isBlankRow, type RowRules } from '../../domain/imports/row';
import type { RowError } from '../../domain/imports/row-error';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { groupForImport } from '../../domain/programmes/eligibility';
import type { FileRecord } from './import-records';

/** What the rows of a file are checked by; plain data, for it goes to a thread. */
export interface ReaderSetup {
  readonly format: FileFormat;
  readonly today: PlainDate;
  readonly document: ProgrammeDocument;
  /** Records that an earlier attempt has dealt with, and the counts up to there. */
  readonly startAt: number;
  readonly tally: ImportTally;
}

export interface CheckedRow extends EligibleRow {
  readonly line: number;
}

export interface FoundError extends RowError {
  readonly line: number;
  /** The row's coupon number where it could be read. */
  readonly number: string | undefined;
  /** What is in the faulty cell; empty for faults of a whole row. */
  readonly value: string;
}

/** A piece of the file, checked. Readable: it never leaves the process. */
export interface CheckedBatch {
  readonly fromRecord: number;
  readonly toRecord: number;
  readonly rows: readonly CheckedRow[];
  readonly errors: readonly FoundError[];
  /** Counts up to `toRecord`. */
  readonly tally: ImportTally;
}

/** Checks the records of a file one by one and collects them in batches. */
export class ImportReader {
  readonly #rules: RowRules;
  readonly #startAt: number;
  readonly #errorCounts: Record<string, number>;
  readonly #counts: { records: number; bad: number; unreadableNumbers: number };
  #seen = 0;
  #batchStart: number;
  #rows: CheckedRow[] = [];
  #errors: FoundError[] = [];

  constructor({ format, today, document, startAt, tally }: ReaderSetup) {
    const { errors, ...counts } = tally;
    this.#rules = {
      format,
      today,
      couponNumber: document.identification.couponNumber,
      groupOf: groupFinder(document, format.defaultGroup),
    };
    this.#startAt = startAt;
    this.#batchStart = startAt;
    this.#errorCounts = { ...errors };
    this.#counts = { ...counts };
  }

  /** Records since the last batch. */
  get pending(): number {
    return this.#seen - this.#batchStart;
  }

  add({ line, cells }: FileRecord): void {
    const index = this.#seen++;
    if (index < this.#startAt || index < this.#rules.format.leadingRecords || isBlankRow(cells)) return;
    this.#counts.records++;
    const checked = checkRow(cells, this.#rules);
    if (checked.ok) {
      this.#rows.push({ line, ...checked.row });
      return;
    }
    const { errors, number, isGone = false } = checked;
    if (!isGone) this.#counts.bad++;
    if (number === undefined) this.#counts.unreadableNumbers++;
    for (const { code, column } of errors) {
      this.#errorCounts[code] = (this.#errorCounts[code] ?? 0) + 1;
      const value = column === undefined || isGone ? '' : valueOf(cells, column, this.#rules.format);
      this.#errors.push({ line, code, number, value, ...(column === undefined ? {} : { column }) });
    }
  }

  /** What was added since the last call. */
  take(): CheckedBatch {
    const batch = {
      fromRecord: this.#batchStart,
      toRecord: this.#seen,
      rows: this.#rows,
      errors: this.#errors,
      tally: { ...this.#counts, errors: { ...this.#errorCounts } },
    };
    this.#batchStart = this.#seen;
    this.#rows = [];
    this.#errors = [];
    return batch;
  }
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
