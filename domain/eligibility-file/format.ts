/** The columns that are read; all others are never stored. */
export const fileColumns = ['number', 'birth', 'group', 'kana'] as const;
export type FileColumn = (typeof fileColumns)[number];

/** Columns of a file, counted from 1. */
export interface ColumnPositions {
  readonly number: number;
  readonly birth: number;
  readonly group?: number;
  readonly kana?: number;
}

/** How a file is to be read, found by looking at it. */
export interface FileFormat {
  readonly encoding: 'utf-8' | 'shift_jis';
  readonly columns: ColumnPositions;
  /** Cells of the header, or of the first row where there is none: a row with more has slipped. */
  readonly width: number;
  /** Records before the first row of data (the header, titles above it). */
  readonly leadingRecords: number;
}
