import { gzipSync } from 'node:zlib';

import iconv from 'iconv-lite';

import { explainFileRefusal } from '../../domain/imports/file-refusal';
import type { ColumnPositions } from '../../domain/imports/format';
import { phaseWords } from '../../domain/imports/import-words';
import { explainRowError } from '../../domain/imports/row-error';
import { defined } from '../../domain/text/defined';
import { createImportWorld, type ImportWorld } from '../worlds/import-world';

const header = '接種券番号,氏名カナ,生年月日,対象区分,異動事由';
const good = [
  '9600000001,ホンマ　ユイ,1947/4/1,高齢者,',
  '9600000002,アベ　ケン,1950/12/31,一般,',
  '9600000003,サトウ　ハナ,2000/1/2,一般,',
];
const list = (...rows: readonly string[]): string => [header, ...good, ...rows, ''].join('\r\n');
const cp932 = (text: string): Buffer => iconv.encode(text, 'cp932');
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

interface Case {
  readonly content: Buffer | string;
  readonly columns?: ColumnPositions;
  /** The file is refused whole, in this sentence. */
  readonly refused?: string;
  /** What is said of rows: line and sentence. Nothing else is said. */
  readonly said?: readonly (readonly [number, string])[];
  /** Rows that can be taken in. */
  readonly good?: number;
}

const takenIn = (good: number, content: Buffer | string, columns?: ColumnPositions): Case => ({
  content,
  good,
  said: [],
  ...defined({ columns }),
});
const refused = (content: Buffer | string, sentence: string, columns?: ColumnPositions): Case => ({
  content,
  refused: sentence,
  ...defined({ columns }),
});
/** One more row behind three good ones, on line 5. */
const row = (text: string, ...sentences: readonly string[]): Case => ({
  content: list(text),
  said: sentences.map((sentence) => [5, sentence]),
  good: 3,
});

const cases: Readonly<Record<string, Case>> = {
  // What the city's files are known to look like: all of it is understood.
  'CP932 with ①, 髙, 﨑': takenIn(4, cp932(list('9600000009,①髙﨑,1947/4/1,高齢者,'))),
  'CP932 with private-use characters (外字)': takenIn(
    4,
    Buffer.concat([
      cp932([header, ...good].join('\r\n')),
      Buffer.from('\r\n9600000009,'),
      Buffer.from([0xf0, 0x40]),
      cp932(',1947/4/1,高齢者,\r\n'),
    ]),
  ),
  'UTF-8 with a mark': takenIn(3, `\uFEFF${list()}`),
  'line ends of an old Macintosh': takenIn(3, list().replaceAll('\r\n', '\r')),
  'a line break inside of quotes': takenIn(4, list('9600000009,"ホンマ\r\nレン",1947/4/1,高齢者,')),
  'blank rows at the end': takenIn(3, `${list()}\r\n,,,,\r\n ,　,,,\r\n`),
  'titles above the header': takenIn(3, `対象者名簿\r\n令和3年4月1日現在\r\n${list()}`),
  'no header, era codes, columns by position': takenIn(
    3,
    '1,3220401,9600000001,高齢者\r\n2,4010108,9600000002,一般\r\n3,5010501,9600000003,\r\n',
    { number: 3, birth: 2, group: 4 },
  ),
  'the national layout, right-aligned 宛名番号': takenIn(
    2,
    '券番号,自治体コード,宛名番号,生年月日,対象区分\r\n9600000001,151009,      841400,19470401,一般\r\n9600000002,151009,     1400775,19500101,一般\r\n',
  ),
  'numbers in full width, with hyphens, as formulas of text': takenIn(
    6,
    list(
      '９６０００００００４,,１９４７年４月１日,高齢者,',
      '96-0000-0005,,S22.4.1,高齢者,',
      '"=""9600000006""",,昭22.4.1,高齢者,',
    ),
  ),

  // Files that are refused whole.
  'an empty file': refused('', 'ファイルが空です。'),
  'a mark and nothing else': refused('\uFEFF', 'データの行がありません。'),
  'blank lines': refused('\r\n\r\n,,\r\n', 'データの行がありません。'),
  'a header alone': refused(`${header}\r\n`, 'データの行がありません。'),
  'a workbook': refused(
    Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(900, 7)]),
    'Excelのブックのままです。',
  ),
  'an old workbook': refused(
    Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), Buffer.alloc(900, 1)]),
    'Excelのブックのままです。',
  ),
  'a PDF': refused('%PDF-1.7\n1 0 obj\n', 'PDFファイルです。'),
  'a compressed file': refused(gzipSync(list()), '圧縮されたファイルです。'),
  'zeros inside': refused(
    Buffer.concat([Buffer.from(header), Buffer.alloc(5), Buffer.from('\r\n1,2\r\n'.repeat(40))]),
    'CSVファイルではありません。',
  ),
  'UTF-16': refused(utf16(list()), '文字コードがUTF-16です。'),
  'UTF-16 the other way round': refused(utf16(list()).swap16(), '文字コードがUTF-16です。'),
  'UTF-32': refused(iconv.encode(list(), 'utf-32le', { addBOM: true }), '文字コードがUTF-32です。'),
  'ISO-2022-JP': refused(
    Buffer.concat([Buffer.from('\u001b$B@\\<o7tHV9f\u001b(B,birth_date\r\n'), Buffer.from('9600000001,1947/4/1\r\n')]),
    '文字コードがJIS（ISO-2022-JP）です。',
  ),
  'UTF-8 that breaks off in a character': refused(
    Buffer.concat([Buffer.from(`\uFEFF${list()}`), Buffer.from([0xe6, 0x8e])]),
    '文字コードはUTF-8のはずですが、壊れている文字があります。',
  ),
  'UTF-8 and CP932 glued together': refused(
    Buffer.concat([Buffer.from(list()), cp932('9600000009,橋本,1947/4/1,高齢者,\r\n'), Buffer.from([0xff])]),
    '文字コードがUTF-8でもShift_JIS（CP932）でもないか',
  ),
  'EUC-JP': refused(iconv.encode(list(), 'euc-jp'), '文字コードがUTF-8でもShift_JIS（CP932）でもないか'),
  tabs: refused(list().replaceAll(',', '\t'), '列の区切りがタブになっています。'),
  semicolons: refused(list().replaceAll(',', ';'), '列の区切りがセミコロンになっています。'),
  'columns of fixed width': refused(
    '9600000001ホンマ　ユイ    19470401\r\n9600000002アベ　ケン      19501231\r\n',
    '列の区切り（カンマ）が見つかりません。',
  ),
  'a web page': refused(
    '<!DOCTYPE html>\n<html><body>ログインしてください</body></html>\n',
    '列の区切り（カンマ）が見つかりません。',
  ),
  'another list': refused('会場,住所\r\n桜木会場,中央区1\r\n', '見出しの行がわかりません。'),
  'no header and nobody says where the columns are': refused(
    '9600000001,1947/4/1,高齢者\r\n',
    '見出しの行がわかりません。',
  ),
  'a header without birth date': refused(
    '接種券番号,対象区分\r\n9600000001,高齢者\r\n',
    '見出しに「生年月日」の列がありません。',
  ),
  'two columns of numbers': refused(
    '接種券番号,券番号,生年月日,対象区分\r\n9600000001,9600000002,1947/4/1,一般\r\n',
    '見出しに「接種券番号」の列が二つ以上あります。',
  ),
  'columns chosen beyond the file': refused(list(), '指定された列がファイルにありません。このファイルの列は5個です。', {
    number: 1,
    birth: 9,
  }),
  'a quote that is never closed': refused(
    list('9600000009,"ホンマ,1947/4/1,高齢者,', '9600000010,,1947/4/1,高齢者,'),
    '5行目の引用符（"）が閉じていません。',
  ),
  'the wrong columns': refused(list(), '3行のうち3行が読み取れません。', { number: 3, birth: 1 }),
  'numbers that a spreadsheet has ruined': refused(
    [header, '9.6E+09,,1947/4/1,一般,', '9.6E+09,,1948/4/1,一般,', '9600000001,,1949/4/1,一般,'].join('\r\n'),
    '3行のうち2行が読み取れません。',
  ),

  // Rows: each is named by its line, the others go on.
  '1.23457E+09': row('9.60001E+09,,1947/4/1,高齢者,', '接種券番号が 1.23E+09 のような形に変わっています。'),
  'the leading zero lost': row(
    '960000009,,1947/4/1,高齢者,',
    '接種券番号が9けたです。表計算ソフトで先頭の0が消えた可能性があります。',
  ),
  'too few digits': row('96000,,1947/4/1,高齢者,', '接種券番号のけた数が足りません'),
  'too many digits': row('96000000091,,1947/4/1,高齢者,', '接種券番号のけた数が多すぎます'),
  'a letter O for a zero': row('96OOOOOOO9,,1947/4/1,高齢者,', '接種券番号に数字でない文字があります。'),
  'a number with decimals': row('9600000009.0,,1947/4/1,高齢者,', '接種券番号に数字でない文字があります。'),
  'no number': row(',ホンマ　レン,1947/4/1,高齢者,', '接種券番号がありません。'),
  'no birth date': row('9600000009,,,高齢者,', '生年月日がありません。'),
  'a day that never was (昭和64年2月1日)': row(
    '9600000009,,昭和64年2月1日,高齢者,',
    '生年月日の元号と日付が合いません',
  ),
  '30 February': row('9600000009,,1947/2/30,高齢者,', '生年月日が暦にない日付です。'),
  'born tomorrow': row('9600000009,,2999-01-01,高齢者,', '生年月日が今日より後です。'),
  'born before 明治': row('9600000009,,1850/1/1,高齢者,', '生年月日が古すぎます'),
  'a year of two digits without era': row('9600000009,,47/4/1,高齢者,', '生年月日の元号がわかりません。'),
  'yymmdd without era': row('9600000009,,220401,高齢者,', '生年月日の元号がわかりません。'),
  'an era code that is none': row('9600000009,,9220401,高齢者,', '生年月日を読み取れません。'),
  'American dates': row('9600000009,,4/1/1947,高齢者,', '生年月日を読み取れません。'),
  'the number of a day (17258)': row(
    '9600000009,,17258,高齢者,',
    '生年月日が 17258 のような、表計算ソフトの通し番号になっています。',
  ),
  'a column that was too narrow (########)': row('9600000009,,########,高齢者,', '生年月日が ##### になっています。'),
  'the error of a formula': row('9600000009,,#N/A,高齢者,', '生年月日を読み取れません。'),
  'a group nobody knows': row('9600000009,,1947/4/1,学生,', '対象区分が、この事業にない区分です。'),
  'an address where the kana should be': row(`9600000009,${'ア'.repeat(120)},1947/4/1,高齢者,`, '氏名カナが長すぎます'),
  'a comma inside of a name': row(
    '9600000009,ホンマ,レン,1947/4/1,高齢者,在住',
    '列の数が見出しより多いです。',
    '生年月日を読み取れません。',
    '対象区分が、この事業にない区分です。',
  ),
  'the header once more, in the middle': row(
    header,
    '接種券番号に数字でない文字があります。',
    '生年月日を読み取れません。',
    '対象区分が、この事業にない区分です。',
  ),
  'a row of totals': row('合計,,3人,,', '接種券番号に数字でない文字があります。', '生年月日を読み取れません。'),
  'a row that breaks off': row('9600000009', '生年月日がありません。'),
  'the same row twice': { content: list(good[0]!), good: 3, said: [[5, '同じ内容の行がもう一つあります。']] },
  'a number twice, with two birth dates': {
    content: list('9600000001,ホンマ　ユイ,1948/4/1,高齢者,', '9600000004,,1960/1/1,一般,'),
    good: 3,
    said: [
      [2, '同じ接種券番号で内容の違う行があります。'],
      [5, '同じ接種券番号で内容の違う行があります。'],
    ],
  },
  'one person under two numbers': {
    content: list('9600000009,ホンマ　ユイ,1947/4/1,高齢者,'),
    good: 4,
    said: [
      [2, '生年月日と氏名カナが同じ方が、別の接種券番号にもいます。'],
      [5, '生年月日と氏名カナが同じ方が、別の接種券番号にもいます。'],
    ],
  },
  'somebody who moved out': {
    content: list('9600000009,,1947/4/1,高齢者,転出（4月）'),
    good: 3,
    said: [[5, '転出した方の行です。']],
  },
  'somebody who died': {
    content: list('9600000009,,1947/4/1,高齢者,死亡'),
    good: 3,
    said: [[5, '亡くなった方の行です。']],
  },
  'somebody who will move out, and did not yet': takenIn(4, list('9600000009,,1947/4/1,高齢者,転出予定')),
  'moved out, and on another row still there': {
    content: list('9600000001,ホンマ　ユイ,1947/4/1,高齢者,転出', '9600000004,,1960/1/1,一般,'),
    good: 3,
    said: [
      [2, '同じ接種券番号で内容の違う行があります。'],
      [5, '同じ接種券番号で内容の違う行があります。'],
    ],
  },
};

describe('every way in which a file goes wrong', () => {
  let world: ImportWorld;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
  });
  afterAll(() => world.close());

  it.each(Object.entries(cases))(
    '%s',
    async (_name, { content, columns, refused: sentence, said = [], good: expected }) => {
      const outcome = await world.import(content, {
        approve: () => Promise.resolve(false),
        ...defined({ columns }),
      });
      expect(await world.residents()).toEqual([]);
      expect(await world.leftovers()).toEqual({ tables: 0, pieces: 0 });
      if (sentence !== undefined) {
        expect([outcome.phase, outcome.refusal && explainFileRefusal(outcome.refusal)]).toEqual([
          'refused',
          expect.stringContaining(sentence),
        ]);
        expect(phaseWords(outcome.phase)).toContain('何も変わっていません');
        return;
      }
      const errors = (await world.errors(outcome.runId)).map(
        ({ line, code }) => [line, explainRowError(code, 10)] as const,
      );
      const expectation = said.map(([line, words]) => [line, expect.stringContaining(words) as unknown]);
      expect({ phase: outcome.phase, good: outcome.summary?.good, errors }).toEqual({
        phase: 'rejected',
        good: expected,
        errors: expect.arrayContaining(expectation) as unknown,
      });
      expect(errors).toHaveLength(said.length);
    },
  );
});
