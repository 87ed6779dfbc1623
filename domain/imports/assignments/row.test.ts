import { findAssignmentHeader } from './columns';
import { type AssignmentRowRules, cellsOf, readAssignmentRow, venueFinder } from './row';
import { explainAssignmentFault } from './words';

const venues = [
  { id: 'v1', code: 'sakuragi', name: '桜木 会場' },
  { id: 'v2', code: 'east', name: '東会場' },
  { id: 'v3', code: 'east-2', name: '東会場' },
];

function rulesOf(header: readonly string[], doses: readonly number[] = [1, 2]): AssignmentRowRules {
  const found = findAssignmentHeader([['3回目の割り当て（2月分）'], header], doses.length > 1);
  if (!found.ok) throw new Error(found.sentence);
  return {
    columns: found.columns,
    couponNumber: { digits: 10 },
    doses,
    venueOf: venueFinder(venues),
    today: '2026-05-01',
  };
}

const header = ['券番号', '接種会場', '接種日', '開始時刻', '回'];
const read = (...cells: string[]) => {
  const rules = rulesOf(header);
  const result = readAssignmentRow(cellsOf(cells, rules.columns), rules);
  return result.ok ? result.row : result.fault;
};

test.each([
  ['9900000001', '桜木会場', '2026-05-29', '10:30', '1'],
  ['９９００００－０００１', 'SAKURAGI', '令和8年5月29日', '10時30分', '１回目'],
  ['="9900000001"', 'ｓａｋｕｒａｇｉ', 'R8.5.29', '1030', '第1回'],
  ['9900000001', '桜木　会場', '2026/5/29（金）', '10:30:00', '1'],
])('%s %s %s %s %s is one and the same appointment', (...cells) => {
  expect(read(...cells)).toEqual({
    number: '9900000001',
    venueId: 'v1',
    startsAt: new Date('2026-05-29T01:30:00Z'),
    dose: 1,
  });
});

test.each([
  [['', '桜木会場', '2026-05-29', '10:30', '1'], 'number_missing'],
  [['1.2E+09', '桜木会場', '2026-05-29', '10:30', '1'], 'number_exponent'],
  [['990000001', '桜木会場', '2026-05-29', '10:30', '1'], 'number_zero_lost'],
  [['9900000001', '', '2026-05-29', '10:30', '1'], 'venue_missing'],
  [['9900000001', '西会場', '2026-05-29', '10:30', '1'], 'venue_unknown'],
  [['9900000001', '東会場', '2026-05-29', '10:30', '1'], 'venue_ambiguous'],
  [['9900000001', '桜木会場', '', '10:30', '1'], 'date_missing'],
  [['9900000001', '桜木会場', '2026-02-30', '10:30', '1'], 'date_malformed'],
  [['9900000001', '桜木会場', '2126-05-29', '10:30', '1'], 'date_malformed'],
  [['9900000001', '桜木会場', '2026-05-29', '', '1'], 'time_missing'],
  [['9900000001', '桜木会場', '2026-05-29', '25:00', '1'], 'time_malformed'],
  [['9900000001', '桜木会場', '2026-05-29', '10:30', '3'], 'dose_unknown'],
  [['9900000001', '桜木会場', '2026-05-29', '10:30', ''], 'dose_unknown'],
])('%j is refused: %s', (cells, fault) => {
  expect(read(...cells)).toBe(fault);
  expect(explainAssignmentFault(fault)).toMatch(/。$/);
});

test('a venue code goes before its name, and where there is one dose it need not be written', () => {
  const rules = rulesOf(['接種券番号', '会場コード', '会場名', '日付', '開始', 'メールアドレス', '電話番号'], [1]);
  const result = readAssignmentRow(
    cellsOf(
      ['9900000001', 'east-2', '東会場', '20260529', '9:00', 'hana..t.@docomo.ne.jp', '０２５－１２３－４５６７'],
      rules.columns,
    ),
    rules,
  );
  expect(result).toMatchObject({
    ok: true,
    row: { venueId: 'v3', dose: 1, email: 'hana..t.@docomo.ne.jp', telephone: '0251234567' },
  });
});

test('without a header, or with half of one, nothing is guessed', () => {
  expect(findAssignmentHeader([['9900000001', '桜木会場', '2026-05-29', '10:30', '1']], true)).toMatchObject({
    ok: false,
    code: 'no_header',
  });
  expect(findAssignmentHeader([['接種券番号', '会場', '日付']], true)).toMatchObject({
    ok: false,
    code: 'columns_missing',
    sentence: '見出しに「開始」「回」の列がありません。',
  });
  expect(findAssignmentHeader([['接種券番号', '会場', '日付', '日付', '開始', '回']], true)).toMatchObject({
    ok: false,
    code: 'columns_twice',
  });
});

test('a refusal of the rules is told with the facts of the case, to a person who looks at a row', () => {
  expect(explainAssignmentFault('too_early_for_dose', { earliest: '2026-05-29' })).toBe(
    '前の回から必要な間隔があいていません。2026年5月29日（金）以降なら予約できます。',
  );
  expect(explainAssignmentFault('slot_full')).toBe('この枠の席が足りません。');
  expect(explainAssignmentFault('constructor')).toBe('予約できません。');
});
