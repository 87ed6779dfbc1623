import { columnOfHeader, foldHeader, headerWithinRecords } from '../columns';

/** The columns of a file of assigned appointments. */
export const assignmentColumns = [
  'number',
  'venueCode',
  'venue',
  'date',
  'time',
  'dose',
  'telephone',
  'email',
] as const;
export type AssignmentColumn = (typeof assignmentColumns)[number];

export const assignmentColumnNames: Readonly<Record<AssignmentColumn, string>> = {
  number: '接種券番号',
  venueCode: '会場コード',
  venue: '会場',
  date: '日付',
  time: '開始',
  dose: '回',
  telephone: '電話番号',
  email: 'メールアドレス',
};

/** Headers as cities write them, folded by `foldHeader`. The number's are those of the file of residents. */
const headers: Readonly<Record<Exclude<AssignmentColumn, 'number'>, readonly string[]>> = {
  venueCode: ['会場コード', '会場番号', 'venue_code'],
  venue: ['会場', '会場名', '接種会場', '接種会場名', 'venue'],
  date: ['日付', '接種日', '予約日', '接種予定日', '年月日', 'date'],
  time: ['開始', '時刻', '開始時刻', '時間', '開始時間', '接種時刻', '予約時刻', '予約時間', 'time', 'start'],
  dose: ['回', '回数', '接種回', '接種回数', '回目', 'dose'],
  telephone: ['電話番号', '電話', '連絡先電話番号', 'telephone', 'tel'],
  email: ['メールアドレス', 'メール', 'email', 'e-mail'],
};
const columnByHeader = new Map(
  Object.entries(headers).flatMap(([column, names]) =>
    names.map((name) => [name, column as AssignmentColumn] as const),
  ),
);

/** Column → position from 0. */
export type AssignmentPositions = Readonly<Partial<Record<AssignmentColumn, number>>>;

export type AssignmentHeader =
  | { readonly ok: true; readonly columns: AssignmentPositions; readonly leadingRecords: number }
  | { readonly ok: false; readonly code: 'no_header' | 'columns_missing' | 'columns_twice'; readonly sentence: string };

/**
 * Finds the header among the first records: titles may stand above it. `needsDose`: the programme has more than one.
 * Positions alone are not enough here: a slipped column would send people to another place at another time.
 */
export function findAssignmentHeader(records: readonly (readonly string[])[], needsDose: boolean): AssignmentHeader {
  let best: { index: number; found: Map<AssignmentColumn, number[]> } | undefined;
  for (const [index, record] of records.slice(0, headerWithinRecords).entries()) {
    const found = new Map<AssignmentColumn, number[]>();
    for (const [position, cell] of record.entries()) {
      const column = columnOfHeader(cell) === 'number' ? 'number' : columnByHeader.get(foldHeader(cell));
      if (column !== undefined) found.set(column, [...(found.get(column) ?? []), position]);
    }
    if (found.size > (best?.found.size ?? 1)) best = { index, found };
  }
  if (!best)
    return {
      ok: false,
      code: 'no_header',
      sentence:
        '見出しの行がわかりません。1行目に「接種券番号」「会場」「日付」「開始」「回」の見出しを置いてください。',
    };
  const { found, index } = best;
  const twice = assignmentColumns.filter((column) => (found.get(column)?.length ?? 0) > 1);
  if (twice.length > 0)
    return {
      ok: false,
      code: 'columns_twice',
      sentence: `見出しに${quoted(twice)}の列が二つ以上あります。一つにしてください。`,
    };
  const missing = (['number', 'venue', 'date', 'time', 'dose'] as const).filter((column) =>
    column === 'venue'
      ? !found.has('venue') && !found.has('venueCode')
      : column === 'dose'
        ? needsDose && !found.has('dose')
        : !found.has(column),
  );
  if (missing.length > 0)
    return { ok: false, code: 'columns_missing', sentence: `見出しに${quoted(missing)}の列がありません。` };
  return {
    ok: true,
    columns: Object.fromEntries([...found].map(([column, at]) => [column, at[0]])),
    leadingRecords: index + 1,
  };
}

function quoted(columns: readonly AssignmentColumn[]): string {
  return columns.map((column) => `「${assignmentColumnNames[column]}」`).join('');
}
