import { z } from 'zod';

import { type CsvRecord, readCsv } from '../../../domain/csv/read-csv';
import { refuseByDelimiter } from '../../../domain/imports/delimiter';
import { EncodingDetector, refuseByFirstBytes } from '../../../domain/imports/encoding';
import { explainFileRefusal, type FileRefusal } from '../../../domain/imports/file-refusal';

/** Bytes. A year's slots of a large city; residents come by the import, which streams. */
const sheetLimitBytes = 6 * 1024 * 1024;
/** The same as base64 in JSON. */
export const sheetBodyLimitBytes = Math.ceil(sheetLimitBytes / 3) * 4 + 16 * 1024;

/** A small file as it lies on a person's disk, in a JSON body. */
export const sheetContent = z.base64('ファイルを読み取れませんでした。').min(1, 'ファイルが空です。');

export type SheetResult =
  | { readonly ok: true; readonly header: CsvRecord; readonly rows: readonly CsvRecord[] }
  | { readonly ok: false; readonly sentence: string };

/** A CSV file whole: UTF-8 or CP932, with or without mark; or the sentence that says why not. */
export function readSheet(content: string): SheetResult {
  const bytes = Buffer.from(content, 'base64');
  const refused = (refusal: FileRefusal): SheetResult => ({ ok: false, sentence: explainFileRefusal(refusal) });
  if (bytes.length > sheetLimitBytes)
    return refused({ code: 'too_large', limitMebibytes: sheetLimitBytes / 1024 / 1024 });
  const refusal = bytes.length === 0 ? ({ code: 'empty' } as const) : refuseByFirstBytes(bytes);
  if (refusal) return refused(refusal);
  const detector = new EncodingDetector();
  detector.push(bytes);
  const found = detector.finish();
  if (!found.ok) return refused(found.refusal);
  const text = new TextDecoder(found.encoding, { fatal: true }).decode(bytes);
  const wrong = refuseByDelimiter(text.slice(0, 64 * 1024));
  if (wrong) return refused(wrong);
  const read = readCsv(text);
  if (!read.ok) return refused({ code: 'open_quote', line: read.openQuoteLine });
  const [header, ...rows] = read.records;
  if (!header || rows.length === 0) return refused({ code: 'no_rows' });
  return { ok: true, header, rows };
}
