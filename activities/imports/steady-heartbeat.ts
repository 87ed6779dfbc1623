import { setImmediate as nextTurn } from 'node:timers/promises';

import { Context } from '@temporalio/activity';

import type { ImportPace } from '../../database/imports';

const heartbeatMs = 2_000;

/** Lets other work of the process go on, and ends here when the activity was cancelled or its worker shuts down. */
export async function turn(): Promise<void> {
  await nextTurn();
  const context = Context.current();
  if (context.cancellationSignal.aborted) await context.cancelled;
}

/** A heartbeat that may be called thousands of times: encoding and sending each would be work of its own. */
export function steadyHeartbeat(): (detail?: number) => void {
  const context = Context.current();
  let last = 0;
  return (detail) => {
    const now = Date.now();
    if (now - last < heartbeatMs) return;
    last = now;
    context.heartbeat(detail);
  };
}

/**
 * Keeps an activity alive that waits for long work of the database: the heartbeats say how far it is, and what is running ends
 * when the activity is cancelled or its worker shuts down.
 */
export async function whileHeartbeating<Value>(work: (pace: ImportPace) => Promise<Value>): Promise<Value> {
  const context = Context.current();
  let progress: { readonly done: number; readonly total: number } | undefined;
  const timer = setInterval(() => {
    context.heartbeat(progress);
  }, heartbeatMs);
  try {
    return await work({
      signal: context.cancellationSignal,
      onProgress: (done, total) => {
        progress = { done, total };
      },
    });
  } finally {
    clearInterval(timer);
  }
}
