/** A cell: text is made safe for spreadsheets, numbers stay numbers; null and undefined are empty. */
export type CsvCell = string | number | null | undefined;

/** Excel takes a file for UTF-8 by this mark alone. */
export const byteOrderMark = '\uFEFF';

/** What a spreadsheet would run as a formula, or let run into the next cell. */
const formulaStart = /^[=+\-@\t\0]/;

/** `=1+1` → `'=1+1`: a spreadsheet shows the text instead of computing it. */
export function guardFormula(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

/** Takes away what `guardFormula` put in front, so that an exported file can be loaded again unchanged. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formulaStart.test(text.slice(1)) ? text.slice(1) : text;
}

/** One row, without its line end. */
export function csvLine(cells: readonly CsvCell[]): string {
  return cells.map(csvCell).join(',');
}

/** A whole file for people who open it in a spreadsheet: UTF-8 with its mark, CRLF, formula-safe. The first row is the header. */
export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [csvLine(header)];
  for (const row of rows) lines.push(csvLine(row));
  return `${byteOrderMark}${lines.join('\r\n')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = guardFormula(cell);
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
