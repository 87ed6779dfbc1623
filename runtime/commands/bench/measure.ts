import { performance } from 'node:perf_hooks';

/** The middle of the values (upper one of two). */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Runs `work` for every item, `concurrency` at a time. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < items.length) {
        const index = next++;
        await work(items[index] as Item, index);
      }
    }),
  );
}

/** One figure of the bench, as it is in `--json` and in the table. */
export interface Figure {
  readonly name: string;
  /** The figure itself: a ratio, or a number of events. */
  readonly value: number;
  /** What design and README promise: `>= 0.4`. */
  readonly wanted: string;
  readonly holds: boolean;
  /** What it was made of, for people: rates, times, sizes with their units. */
  readonly detail: Readonly<Record<string, number | string>>;
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
