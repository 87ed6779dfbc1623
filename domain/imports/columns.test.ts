import fc from 'fast-check';

import { applyMapping, parseColumnMapping, recogniseHeader } from './columns';

describe('the header of a city file', () => {
  it.each([
    [['接種券番号', '氏名', '氏名カナ', '生年月日', '対象区分'], { number: 1, birth: 4, group: 5, kana: 3 }],
    [['券番号', '生年月日', '対象区分'], { number: 1, birth: 2, group: 3 }],
    [['coupon_number', 'birth_date', 'group', 'kana'], { number: 1, birth: 2, group: 3, kana: 4 }],
    [['備考', ' 接種券 番号 ', '生年　月日', '対象区分'], { number: 2, birth: 3, group: 4 }],
    [['Coupon_Number', 'BIRTH_DATE', 'Ｇｒｏｕｐ'], { number: 1, birth: 2, group: 3 }],
    [['券番号', 'ﾌﾘｶﾞﾅ', '生年月日', '区分'], { number: 1, birth: 3, group: 4, kana: 2 }],
    [['券番号', '氏名（カナ）', '生年月日', '区分'], { number: 1, birth: 3, group: 4, kana: 2 }],
  ])('%j is recognised', (header, columns) => {
    expect(recogniseHeader([header], true)).toEqual({ ok: true, columns, width: header.length, leadingRecords: 1 });
  });

  it('may stand below titles', () => {
    const records = [
      ['接種対象者名簿', '', ''],
      ['令和3年4月1日現在', '', ''],
      ['接種券番号', '生年月日', '対象区分'],
      ['0012345678', '1947-04-01', '高齢者'],
    ];
    expect(recogniseHeader(records, true)).toMatchObject({ ok: true, leadingRecords: 3 });
  });

  it.each([
    [[['0012345678', '1947-04-01', '高齢者']], { code: 'no_header' }],
    [[['接種券番号', '対象区分']], { code: 'columns_missing', columns: ['birth'] }],
    [[['接種券番号', '生年月日']], { code: 'columns_missing', columns: ['group'] }],
    [[['接種券番号', '券番号', '生年月日', '対象区分']], { code: 'columns_twice', columns: ['number'] }],
  ])('%j is refused', (records, refusal) => {
    expect(recogniseHeader(records, true)).toEqual({ ok: false, refusal });
  });

  it('needs no group where rows without one have a place', () => {
    expect(recogniseHeader([['接種券番号', '生年月日']], false)).toMatchObject({
      ok: true,
      columns: { number: 1, birth: 2 },
    });
  });
});

describe('a mapping by position', () => {
  it('is read in any order', () => {
    expect(parseColumnMapping('number=3,birth=5,group=7,kana=4')).toEqual({
      ok: true,
      columns: { number: 3, birth: 5, group: 7, kana: 4 },
    });
    expect(parseColumnMapping(' birth = 2 , number = 1 ')).toEqual({ ok: true, columns: { number: 1, birth: 2 } });
  });

  it.each([
    '',
    'number=3',
    'number=3,birth=3',
    'number=3,birth=0',
    'number=3,birth=5,colour=1',
    'number=3,birth=5,number=4',
    'number:3,birth:5',
  ])('%j is refused in words', (text) => {
    const result = parseColumnMapping(text);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.sentence).toMatch(/。$/);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseColumnMapping(text);
      }),
    );
  });

  it('keeps the first row of a file without header and skips a header', () => {
    const columns = { number: 1, birth: 2, group: 3 };
    expect(applyMapping([['0012345678', '1947-04-01', '一般']], columns, true)).toEqual({
      ok: true,
      columns,
      width: 3,
      leadingRecords: 0,
    });
    expect(applyMapping([['番号', '誕生', '種別']], columns, true)).toMatchObject({ ok: true, leadingRecords: 1 });
    expect(
      applyMapping(
        [
          ['', '', ''],
          ['0012345678', '1947-04-01', '一般'],
        ],
        columns,
        true,
      ),
    ).toMatchObject({ ok: true, leadingRecords: 1, width: 3 });
  });

  it('must fit the file', () => {
    expect(applyMapping([['0012345678', '1947-04-01']], { number: 1, birth: 5 }, false)).toEqual({
      ok: false,
      refusal: { code: 'mapping_beyond_file', width: 2 },
    });
    expect(applyMapping([['0012345678', '1947-04-01']], { number: 1, birth: 2 }, true)).toEqual({
      ok: false,
      refusal: { code: 'columns_missing', columns: ['group'] },
    });
  });
});
