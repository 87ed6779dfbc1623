import { setImmediate as nextTurn } from 'node:timers/promises';

import { Context } from '@temporalio/activity';

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

/** Keeps an activity alive that waits for one long statement of the database. */
export async function whileHeartbeating<Value>(work: () => Promise<Value>): Promise<Value> {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat();
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
