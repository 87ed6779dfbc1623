import { instantOf } from '../calendar/city-time';
import { findSlotColumns, readSlotRow, slotSheetHeader, slotSheetRow } from './slot-sheet';

const found = findSlotColumns(slotSheetHeader);
if (!found.ok) throw new Error(found.sentence);
const read = (...cells: string[]) => readSlotRow(cells, found.columns, [1, 2]);
const good = ['nishi', '2026-05-29', '09:30', '10:00', '1', '', '5', '2', '', '0'];
const slot = {
  dose: 1,
  startsAt: instantOf('2026-05-29', '09:30'),
  endsAt: instantOf('2026-05-29', '10:00'),
  vaccine: null,
  quotas: [
    { channel: 'web', capacity: 5 },
    { channel: 'phone', capacity: 2 },
    { channel: 'line', capacity: 0 },
    { channel: 'venue', capacity: 0 },
  ],
};

test.each([
  [good],
  [['ＮＩＳＨＩ', '２０２６／５／２９', '９：３０', '１０時', '１回目', '', '５', '２', '0', '']],
  [['nishi', '2026年5月29日（金）', '9時30分', '10:00:00', '1回', '', '5', '2', '0', '0']],
  [['nishi', '20260529', '0930', '1000', '1', '', '5', '2', '0', '0']],
])('%j is the same slot', (cells) => {
  expect(read(...cells)).toEqual({ ok: true, venueCode: 'nishi', slot });
});

test('what is written is read back', () => {
  expect(read(...slotSheetRow('nishi', { ...slot, vaccine: 'ファイザー' } as never).map(String))).toEqual({
    ok: true,
    venueCode: 'nishi',
    slot: { ...slot, vaccine: 'ファイザー' },
  });
});

test.each([
  [0, '', '会場コードを入力してください。'],
  [1, '', '日付を入力してください。'],
  [1, '2026-02-30', '日付「2026-02-30」を読み取れません。2026-05-29 のように入力してください。'],
  [1, '46171', '日付「46171」を読み取れません。2026-05-29 のように入力してください。'],
  [2, '25:00', '開始の時刻「25:00」を読み取れません。09:30 のように入力してください。'],
  [2, '0.3958', '開始の時刻「0.3958」を読み取れません。09:30 のように入力してください。'],
  [3, '09:30', '終了の時刻は、開始より後にしてください。'],
  [4, '3', '回「3」はこの事業にありません（1・2のどれか）。'],
  [4, '', '回を入力してください。'],
  [6, '5.5', '「Web」の席数は0から999までの数で入力してください。'],
  [6, '-1', '「Web」の席数は0から999までの数で入力してください。'],
  [7, '1000', '「電話」の席数は0から999までの数で入力してください。'],
  [5, 'あ'.repeat(21), 'ワクチンは20文字までです。'],
])('column %i with %j: %s', (column, text, sentence) => {
  const result = read(...good.map((cell, index) => (index === column ? text : cell)));
  expect(result.ok ? [] : result.faults.map((fault) => fault.sentence)).toEqual([sentence]);
});

test('columns are found by name in any order, and what is missing is named', () => {
  expect(findSlotColumns(['Web席数', '終了', '開始', '日付', '会場コード', '回', 'メモ'])).toMatchObject({ ok: true });
  expect(findSlotColumns(['会場コード', '日付'])).toEqual({
    ok: false,
    sentence: '見出しに「開始」「終了」「回」の列がありません。',
  });
  expect(findSlotColumns(['会場コード', '日付', '開始', '終了', '回'])).toEqual({
    ok: false,
    sentence: '席数の列がありません。「Web」「電話」「LINE」「会場」のどれかを置いてください。',
  });
  expect(findSlotColumns(['日付', '日付'])).toEqual({
    ok: false,
    sentence: '見出しに「日付」の列が二つ以上あります。',
  });
  expect(findSlotColumns(['1', '2'])).toMatchObject({
    ok: false,
    sentence: expect.stringMatching(/^1行目に見出しがありません。/) as string,
  });
});
