import { z } from 'zod';

import { type CsvCell, csvText } from '../../../domain/csv/write-csv';
import type { AppContext } from '../../shared/state';

/** What a route that gives a CSV file says of itself. */
export const csvFile = { media: 'text/csv; charset=utf-8', answer: z.string() } as const;

/** The file itself, under a name that says what it is; nobody keeps it on the way. */
export function csvAnswer(
  ctx: AppContext,
  name: string,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
): { readonly answer: string } {
  ctx.attachment(`${name}.csv`);
  ctx.set('Cache-Control', 'no-store');
  return { answer: csvText(header, rows) };
}
