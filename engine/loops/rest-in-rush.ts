/** While citizens wait, one part of this many is work, the others are pause. */
const parts = 5;

/** How long a loop rests while citizens wait, ms: at most a fifth of its time is work, and a long morning is not left behind for ever. */
export function restInRush(startedAt: number, pollMs: number): number {
  return Math.max(pollMs, (Date.now() - startedAt) * (parts - 1));
}
