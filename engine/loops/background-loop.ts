import { setTimeout as sleep } from 'node:timers/promises';

import type { Log } from './log';

/** Work that is done again and again beside the workers until it is stopped. */
export interface BackgroundLoop {
  start(): void;
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

export interface BackgroundLoopOptions {
  readonly name: string;
  readonly log: Log;
  /** One round; answers how long to pause before the next, ms. */
  readonly round: (signal: AbortSignal) => Promise<number>;
  readonly longestPauseMs?: number;
}

const firstPauseMs = 1_000;

/** An error of a round is one line in the log, and a pause that doubles up to `longestPauseMs`: outages pass. */
export function createBackgroundLoop({
  name,
  log,
  round,
  longestPauseMs = 30_000,
}: BackgroundLoopOptions): BackgroundLoop {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      let pauseMs: number;
      try {
        pauseMs = await round(stopping.signal);
        if (failures > 0) log.info({ failures }, `${name} works again`);
        failures = 0;
      } catch (error) {
        pauseMs = Math.min(firstPauseMs * 2 ** failures, longestPauseMs);
        failures += 1;
        log.warn({ reason: shortReason(error), pauseMs }, `${name} could not go on and will try again`);
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** The first line of an error and of what caused it. */
function shortReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = error.name] = error.message.split('\n');
  return error.cause instanceof Error ? `${line}: ${shortReason(error.cause)}` : line;
}
