import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

import type { ImportRunStore, ImportStaging } from '../../database/imports';
import { importWorkflowId } from '../../domain/imports/import-workflow';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

export interface ImportSweeperOptions {
  readonly client: Client;
  readonly runs: Pick<ImportRunStore, 'open' | 'end' | 'get'>;
  readonly staging: Pick<ImportStaging, 'drop' | 'stop'>;
  readonly log: Log;
  readonly everyMs?: number;
  /** How old a run must be before it counts as abandoned: its workflow is started a moment after it, ms. */
  readonly patienceMs?: number;
}

const callWithinMs = 10_000;
const notFound = 5;
const running = temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;

/**
 * Ends import runs whose workflow is no longer there (terminated by hand, lost with Temporal's data, never started):
 * their staged rows go, and the keys can be rotated again.
 */
export function createImportSweeper({
  client,
  runs,
  staging,
  log,
  everyMs = 60_000,
  patienceMs = 120_000,
}: ImportSweeperOptions): BackgroundLoop {
  async function isRunning(runId: string): Promise<boolean> {
    try {
      const { workflowExecutionInfo } = await client.connection.withDeadline(Date.now() + callWithinMs, () =>
        client.workflowService.describeWorkflowExecution({
          namespace: client.options.namespace,
          execution: { workflowId: importWorkflowId(runId) },
        }),
      );
      return workflowExecutionInfo?.status === running;
    } catch (error) {
      if (isGrpcServiceError(error) && (error.code as number) === notFound) return false;
      throw error;
    }
  }

  return createBackgroundLoop({
    name: 'the import sweeper',
    log,
    round: async () => {
      let ended = 0;
      for (const runId of await runs.open(patienceMs)) {
        if (await isRunning(runId)) continue;
        // What was taken over before it was left alone stays, and can be undone.
        await staging.stop(await runs.get(runId));
        // `end` leaves alone what ended by itself meanwhile.
        await runs.end(runId, 'failed');
        await staging.drop(runId);
        ended += 1;
      }
      if (ended > 0) log.warn({ ended }, 'ended imports whose workflow is gone');
      return everyMs;
    },
  });
}
