/** The first instant of a city day. */
export function dayStart(day: string): string {
  return `${day}T00:00:00+09:00`;
}

/** The first instant after a city day. */
export function dayEnd(day: string): string {
  return new Date(Date.parse(dayStart(day)) + 86_400_000).toISOString();
}
