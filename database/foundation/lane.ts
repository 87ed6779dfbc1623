/** The turn did not come in time. */
export class LaneBusyError extends Error {
  override name = 'LaneBusyError';
}

export interface LaneOptions {
  /** Pieces of work at the same time. */
  readonly width: number;
  /** For a turn, ms. */
  readonly waitMs: number;
}

/**
 * A narrow lane in front of a row that everybody changes one after the other: a request that waits for it waits here, without a connection of
 * the pool, and not for longer than `waitMs`.
 */
export function createLane({ width, waitMs }: LaneOptions): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting = new Set<() => void>();

  async function turn(): Promise<void> {
    if (running < width) {
      running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(begin);
        reject(new LaneBusyError('the turn did not come in time'));
      }, waitMs);
      waiting.add(begin);
    });
  }

  /** The next one takes the place of the one that has ended. */
  function pass(): void {
    const [next] = waiting;
    if (next === undefined) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      pass();
    }
  };
}
