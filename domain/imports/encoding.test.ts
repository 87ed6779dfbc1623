import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { refuseByDelimiter } from './delimiter';
import { EncodingDetector, refuseByFirstBytes } from './encoding';
import { explainFileRefusal } from './file-refusal';

/** Half-width kana, a circled figure, 髙 and 﨑 of CP932's extensions, and a private-use character (外字). */
const cp932Extensions = Buffer.from([0xbb, 0xc4, 0x87, 0x40, 0xfb, 0xfc, 0xfa, 0xb1, 0xf0, 0x40]);

function detect(bytes: Uint8Array, pieceBytes = 7): ReturnType<EncodingDetector['finish']> {
  const detector = new EncodingDetector();
  for (let at = 0; at < bytes.length; at += pieceBytes) detector.push(bytes.subarray(at, at + pieceBytes));
  return detector.finish();
}

describe('the encoding of a file', () => {
  it.each([
    ['plain ASCII', Buffer.from('coupon_number,birth_date\r\n'), 'utf-8'],
    ['UTF-8', Buffer.from('接種券番号,𠮷田,髙橋'), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\uFEFF接種券番号'), 'utf-8'],
    ['CP932', cp932Extensions, 'shift_jis'],
  ])('%s is told, wherever its pieces end', (_name, bytes, encoding) => {
    for (const pieceBytes of [1, 2, 3, 5, 1000]) expect(detect(bytes, pieceBytes)).toEqual({ ok: true, encoding });
  });

  it.each(['eligibility-a.csv', 'eligibility-b.csv'])('%s is CP932', (name) => {
    expect(detect(readFileSync(join(__dirname, '../../test/data', name)), 4096)).toEqual({
      ok: true,
      encoding: 'shift_jis',
    });
  });

  it.each([
    [
      'broken UTF-8 behind a mark',
      Buffer.concat([Buffer.from('\uFEFF接種券'), Buffer.from([0xe7, 0x41])]),
      'broken_utf-8',
    ],
    [
      'cut in the middle of a character',
      Buffer.concat([Buffer.from('\uFEFF接種'), Buffer.from([0xe5, 0x88])]),
      'broken_utf-8',
    ],
    ['neither', Buffer.from([0x82, 0xa0, 0xff, 0xfe, 0x80]), 'unknown'],
    ['ISO-2022-JP', Buffer.from('\u001b$B@\\<o7t\u001b(B,1'), 'iso-2022-jp'],
  ])('%s is refused', (_name, bytes, encoding) => {
    expect(detect(bytes)).toEqual({ ok: false, refusal: { code: 'wrong_encoding', encoding } });
  });
});

describe('what is no text', () => {
  it.each([
    ['a workbook', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14]), { code: 'not_text', kind: 'xlsx' }],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), { code: 'not_text', kind: 'xls' }],
    ['a PDF', Buffer.from('%PDF-1.7'), { code: 'not_text', kind: 'pdf' }],
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08]), { code: 'not_text', kind: 'gzip' }],
    ['UTF-16 with a mark', Buffer.from('\uFEFF接種券番号', 'utf16le'), { code: 'wrong_encoding', encoding: 'utf-16' }],
    [
      'UTF-16 without a mark',
      Buffer.from('coupon_number,birth_date', 'utf16le'),
      { code: 'wrong_encoding', encoding: 'utf-16' },
    ],
    [
      'something else',
      Buffer.concat([Buffer.alloc(1), Buffer.from('a'.repeat(100))]),
      { code: 'not_text', kind: 'binary' },
    ],
  ])('%s is named', (_name, bytes, refusal) => {
    expect(refuseByFirstBytes(bytes)).toEqual(refusal);
  });

  it('says nothing against text', () => {
    expect(refuseByFirstBytes(Buffer.from('接種券番号,生年月日'))).toBeUndefined();
    expect(refuseByFirstBytes(cp932Extensions)).toBeUndefined();
  });
});

describe('the separator of columns', () => {
  it.each([
    ['a,b,c\n1,2,3\n', undefined],
    ['"a;b",c\r\n"1\n2",3\r\n', undefined],
    ['題名\n接種券番号,生年月日\n1,2\n', undefined],
    ['a\tb\tc\n1\t2\t3\n', 'tab'],
    ['a;b;c\n1;2,5;3\n', 'semicolon'],
    ['just words\nand more words\n', 'none'],
  ])('%j', (text, delimiter) => {
    expect(refuseByDelimiter(text)).toEqual(
      delimiter === undefined ? undefined : { code: 'wrong_delimiter', delimiter },
    );
  });

  it('is named with what to do', () => {
    expect(explainFileRefusal({ code: 'wrong_delimiter', delimiter: 'tab' })).toBe(
      '列の区切りがタブになっています。CSV（カンマ区切り）で保存し直してください。',
    );
  });
});
