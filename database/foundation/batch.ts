import { LaneBusyError } from './lane';

export interface BatchOptions<Item, Result> {
  /** Does the work of all items together: one result each, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Batches at the same time. */
  readonly width: number;
  /** Items of one batch. */
  readonly most: number;
  /** For a turn, ms. */
  readonly waitMs: number;
  /** Two items of the same key never share a batch. */
  readonly keyOf?: (item: Item) => string;
  /** Whether a batch that failed like this did nothing at all, so that its items may be done one by one. */
  readonly isUndone: (error: unknown) => boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Does together what comes at the same time. An item that comes alone is done alone and at once; what comes while a batch is on its way
 * goes with the next one. The more requests there are, the fewer messages each of them costs.
 */
export function createBatch<Item, Result>({
  run,
  width,
  most,
  waitMs,
  keyOf,
  isUndone,
}: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  const waiting = new Set<Waiting<Item, Result>>();
  let running = 0;
  let isAwake = false;

  /** What has been read from all connections in this turn of the loop goes together. */
  function wake(): void {
    if (isAwake || running >= width) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      while (running < width && waiting.size > 0) void send(take());
    });
  }

  function take(): Waiting<Item, Result>[] {
    const taken: Waiting<Item, Result>[] = [];
    const keys = new Set<string>();
    for (const one of waiting) {
      if (taken.length === most) break;
      const key = keyOf?.(one.item);
      if (key !== undefined && keys.has(key)) continue;
      if (key !== undefined) keys.add(key);
      waiting.delete(one);
      clearTimeout(one.timer);
      taken.push(one);
    }
    return taken;
  }

  async function send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    running++;
    try {
      const results = await run(batch.map((one) => one.item));
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && isUndone(error)) await Promise.all(batch.map(alone));
      else for (const one of batch) one.reject(error);
    } finally {
      running--;
      wake();
    }
  }

  /** One item that spoils a batch must not spoil it for the others. */
  async function alone({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    try {
      const [result] = await run([item]);
      resolve(result as Result);
    } catch (error) {
      reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(one);
        reject(new LaneBusyError('the turn did not come in time'));
      }, waitMs);
      const one = { item, resolve, reject, timer };
      waiting.add(one);
      wake();
    });
}
