/** A quote that opens on this line is never closed: what follows cannot be told apart. */
export class OpenQuoteError extends Error {
  override name = 'OpenQuoteError';
  constructor(readonly line: number) {
    super(`the quote opened on line ${String(line)} is not closed`);
  }
}
