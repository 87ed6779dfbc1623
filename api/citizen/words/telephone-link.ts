/** `025-000-0000` → `tel:0250000000` */
export function telephoneLink(telephone: unknown): string {
  return `tel:${String(telephone).replace(/[^0-9+]/g, '')}`;
}
