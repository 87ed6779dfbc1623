/** How full something is, in words. Colours and marks only come on top. */
export type Availability = 'free' | 'few' | 'full';

/** With this share of the seats left, or fewer than three, people should hurry. */
const fewShare = 0.1;
const fewSeats = 2;

/** @param free seats that can be taken now; @param capacity seats in all */
export function availabilityOf(free: number, capacity: number): Availability {
  if (free <= 0) return 'full';
  return free <= Math.max(fewSeats, Math.floor(capacity * fewShare)) ? 'few' : 'free';
}
