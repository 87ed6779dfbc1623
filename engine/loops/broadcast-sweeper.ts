import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

import type { LineBroadcasts } from '../../database/notices';
import type { Programmes } from '../../database/programmes';
import { bookingTaskQueue } from '../../domain/contracts/booking-workflow';
import { dueBroadcasts } from '../../domain/notices/broadcast';
import {
  type BroadcastInput,
  broadcastWorkflowId,
  broadcastWorkflowType,
} from '../../domain/notices/broadcast-workflow';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

export interface BroadcastSweeperOptions {
  readonly client: Client;
  readonly broadcasts: Pick<LineBroadcasts, 'open' | 'underWay'>;
  readonly programmes: Pick<Programmes, 'allPublished'>;
  readonly log: Log;
  readonly everyMs?: number;
  readonly clock?: () => Date;
}

/**
 * Notes the broadcasts whose time has come and starts the workflow of each that has not come to its end. However many workers look, and
 * however often: one row a day, one workflow for a row.
 */
export function createBroadcastSweeper({
  client,
  broadcasts,
  programmes,
  log,
  everyMs = 15_000,
  clock = () => new Date(),
}: BroadcastSweeperOptions): BackgroundLoop {
  async function start(broadcastId: string): Promise<void> {
    try {
      await client.workflow.start(broadcastWorkflowType, {
        workflowId: broadcastWorkflowId(broadcastId),
        taskQueue: bookingTaskQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: '一斉のお知らせ（LINE）',
        args: [{ broadcastId } satisfies BroadcastInput],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  return createBackgroundLoop({
    name: 'the look for broadcasts that are due',
    log,
    round: async () => {
      for (const version of await programmes.allPublished()) {
        for (const { broadcast, day } of dueBroadcasts(version.document, clock())) {
          await broadcasts.open({
            programmeId: version.programmeId,
            programmeVersionId: version.id,
            broadcast: broadcast.id,
            day,
          });
        }
      }
      for (const id of await broadcasts.underWay()) await start(id);
      return everyMs;
    },
  });
}
