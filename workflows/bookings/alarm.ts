import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer at a time: a new moment takes the place of the old one, the same moment changes nothing. A timer that is
 * still running when the workflow ends is left alone, which saves an event in the history of every booking.
 */
export class Alarm {
  #at: number | undefined;
  #scope: CancellationScope | undefined;
  #hasRung = false;

  /** Since the last `set`. */
  get hasRung(): boolean {
    return this.#hasRung;
  }

  /** @param at ms since the epoch; `summary` is shown beside the timer in the Temporal UI. */
  set(at: number | undefined, summary: string): void {
    this.#hasRung = false;
    if (at === this.#at) return;
    this.#scope?.cancel();
    this.#at = at;
    this.#scope = undefined;
    if (at === undefined) return;
    this.#scope = new CancellationScope();
    this.#scope
      .run(async () => {
        await sleep(Math.max(at - Date.now(), 1), { summary });
        this.#at = undefined;
        this.#scope = undefined;
        this.#hasRung = true;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}
