import { z } from 'zod';

/** Where the next page begins, as it travels: what the last line was ordered by. Its parts are checked by `schema` when it comes back. */
export function cursorOf(...parts: readonly (string | number | Date)[]): string {
  return parts.map((part) => (part instanceof Date ? part.toISOString() : String(part))).join('~');
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
