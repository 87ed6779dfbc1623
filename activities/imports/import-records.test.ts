import fc from 'fast-check';

import { type FileRecord, readRecords } from './import-records';
import { OpenQuoteError } from './open-quote-error';

async function records(
  bytes: Uint8Array,
  pieceBytes = 64 * 1024,
  encoding: 'utf-8' | 'shift_jis' = 'utf-8',
): Promise<FileRecord[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
  }
  const found: FileRecord[] = [];
  for await (const list of readRecords(pieces(), encoding)) found.push(...list);
  return found;
}

describe('the records of a file', () => {
  test('carry the first physical line of each, line breaks inside of quotes counted', async () => {
    const text = 'a,b\r\n"1","x\r\ny"\r\n\r\n3,"say ""hi"""\n4,,\r\n';
    expect(await records(Buffer.from(text))).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', 'x\r\ny'] },
      { line: 4, cells: [''] },
      { line: 5, cells: ['3', 'say "hi"'] },
      { line: 6, cells: ['4', '', ''] },
    ]);
  });

  test('are the same wherever the pieces of the file end', async () => {
    const cell = fc
      .array(fc.constantFrom('0', '9', '𠮷', '髙', 'ァ', '"', ',', '\r\n', ' '), { maxLength: 6 })
      .map((characters) => characters.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, pieceBytes) => {
          const bytes = Buffer.from(
            rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\r\n'),
          );
          const whole = await records(bytes);
          expect(whole.map((record) => record.cells)).toEqual(rows);
          expect(await records(bytes, pieceBytes)).toEqual(whole);
        },
      ),
    );
  });

  test('survive the slices in which they are parsed: no character is cut in two', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `${String(index)},𠮷${'x'.repeat(index % 7)}`);
    const found = await records(Buffer.from(rows.join('\n')));
    expect(found.map((record) => record.cells.join(','))).toEqual(rows);
    expect(found.at(-1)?.line).toBe(3_000);
  });

  test('CP932 with the characters of its extensions and private use (外字)', async () => {
    const bytes = Buffer.concat([Buffer.from([0x87, 0x40, 0xfb, 0xfc, 0xfa, 0xb1, 0xf0, 0x40]), Buffer.from(',1\r\n')]);
    expect(await records(bytes, 1, 'shift_jis')).toEqual([{ line: 1, cells: ['①髙﨑\uE000', '1'] }]);
  });

  test('a byte order mark is no part of the first cell', async () => {
    expect(await records(Buffer.from('\uFEFF券番号,b\r\n'))).toEqual([{ line: 1, cells: ['券番号', 'b'] }]);
  });

  test.each([
    ['at the end', 'a,b\n1,2\n3,"x\n4,5\n'],
    ['before much text', `a,b\n1,2\n3,"x\n${'4,5\n'.repeat(50_000)}`],
  ])('a quote that is never closed is named by its line: %s', async (_where, text) => {
    await expect(records(Buffer.from(text))).rejects.toMatchObject({ line: 3 });
    await expect(records(Buffer.from(text))).rejects.toBeInstanceOf(OpenQuoteError);
  });
});
