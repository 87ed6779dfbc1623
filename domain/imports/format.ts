import type { DateRule } from './date-rule';

/** The columns that are read; all others are never stored. */
export const fileColumns = ['number', 'birth', 'group', 'kana', 'standing', 'previous'] as const;
export type FileColumn = (typeof fileColumns)[number];

/** Columns of a file, counted from 1. */
export interface ColumnPositions {
  readonly number: number;
  readonly birth: number;
  readonly group?: number;
  readonly kana?: number;
  /** Where the file says who moved out or died. */
  readonly standing?: number;
  /** Where the file says which number a person had before. */
  readonly previous?: number;
}

/** How a file is to be read, found by looking at it. */
export interface FileFormat {
  readonly encoding: 'utf-8' | 'shift_jis';
  readonly columns: ColumnPositions;
  /** Cells of the header, or of the first row where there is none: a row with more has slipped. */
  readonly width: number;
  /** Records before the first row of data (the header, titles above it). */
  readonly leadingRecords: number;
  /** Left out: every form that is known. */
  readonly dates?: DateRule;
  /** The group of rows without one; left out: the programme's own default. */
  readonly defaultGroup?: string;
}

/** What staff say of a programme's files, kept for the next one. */
export interface FileMapping {
  readonly columns: ColumnPositions;
  /** The headers of those columns, where the file has a header: the next file's columns are found by them, wherever they are. */
  readonly headers?: Readonly<Partial<Record<FileColumn, string>>>;
  readonly dates?: DateRule;
  readonly defaultGroup?: string;
}

export const fileLimits = { mebibytes: 100, rows: 1_000_000 } as const;
