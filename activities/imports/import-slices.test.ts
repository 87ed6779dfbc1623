import fc from 'fast-check';

import { eachRecord, type FileRecord, readRecords } from './import-records';
import { type FileSlice, slicesOf } from './import-slices';
import { OpenQuoteError } from './open-quote-error';

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
}

/** What the parser reads of the file as a whole. */
async function parsed(bytes: Uint8Array): Promise<FileRecord[]> {
  const found: FileRecord[] = [];
  for await (const list of readRecords(inPieces(bytes, 64 * 1024), 'utf-8')) found.push(...list);
  return found;
}

async function sliced(
  bytes: Uint8Array,
  { pieceBytes = 7, recordsOfASlice = 2, startAt = 0 } = {},
): Promise<{ records: FileRecord[]; slices: FileSlice[] }> {
  const records: FileRecord[] = [];
  const slices: FileSlice[] = [];
  for await (const slice of slicesOf(inPieces(bytes, pieceBytes), { encoding: 'utf-8', startAt, recordsOfASlice })) {
    slices.push(slice);
    const text = new TextDecoder('utf-8', { ignoreBOM: slice.fromRecord > 0 }).decode(slice.bytes);
    eachRecord(text, slice.line, (record) => records.push(record));
  }
  return { records, slices };
}

/** Quotes that open, close, stand in the middle or are followed by text; line ends of all kinds, and none at the end. */
const strangeFile = fc
  .array(fc.constantFrom('"', '"', ',', '\n', '\r', '\r\n', '9', '髙', '𠮷', ' ', '"x"', '"a""b"', '\uFEFF'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

describe('slices of a file', () => {
  it('give the same records, with the same lines, as the parser gives of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        strangeFile,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (text, pieceBytes, recordsOfASlice) => {
          const bytes = Buffer.from(text);
          const whole = await parsed(bytes).catch((error: unknown) => error);
          const pieces = await sliced(bytes, { pieceBytes, recordsOfASlice }).catch((error: unknown) => error);
          if (whole instanceof OpenQuoteError) expect(pieces).toMatchObject({ name: whole.name, line: whole.line });
          else expect((pieces as { records: FileRecord[] }).records).toEqual(whole);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('go on after the records that are done', async () => {
    const bytes = Buffer.from('a,b\r\n"1","x\r\ny"\r\n\r\n3,c\n4,d');
    const whole = await parsed(bytes);
    for (let startAt = 0; startAt <= whole.length; startAt++) {
      const { records, slices } = await sliced(bytes, { startAt });
      expect(records).toEqual(whole.slice(startAt));
      expect(slices.map((slice) => slice.fromRecord)[0] ?? whole.length).toBe(startAt);
      expect(slices.at(-1)?.toRecord ?? whole.length).toBe(whole.length);
    }
  });

  it('refuse a record that is longer than any of a city, before the rest of the file is read', async () => {
    const bytes = Buffer.from(`a,b\n1,2\n3,"x\n${'4,5\n'.repeat(50_000)}`);
    await expect(sliced(bytes, { pieceBytes: 64 * 1024 })).rejects.toMatchObject({ line: 3 });
  });
});
