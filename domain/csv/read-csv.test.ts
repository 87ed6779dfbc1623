import fc from 'fast-check';

import { readCsv } from './read-csv';
import { csvText, unguardFormula } from './write-csv';

const cellsOf = (text: string) => {
  const result = readCsv(text);
  return result.ok ? result.records.map((record) => [record.line, ...record.cells]) : result;
};

test.each([
  [
    'a,b\r\nc,d\r\n',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ],
  ],
  [
    '\uFEFFa,b\nc,d',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ],
  ],
  [
    'a\rb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    '"x,y","1\r\n2",""\r\nz',
    [
      [1, 'x,y', '1\r\n2', ''],
      [3, 'z'],
    ],
  ],
  ['"a ""b"" c"', [[1, 'a "b" c']]],
  [
    'a,,\r\n,,\r\n\r\n  \r\nb',
    [
      [1, 'a', '', ''],
      [5, 'b'],
    ],
  ],
  ['5"の机,x', [[1, '5"の机', 'x']]],
  ['a,', [[1, 'a', '']]],
  ['', []],
  ['a\n"b\nc', { ok: false, openQuoteLine: 2 }],
])('%j', (text, expected) => {
  expect(cellsOf(text)).toEqual(expected);
});

test('what was written is read back, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { maxLength: 6 }), (rows) => {
      fc.pre(
        rows.every((row) => row.some((cell) => cell.trim() !== '') && row.every((cell) => !/^'[=+\-@\t\0]/.test(cell))),
      );
      const result = readCsv(csvText(['一', '二'], rows));
      expect(result.ok && result.records.slice(1).map((record) => record.cells.map(unguardFormula))).toEqual(rows);
    }),
  );
});
