import { readCsv } from '../csv/read-csv';
import { csvText } from '../csv/write-csv';
import type { VenueFields } from './venue-fields';
import { findVenueColumns, readVenueRow, venueAfter, venueSheetHeader, venueSheetRow } from './venue-sheet';

const venue: VenueFields & { code: string } = {
  code: 'nishi-gym',
  name: '西総合スポーツセンター',
  ward: '西区',
  address: '=1+1番地',
  access: '駅から"5分",\n北口',
  features: ['step_free', 'sign_language'],
  mapUrl: 'https://map.example.jp/?q=1',
  capacityNotes: '待合は40人まで',
  citizenNotes: '上履きをお持ちください',
  active: true,
  position: 3,
};
const columnsOf = (header: readonly string[]) => {
  const found = findVenueColumns(header);
  if (!found.ok) throw new Error(found.sentence);
  return found.columns;
};
const faultsOf = (header: string[], cells: string[], known?: VenueFields) => {
  const row = readVenueRow(cells, columnsOf(header));
  if (!row.ok) return row.faults.map((fault) => [fault.column, fault.sentence]);
  const after = venueAfter(row.row, known);
  return after.ok ? [] : after.faults.map((fault) => [fault.column, fault.sentence]);
};

test('an exported venue is read back unchanged', () => {
  const { code, ...fields } = venue;
  const text = readCsv(csvText(venueSheetHeader, [venueSheetRow(venue)]));
  if (!text.ok) throw new Error('open quote');
  const row = readVenueRow(text.records[1]?.cells ?? [], columnsOf(text.records[0]?.cells ?? []));
  expect(row).toMatchObject({ ok: true, row: { code } });
  if (row.ok) expect(venueAfter(row.row, undefined)).toEqual({ ok: true, fields });
});

test('columns that a sheet leaves out stay as they are; a column of marks is the truth', () => {
  const header = ['会場コード', '駐車場', '段差なし'];
  const row = readVenueRow(['ｎｉｓｈｉ-gym', '○', '×'], columnsOf(header));
  const { code: _code, ...fields } = venue;
  if (!row.ok) throw new Error('refused');
  expect(venueAfter(row.row, fields)).toEqual({
    ok: true,
    fields: { ...fields, features: ['parking', 'sign_language'] },
  });
});

test.each([
  [
    ['会場コード', '会場名', '区', '住所'],
    ['西', 'a', 'b', 'c'],
    [['会場コード', '会場コードは英小文字・数字・ハイフンで40文字までです（例：nishi-gym）。']],
  ],
  [['会場コード', '会場名', '区', '住所'], ['', 'a', 'b', 'c'], [['会場コード', '会場コードを入力してください。']]],
  [
    ['会場コード', '会場名', '区', '住所'],
    ['n', '', 'b', ''],
    [
      ['会場名', '会場名を入力してください。'],
      ['住所', '住所を入力してください。'],
    ],
  ],
  [['会場コード', '会場名', '区'], ['n', 'a', 'b'], [['住所', '住所を入力してください。']]],
  [
    ['会場コード', '会場名', '区', '住所', '地図URL'],
    ['n', 'a', 'b', 'c', 'javascript:alert(1)'],
    [['地図URL', '地図のURLは https:// で始まる正しいURLを入力してください。']],
  ],
  [
    ['会場コード', '会場名', '区', '住所', '受付'],
    ['n', 'a', 'b', 'c', 'たぶん'],
    [['受付', '「受付」は ○ か × で入力してください。']],
  ],
  [
    ['会場コード', '会場名', '区', '住所', '並び順'],
    ['n', 'a', 'b', 'c', '一番'],
    [['並び順', '並び順は0から9999までの数で入力してください。']],
  ],
])('%j %j', (header, cells, faults) => {
  expect(faultsOf(header, cells)).toEqual(faults);
});

test.each([
  [['名前', '住所'], '見出しに「会場コード」の列がありません。会場を見分けるために必要です。'],
  [['会場コード', '住所', '住所'], '見出しに「住所」の列が二つ以上あります。'],
  [
    ['1', '2'],
    '1行目に見出しがありません。1行目に「会場コード」「会場名」「区」「住所」などの見出しを置いてください。',
  ],
])('header %j: %s', (header, sentence) => {
  expect(findVenueColumns(header)).toEqual({ ok: false, sentence });
});
