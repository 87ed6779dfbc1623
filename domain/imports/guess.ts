import { parseBirthDate } from '../calendar/birth-date';
import type { PlainDate } from '../calendar/plain-date';
import { type CouponNumberRule, parseCouponNumber } from '../residents/coupon-number';
import { foldWidth } from '../text/fold-width';
import { columnOfHeader, foldHeader, positions, recogniseHeader } from './columns';
import { type FileColumn, fileColumns, type FileMapping } from './format';
import { personStatusOf } from './person-status';
import { isBlankRow } from './row';

export interface GuessRules {
  readonly couponNumber: CouponNumberRule;
  /** The code of the group that a text means; undefined when it means none. */
  readonly groupOf: (text: string) => string | undefined;
  readonly today: PlainDate;
}

/** What was found out about a file's columns by looking at its first rows; what is missing is for staff to say. */
export interface MappingGuess {
  readonly columns: Readonly<Partial<Record<FileColumn, number>>>;
  /** The header record, where there is one. */
  readonly header: readonly string[] | undefined;
  /** Complete enough to import with. */
  readonly mapping: FileMapping | undefined;
}

/** Of the cells of a column so many must fit what it is taken for. */
const enoughShare = 0.8;
const kanaText = /^[\u30A0-\u30FF\u31F0-\u31FF\uFF65-\uFF9F\uE000-\uF8FF\s・･ー-]+$/;

/**
 * Finds the columns of a file: by its header first, then, for what no header names, by the text of the cells. A
 * column of ten digits is the number, one of dates the birth date, one of the programme's own words the group.
 * @param records the first records of the file, headers and titles included
 */
export function guessMapping(records: readonly (readonly string[])[], rules: GuessRules): MappingGuess {
  const recognised = recogniseHeader(records, false);
  const headerIndex = recognised.ok ? recognised.leadingRecords - 1 : likelyHeader(records, rules);
  const header = headerIndex === undefined ? undefined : records[headerIndex];
  const rows = records.slice(headerIndex === undefined ? 0 : headerIndex + 1).filter((record) => !isBlankRow(record));
  const found: Partial<Record<FileColumn, number>> = recognised.ok
    ? { ...recognised.columns }
    : header === undefined
      ? {}
      : byNames(header);
  const width = Math.max(0, ...rows.map((row) => row.length));
  const taken = (): ReadonlySet<number> => new Set(Object.values(found));

  const fits: Readonly<Record<FileColumn, (text: string) => boolean>> = {
    number: (text) => parseCouponNumber(text, rules.couponNumber).ok,
    birth: (text) => parseBirthDate(text, rules.today).ok,
    group: (text) => rules.groupOf(text) !== undefined,
    kana: (text) => kanaText.test(text),
    standing: (text) => personStatusOf(text) !== undefined,
    previous: (text) => parseCouponNumber(text, rules.couponNumber).ok,
  };
  for (const column of fileColumns) {
    // A file has a few rows of people who are gone or have a new number, not many: its header alone can name that column.
    if (column === 'standing' || column === 'previous' || found[column] !== undefined) continue;
    const best = Array.from({ length: width }, (_, index) => index + 1)
      .filter((position) => !taken().has(position))
      .map((position) => ({
        position,
        ...share(
          rows.map((row) => row[position - 1] ?? ''),
          fits[column],
        ),
      }))
      .filter(({ part, distinct }) => part >= enoughShare && (column !== 'number' || distinct >= enoughShare))
      .sort((one, other) => other.part - one.part || one.position - other.position)[0];
    if (best !== undefined) found[column] = best.position;
  }
  const { number, birth } = found;
  if (number === undefined || birth === undefined) return { columns: found, header, mapping: undefined };
  const columns = positions(number, birth, found);
  const headers = header === undefined ? undefined : headersOf(columns, header);
  return { columns: found, header, mapping: headers === undefined ? { columns } : { columns, headers } };
}

/** The headers of the columns that a mapping uses; none where they cannot tell the columns apart. */
export function headersOf(columns: FileMapping['columns'], header: readonly string[]): FileMapping['headers'] {
  const entries = fileColumns.flatMap((column) => {
    const position = columns[column];
    return position === undefined ? [] : [[column, (header[position - 1] ?? '').trim()] as const];
  });
  const folded = header.map(foldHeader);
  const isUsable = entries.every(
    ([, name]) => name !== '' && folded.filter((other) => other === foldHeader(name)).length === 1,
  );
  return isUsable ? Object.fromEntries(entries) : undefined;
}

function byNames(header: readonly string[]): Partial<Record<FileColumn, number>> {
  const found: Partial<Record<FileColumn, number>> = {};
  for (const [index, name] of header.entries()) {
    const column = columnOfHeader(name);
    if (column !== undefined) found[column] ??= index + 1;
  }
  return found;
}

/** A first record without a number in any column that has numbers below it. */
function likelyHeader(records: readonly (readonly string[])[], rules: GuessRules): number | undefined {
  const index = records.findIndex((record) => !isBlankRow(record));
  const first = records[index];
  if (
    first === undefined ||
    first.some((cell) => parseCouponNumber(cell, rules.couponNumber).ok || /[0-9]{4}/.test(foldWidth(cell)))
  )
    return undefined;
  return index;
}

function share(cells: readonly string[], fits: (text: string) => boolean): { part: number; distinct: number } {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (filled.length === 0) return { part: 0, distinct: 0 };
  return { part: filled.filter(fits).length / filled.length, distinct: new Set(filled).size / filled.length };
}
