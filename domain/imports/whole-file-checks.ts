import type { FileRefusal } from './file-refusal';

/**
 * Whether a file is fit to be looked at further, after all rows are checked. A file of which more than half cannot be
 * read is not the file it claims to be: wrong columns, another programme's, or damaged.
 */
export function refuseByRows({
  records,
  bad,
}: {
  readonly records: number;
  readonly bad: number;
}): FileRefusal | undefined {
  if (records === 0) return { code: 'no_rows' };
  return bad * 2 > records ? { code: 'mostly_bad', bad, records } : undefined;
}

/**
 * How many residents a full set would remove. A row whose number could not be read may be anybody's, so nobody is
 * removed as long as there is one: a damaged row must never cost a person the right to book.
 */
export function removal({
  isFullSet,
  missing,
  unreadableNumbers,
}: {
  readonly isFullSet: boolean;
  readonly missing: number;
  readonly unreadableNumbers: number;
}): {
  readonly toRemove: number;
  readonly removalBlocked?: 'unreadable_numbers';
} {
  if (!isFullSet || missing === 0) return { toRemove: 0 };
  return unreadableNumbers > 0 ? { toRemove: 0, removalBlocked: 'unreadable_numbers' } : { toRemove: missing };
}
