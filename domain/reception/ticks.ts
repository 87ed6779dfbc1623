/**
 * What a day list that worked without the network gives back: which people were seen and when. Ids and times only.
 * The page itself writes it (`api/staff/reception/offline/day-list.js`), so the text that is signed is defined here for both.
 */
export interface DayTicks {
  readonly kind: 'toki-day-ticks';
  /** Id of the day file. */
  readonly file: string;
  /** Booking id and the moment of the tick, in seconds since the epoch. */
  readonly ticks: readonly (readonly [bookingId: string, at: number])[];
  /** HMAC-SHA-256 of `ticksText`, base64. */
  readonly signature: string;
}

/** Ticks of one file to load; a page with more writes several files. */
export const mostTicks = 1_500;

/** The text that the signature is over. */
export function ticksText({ file, ticks }: Pick<DayTicks, 'file' | 'ticks'>): string {
  return [file, ...ticks.map(([bookingId, at]) => `${bookingId} ${String(at)}`)].join('\n');
}
