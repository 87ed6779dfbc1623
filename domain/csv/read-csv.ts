export interface CsvRecord {
  /** The line of the file on which the record begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type CsvResult =
  | { readonly ok: true; readonly records: readonly CsvRecord[] }
  /** The quote opened on this line is never closed. */
  | { readonly ok: false; readonly openQuoteLine: number };

/**
 * Reads a small file whole (sheets that staff load by hand; the eligibility import streams). Quotes may hold commas, line
 * breaks and doubled quotes; CRLF, LF and CR end a row. Rows without any content are left out.
 */
export function readCsv(text: string): CsvResult {
  const records: CsvRecord[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  let openedOn = 1;
  const endCell = () => {
    cells.push(cell);
    cell = '';
    wasQuoted = false;
  };
  const endRecord = () => {
    endCell();
    if (cells.some((item) => item.trim() !== '')) records.push({ line: start, cells });
    cells = [];
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at++) {
    const character = text.charAt(at);
    const isBreak = character === '\n' || character === '\r';
    if (character === '\r' && text.charAt(at + 1) === '\n') {
      if (quoted) cell += '\r';
      at++;
    }
    if (isBreak) line++;
    if (quoted) {
      if (character !== '"') cell += isBreak ? text.charAt(at) : character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '' && !wasQuoted) {
      quoted = true;
      wasQuoted = true;
      openedOn = line;
      cell = '';
    } else if (character === ',') endCell();
    else if (isBreak) {
      endRecord();
      start = line;
    } else cell += character;
  }
  if (quoted) return { ok: false, openQuoteLine: openedOn };
  if (cell !== '' || cells.length > 0 || wasQuoted) endRecord();
  return { ok: true, records };
}
