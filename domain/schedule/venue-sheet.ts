import type { CsvCell } from '../csv/write-csv';
import { unguardFormula } from '../csv/write-csv';
import { foldWidth } from '../text/fold-width';
import { type VenueFeature, venueFeatures, venueFeatureWords } from './venue-features';
import { venueCode, type VenueFields, venueFields } from './venue-fields';

/** One venue per row, as a spreadsheet shows it. */
type TextColumn =
  'code' | 'name' | 'ward' | 'address' | 'access' | 'mapUrl' | 'capacityNotes' | 'citizenNotes' | 'active' | 'position';
type Column = TextColumn | VenueFeature;

const textColumns: Readonly<Record<TextColumn, string>> = {
  code: '会場コード',
  name: '会場名',
  ward: '区',
  address: '住所',
  access: '行き方',
  mapUrl: '地図URL',
  capacityNotes: '収容の備考',
  citizenNotes: '来場される方へのお知らせ',
  active: '受付',
  position: '並び順',
};
const columnNames: readonly (readonly [Column, string])[] = [
  ...(['code', 'name', 'ward', 'address', 'access', 'mapUrl'] as const).map(
    (column) => [column, textColumns[column]] as const,
  ),
  ...venueFeatures.map((feature) => [feature, venueFeatureWords[feature].column] as const),
  ...(['capacityNotes', 'citizenNotes', 'active', 'position'] as const).map(
    (column) => [column, textColumns[column]] as const,
  ),
];
const nameOf = (column: Column): string => columnNames.find(([known]) => known === column)?.[1] ?? column;

const yes = ['○', '〇', '◯', '1', 'はい', '有', 'あり', '可', '有効', '受付', 'true', 'yes', 'y'];
const no = ['', '×', '✕', 'x', '0', '-', 'いいえ', '無', 'なし', '不可', '無効', '停止', 'false', 'no', 'n'];

export const venueSheetHeader: readonly string[] = columnNames.map(([, name]) => name);

export function venueSheetRow(venue: VenueFields & { readonly code: string }): CsvCell[] {
  return columnNames.map(([column]) => {
    if (column === 'active') return venue.active ? '○' : '×';
    if (column === 'position') return venue.position;
    if (column in textColumns) return venue[column as 'code' | 'name'];
    return venue.features.includes(column as VenueFeature) ? '○' : '';
  });
}

/** Where the columns of a sheet stand. */
export type VenueColumns = ReadonlyMap<Column, number>;
export type VenueColumnsResult =
  { readonly ok: true; readonly columns: VenueColumns } | { readonly ok: false; readonly sentence: string };

/** Finds the columns by their names; those that are not ours are passed over, those left out stay as they are. */
export function findVenueColumns(header: readonly string[]): VenueColumnsResult {
  const columns = new Map<Column, number>();
  for (const [index, cell] of header.entries()) {
    const plain = plainName(cell);
    const found = columnNames.find(([, name]) => plainName(name) === plain)?.[0];
    if (found === undefined) continue;
    if (columns.has(found)) return { ok: false, sentence: `見出しに「${nameOf(found)}」の列が二つ以上あります。` };
    columns.set(found, index);
  }
  if (columns.size === 0)
    return {
      ok: false,
      sentence: `1行目に見出しがありません。1行目に「${venueSheetHeader.slice(0, 4).join('」「')}」などの見出しを置いてください。`,
    };
  if (!columns.has('code'))
    return { ok: false, sentence: `見出しに「${textColumns.code}」の列がありません。会場を見分けるために必要です。` };
  return { ok: true, columns };
}

export interface SheetFault {
  /** Name of the column, as in the header; null: the row as a whole. */
  readonly column: string | null;
  readonly code: string;
  readonly sentence: string;
}

/** What a row says; fields without a column are not there. */
export interface VenueRow {
  readonly code: string;
  readonly fields: { readonly [Field in keyof VenueFields]?: VenueFields[Field] | undefined };
  /** Features whose columns are there and say no. */
  readonly without: readonly VenueFeature[];
}

/** Reads one row. All of its faults are named at once. */
export function readVenueRow(
  cells: readonly string[],
  columns: VenueColumns,
): { readonly ok: true; readonly row: VenueRow } | { readonly ok: false; readonly faults: SheetFault[] } {
  const faults: SheetFault[] = [];
  const textOf = (column: Column): string | undefined => {
    const index = columns.get(column);
    return index === undefined ? undefined : unguardFormula((cells[index] ?? '').trim());
  };
  const mark = (column: Column): boolean | undefined => {
    const text = textOf(column);
    if (text === undefined) return undefined;
    const plain = foldWidth(text).toLowerCase();
    if (yes.includes(plain)) return true;
    if (no.includes(plain)) return false;
    faults.push({
      column: nameOf(column),
      code: 'not_a_mark',
      sentence: `「${nameOf(column)}」は ○ か × で入力してください。`,
    });
    return undefined;
  };
  const code = foldWidth(textOf('code') ?? '');
  const checkedCode = venueCode.safeParse(code);
  if (!checkedCode.success)
    faults.push({
      column: textColumns.code,
      code: code === '' ? 'missing' : 'malformed',
      sentence: code === '' ? '会場コードを入力してください。' : (checkedCode.error.issues[0]?.message ?? ''),
    });

  const marked = venueFeatures.map((feature) => [feature, mark(feature)] as const);
  const given: Record<string, unknown> = {};
  for (const field of ['name', 'ward', 'address', 'access', 'capacityNotes', 'citizenNotes'] as const) {
    const text = textOf(field);
    if (text !== undefined) given[field] = text;
  }
  const mapUrl = textOf('mapUrl');
  if (mapUrl !== undefined) given['mapUrl'] = mapUrl === '' ? null : mapUrl;
  if (columns.has('active') && textOf('active') !== '') {
    const active = mark('active');
    if (active !== undefined) given['active'] = active;
  }
  const position = foldWidth(textOf('position') ?? '');
  if (position !== '') given['position'] = /^\d+$/.test(position) ? Number(position) : Number.NaN;
  const checked = venueFields.partial().safeParse(given);
  if (!checked.success) {
    for (const issue of checked.error.issues)
      faults.push({ column: nameOf(issue.path[0] as Column), code: 'malformed', sentence: issue.message });
  }
  if (faults.length > 0 || !checked.success) return { ok: false, faults };
  const features = marked.flatMap(([feature, value]) => (value === true ? [feature] : []));
  return {
    ok: true,
    row: {
      code,
      fields: marked.some(([, value]) => value !== undefined) ? { ...checked.data, features } : checked.data,
      without: marked.flatMap(([feature, value]) => (value === false ? [feature] : [])),
    },
  };
}

/** The venue after the row: what the sheet does not speak of stays; a new venue begins empty and open. */
export function venueAfter(
  row: VenueRow,
  known: VenueFields | undefined,
): { readonly ok: true; readonly fields: VenueFields } | { readonly ok: false; readonly faults: SheetFault[] } {
  const { features = [], ...rest } = row.fields;
  const kept = (known?.features ?? []).filter((feature) => !row.without.includes(feature));
  const beginning = { access: '', mapUrl: null, capacityNotes: '', citizenNotes: '', active: true, position: 0 };
  const wanted = {
    ...beginning,
    ...known,
    ...rest,
    features: venueFeatures.filter((feature) => kept.includes(feature) || features.includes(feature)),
  };
  const checked = venueFields.safeParse(wanted);
  if (checked.success) return { ok: true, fields: checked.data };
  return {
    ok: false,
    faults: checked.error.issues.map((issue) => ({
      column: nameOf(issue.path[0] as Column),
      code: 'missing',
      sentence: issue.message,
    })),
  };
}

function plainName(text: string): string {
  return foldWidth(text)
    .replace(/[\s（）()※*]/g, '')
    .toLowerCase();
}
