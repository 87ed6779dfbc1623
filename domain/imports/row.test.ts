import fc from 'fast-check';

import { checkRow, isBlankRow, type RowRules } from './row';
import { explainRowError, rowErrorCodes } from './row-error';
import { refuseByRows, removal } from './whole-file-checks';

const rules: RowRules = {
  format: { encoding: 'utf-8', columns: { number: 1, kana: 2, birth: 3, group: 4 }, width: 5, leadingRecords: 1 },
  couponNumber: { digits: 10 },
  groupOf: (text) => ({ 高齢者: 'seniors', '': 'general' })[text],
  today: '2021-04-01',
};

describe('a row of a city file', () => {
  it('keeps number, birth date, group and kana, and nothing else', () => {
    expect(checkRow(['0012345678', 'ホンマ　レン', '1947/4/1', '高齢者', '転出'], rules)).toEqual({
      ok: true,
      row: { number: '0012345678', birthDate: '1947-04-01', groupCode: 'seniors', kana: 'ホンマ　レン' },
    });
    expect(checkRow(['0012345678', ' ', '3220401', ''], rules)).toEqual({
      ok: true,
      row: { number: '0012345678', birthDate: '1947-04-01', groupCode: 'general' },
    });
  });

  it('keeps kana as given, private-use characters included', () => {
    expect(checkRow(['0012345678', 'ﾎﾝﾏ\uE000', '1947/4/1', '高齢者'], rules)).toMatchObject({
      ok: true,
      row: { kana: 'ﾎﾝﾏ\uE000' },
    });
  });

  it('takes off what a spreadsheet puts around a text', () => {
    expect(checkRow(["'0012345678", '', "'1947/4/1", '高齢者'], rules)).toMatchObject({
      ok: true,
      row: { number: '0012345678' },
    });
    expect(checkRow(['="0012345678"', '', '="19470401"', '高齢者'], rules)).toMatchObject({
      ok: true,
      row: { number: '0012345678', birthDate: '1947-04-01' },
    });
  });

  it.each([
    [['9.93E+09', '', '1947/4/1', '高齢者'], ['number_exponent'], undefined],
    [['993000001', '', '1947/4/1', '高齢者'], ['number_zero_lost'], undefined],
    [['', '', '1947/4/1', '高齢者'], ['number_missing'], undefined],
    [['0012345678', '', '昭和64年2月1日', '高齢者'], ['birth_outside_era'], '0012345678'],
    [['0012345678', '', '1947/2/30', '高齢者'], ['birth_no_such_day'], '0012345678'],
    [['0012345678', '', '2031-01-01', '高齢者'], ['birth_future'], '0012345678'],
    [['0012345678', '', '1947/4/1', '学生'], ['group_unknown'], '0012345678'],
    [['0012345678', 'ア'.repeat(101), '1947/4/1', '高齢者'], ['kana_too_long'], '0012345678'],
    [
      ['0012345678', 'ホンマ', 'レン', '1947/4/1', '高齢者', '備考'],
      ['too_many_cells', 'birth_unreadable', 'group_unknown'],
      '0012345678',
    ],
    [['0012345678'], ['birth_missing'], '0012345678'],
    [['x', '', 'x', 'x'], ['number_not_digits', 'birth_unreadable', 'group_unknown'], undefined],
  ])('%j is refused: %j', (cells, codes, number) => {
    const result = checkRow(cells, rules);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.errors.map((error) => error.code)).toEqual(codes);
    expect(result.number).toBe(number);
  });

  it('is blank when only commas are left', () => {
    expect(isBlankRow(['', ' ', '　'])).toBe(true);
    expect(isBlankRow([''])).toBe(true);
    expect(isBlankRow(['', '0'])).toBe(false);
  });

  it('is checked whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 8 }), (cells) => {
        const result = checkRow(cells, rules);
        if (!result.ok) expect(result.errors.length).toBeGreaterThan(0);
      }),
    );
  });

  it('has a sentence for every error, without the value', () => {
    for (const code of rowErrorCodes) expect(explainRowError(code, 10)).toMatch(/。$/);
  });
});

describe('the checks of the whole file', () => {
  it('refuses a file of which more than half cannot be read', () => {
    expect(refuseByRows({ records: 0, bad: 0 })).toEqual({ code: 'no_rows' });
    expect(refuseByRows({ records: 100, bad: 51 })).toEqual({ code: 'mostly_bad', bad: 51, records: 100 });
    expect(refuseByRows({ records: 100, bad: 50 })).toBeUndefined();
  });

  it('removes nobody but with a full set, and nobody while a number is unreadable', () => {
    expect(removal({ isFullSet: false, missing: 3, unreadableNumbers: 0 })).toEqual({ toRemove: 0 });
    expect(removal({ isFullSet: true, missing: 3, unreadableNumbers: 0 })).toEqual({ toRemove: 3 });
    expect(removal({ isFullSet: true, missing: 3, unreadableNumbers: 1 })).toEqual({
      toRemove: 0,
      removalBlocked: 'unreadable_numbers',
    });
    expect(removal({ isFullSet: true, missing: 0, unreadableNumbers: 1 })).toEqual({ toRemove: 0 });
  });
});
