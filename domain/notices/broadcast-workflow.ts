/** What the worker says to the workflow of a broadcast. Ids only. */
export const broadcastWorkflowType = 'lineBroadcast';

export function broadcastWorkflowId(broadcastId: string): string {
  return `broadcast/${broadcastId}`;
}

export interface BroadcastInput {
  readonly broadcastId: string;
}

/** How a broadcast ended; `reason` as for notices. */
export interface BroadcastOutcome {
  readonly status: 'sent' | 'skipped' | 'failed' | 'unclear';
  readonly reason?: string;
}
