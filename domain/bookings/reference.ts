/**
 * The short reference of a booking: nine digits, said and shown in groups of three (`482-913-505`). Digits alone,
 * because they are read over the telephone; the last is a check digit, so that a mistyped one is noticed at once.
 * It is no secret and opens nothing by itself.
 */
export function referenceFrom(random: number): string {
  const body = String(Math.floor(random) % 100_000_000).padStart(8, '0');
  return body + luhnDigit(body);
}

/** The nine digits of what a person typed or said (spaces, hyphens, full-width tolerated), or undefined. */
export function parseReference(text: string): string | undefined {
  const digits = text.normalize('NFKC').replace(/[\s\-−ー‐–]/g, '');
  return /^\d{9}$/.test(digits) && luhnDigit(digits.slice(0, 8)) === digits[8] ? digits : undefined;
}

/** `482913505` → `482-913-505` */
export function formatReference(reference: string): string {
  return `${reference.slice(0, 3)}-${reference.slice(3, 6)}-${reference.slice(6)}`;
}

function luhnDigit(body: string): string {
  let sum = 0;
  for (let index = 0; index < body.length; index++) {
    const digit = Number(body[body.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}
