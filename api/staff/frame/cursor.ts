import { z } from 'zod';

/** Where the next page begins, as it travels: what the last line was ordered by. Its parts are checked by `schema` when it comes back. */
export function cursorOf(...parts: readonly (string | number | Date)[]): string {
  return parts.map((part) => (part instanceof Date ? part.toISOString() : String(part))).join('~');
}

/**
 * The lines of a page out of one line more than it has room for. A line that is not told whole ends no page, because the cursor would
 * name what the line does not: such lines at the end go to the next page.
 */
export function pageOf<Line>(
  lines: readonly Line[],
  size: number,
  isWhole: (line: Line) => boolean,
): { readonly shown: readonly Line[]; readonly last: Line | undefined } {
  const first = lines.slice(0, size);
  if (lines.length <= size) return { shown: first, last: undefined };
  const end = first.findLastIndex(isWhole);
  const shown = end < 0 ? first : first.slice(0, end + 1);
  return { shown, last: shown.at(-1) };
}

/** A `?after=` parameter with the parts that `schema` names. */
export function cursorQuery<Parts extends z.ZodType>(schema: Parts) {
  return z
    .string()
    .max(200)
    .transform((text) => text.split('~'))
    .pipe(schema as unknown as z.ZodType<z.output<Parts>, string[]>);
}

/** A moment in a cursor. */
export const cursorMoment = z.iso.datetime().transform((text) => new Date(text));
