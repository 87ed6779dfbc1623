import type { FileRefusal } from './file-refusal';

const delimiters = { comma: ',', tab: '\t', semicolon: ';' } as const;

/**
 * Whether the columns of a text are parted by commas; tabs and semicolons are named in the refusal.
 * @param text the beginning of the file
 */
export function refuseByDelimiter(text: string): FileRefusal | undefined {
  const lines = text
    .replace(/"[^"]*"/g, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  // The separator of columns is in every line; a comma that belongs to the text does not.
  const regular = (separator: string): number => Math.min(...lines.map((line) => line.split(separator).length - 1));
  if (lines.length === 0 || regular(delimiters.comma) > 0) return undefined;
  if (regular(delimiters.tab) > 0) return { code: 'wrong_delimiter', delimiter: 'tab' };
  if (regular(delimiters.semicolon) > 0) return { code: 'wrong_delimiter', delimiter: 'semicolon' };
  return lines.some((line) => line.includes(delimiters.comma))
    ? undefined
    : { code: 'wrong_delimiter', delimiter: 'none' };
}
