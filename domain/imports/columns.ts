import { defined } from '../text/defined';
import { foldWidth } from '../text/fold-width';
import type { FileRefusal } from './file-refusal';
import { type ColumnPositions, type FileColumn, fileColumns, type FileMapping } from './format';

/** Headers as cities write them, folded by foldHeader. */
const headersOfColumns: Record<FileColumn, readonly string[]> = {
  number: [
    '接種券番号',
    '券番号',
    'coupon_number',
    'couponnumber',
    '接種券no',
    '接種券no.',
    'クーポン番号',
    'クーポン券番号',
  ],
  birth: ['生年月日', 'birth_date', 'birthdate', 'date_of_birth', '誕生日'],
  group: ['対象区分', '対象者区分', '区分', 'group', 'group_code'],
  kana: [
    '氏名カナ',
    'カナ氏名',
    'カナ',
    'カナ名',
    'kana',
    'name_kana',
    'フリガナ',
    '氏名フリガナ',
    '氏名(カナ)',
    'ふりがな',
    '氏名かな',
  ],
  // 備考 is not among them: its text is meant for people, and a column of it is only read when staff say so.
  standing: ['異動事由', '異動区分', '異動', '住民区分', '資格区分', '消除事由', '喪失事由', 'standing'],
  previous: ['前の接種券番号', '前の券番号', '旧接種券番号', '旧券番号', 'previous_coupon_number'],
};
const columnByHeader = new Map(
  fileColumns.flatMap((column) => headersOfColumns[column].map((header) => [header, column] as const)),
);

/** The header may have titles above it (名簿の題名、作成日); further down it is no header any more. */
export const headerWithinRecords = 10;

const neededColumns: readonly FileColumn[] = ['number', 'birth'];

export function foldHeader(cell: string): string {
  return foldWidth(cell)
    .normalize('NFKC')
    .replace(/[\s\uFEFF*※]/g, '')
    .toLowerCase();
}

export function columnOfHeader(cell: string): FileColumn | undefined {
  return columnByHeader.get(foldHeader(cell));
}

export type HeaderResult =
  | { readonly ok: true; readonly columns: ColumnPositions; readonly width: number; readonly leadingRecords: number }
  | { readonly ok: false; readonly refusal: FileRefusal };

/**
 * Finds the columns in the first records of a file.
 * @param records the first records, at most `headerWithinRecords` of them are looked at
 * @param needsGroup whether a row without a group has nowhere to go in this programme
 */
export function recogniseHeader(records: readonly (readonly string[])[], needsGroup: boolean): HeaderResult {
  let best: { index: number; found: Map<FileColumn, number[]> } | undefined;
  for (const [index, record] of records.slice(0, headerWithinRecords).entries()) {
    const found = new Map<FileColumn, number[]>();
    for (const [position, cell] of record.entries()) {
      const column = columnOfHeader(cell);
      if (column !== undefined) found.set(column, [...(found.get(column) ?? []), position + 1]);
    }
    if (found.size > (best?.found.size ?? 0)) best = { index, found };
  }
  if (best === undefined) return { ok: false, refusal: { code: 'no_header' } };

  const needed: readonly FileColumn[] = needsGroup ? [...neededColumns, 'group'] : neededColumns;
  const { found } = best;
  const missing = needed.filter((column) => !found.has(column));
  if (missing.length > 0) return { ok: false, refusal: { code: 'columns_missing', columns: missing } };
  const twice = fileColumns.filter((column) => (found.get(column)?.length ?? 0) > 1);
  if (twice.length > 0) return { ok: false, refusal: { code: 'columns_twice', columns: twice } };

  const [number] = found.get('number') ?? [];
  const [birth] = found.get('birth') ?? [];
  const [group] = found.get('group') ?? [];
  const [kana] = found.get('kana') ?? [];
  const [standing] = found.get('standing') ?? [];
  const [previous] = found.get('previous') ?? [];
  if (number === undefined || birth === undefined)
    return { ok: false, refusal: { code: 'columns_missing', columns: needed } };
  return {
    ok: true,
    columns: positions(number, birth, { group, kana, standing, previous }),
    width: records[best.index]?.length ?? 0,
    leadingRecords: best.index + 1,
  };
}

/**
 * The columns of a file that are given by position. A first record whose number cell has no digit is taken for a
 * header and skipped.
 */
export function applyMapping(
  records: readonly (readonly string[])[],
  columns: ColumnPositions,
  needsGroup: boolean,
): HeaderResult {
  const last = Math.max(
    columns.number,
    columns.birth,
    columns.group ?? 0,
    columns.kana ?? 0,
    columns.standing ?? 0,
    columns.previous ?? 0,
  );
  // Titles above the rows are narrower than the rows.
  const first = records.findIndex((record) => record.length >= last && record.some((cell) => cell.trim() !== ''));
  const width = records[first]?.length ?? Math.max(0, ...records.map((record) => record.length));
  if (first < 0) return { ok: false, refusal: { code: 'mapping_beyond_file', width } };
  if (needsGroup && columns.group === undefined)
    return { ok: false, refusal: { code: 'columns_missing', columns: ['group'] } };
  const isHeader = !/[0-9]/.test(foldWidth(records[first]?.[columns.number - 1] ?? ''));
  return { ok: true, columns, width, leadingRecords: first + (isHeader ? 1 : 0) };
}

/**
 * The columns of a file under a mapping that was made for an earlier one: by its headers where it has them, wherever
 * they stand now, otherwise by position.
 */
export function applyMappingToFile(
  records: readonly (readonly string[])[],
  mapping: FileMapping,
  needsGroup: boolean,
): HeaderResult {
  const { headers, columns } = mapping;
  if (headers === undefined) return applyMapping(records, columns, needsGroup);
  const wanted = fileColumns.flatMap((column) =>
    headers[column] === undefined ? [] : [[column, foldHeader(headers[column])] as const],
  );
  const index = records
    .slice(0, headerWithinRecords)
    .findIndex((record) => wanted.some(([, header]) => record.some((cell) => foldHeader(cell) === header)));
  const record = records[index];
  if (record === undefined) return { ok: false, refusal: { code: 'no_header' } };
  const found = new Map<FileColumn, number[]>(
    wanted.map(([column, header]) => [
      column,
      record.flatMap((cell, at) => (foldHeader(cell) === header ? [at + 1] : [])),
    ]),
  );
  const missing = wanted.map(([column]) => column).filter((column) => found.get(column)?.length === 0);
  if (missing.length > 0) return { ok: false, refusal: { code: 'columns_missing', columns: missing } };
  const twice = wanted.map(([column]) => column).filter((column) => (found.get(column)?.length ?? 0) > 1);
  if (twice.length > 0) return { ok: false, refusal: { code: 'columns_twice', columns: twice } };
  const at = (column: FileColumn): number | undefined => found.get(column)?.[0];
  const [number, birth, group] = [at('number'), at('birth'), at('group')];
  if (number === undefined || birth === undefined)
    return { ok: false, refusal: { code: 'columns_missing', columns: neededColumns } };
  if (needsGroup && group === undefined) return { ok: false, refusal: { code: 'columns_missing', columns: ['group'] } };
  return {
    ok: true,
    columns: positions(number, birth, { group, kana: at('kana'), standing: at('standing'), previous: at('previous') }),
    width: record.length,
    leadingRecords: index + 1,
  };
}

export type MappingResult =
  { readonly ok: true; readonly columns: ColumnPositions } | { readonly ok: false; readonly sentence: string };

/** Reads `number=3,birth=5,group=7,kana=4` (columns counted from 1; group and kana may be left out). */
export function parseColumnMapping(text: string): MappingResult {
  const columns = new Map<FileColumn, number>();
  for (const part of text.split(',')) {
    const match = /^\s*([a-z]+)\s*=\s*([0-9]{1,4})\s*$/.exec(part);
    const column = fileColumns.find((known) => known === match?.[1]);
    const position = Number(match?.[2]);
    if (column === undefined || position < 1)
      return {
        ok: false,
        sentence: `列の指定「${part.trim()}」を読み取れません。number=3,birth=5,group=7,kana=4 のように指定してください。`,
      };
    if (columns.has(column)) return { ok: false, sentence: `列の指定に ${column} が二度あります。` };
    if ([...columns.values()].includes(position))
      return { ok: false, sentence: `列の指定で、${String(position)}番目の列が二度使われています。` };
    columns.set(column, position);
  }
  const [number, birth, group, kana, standing, previous] = fileColumns.map((column) => columns.get(column));
  if (number === undefined || birth === undefined)
    return { ok: false, sentence: '列の指定には number（接種券番号）と birth（生年月日）が必要です。' };
  return { ok: true, columns: positions(number, birth, { group, kana, standing, previous }) };
}

/** Without the columns that are not there. */
export function positions(
  number: number,
  birth: number,
  others: {
    readonly group?: number | undefined;
    readonly kana?: number | undefined;
    readonly standing?: number | undefined;
    readonly previous?: number | undefined;
  },
): ColumnPositions {
  const { group, kana, standing, previous } = others;
  return {
    number,
    birth,
    ...defined({ group, kana, standing, previous }),
  };
}
