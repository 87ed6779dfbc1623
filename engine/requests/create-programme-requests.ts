import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';

import {
  cancelPublicationSignalName,
  type ChangeInput,
  changeWorkflowId,
  changeWorkflowType,
  programmeTaskQueue,
  type PublicationInput,
  publicationWorkflowId,
  publicationWorkflowType,
  type RehearsalInput,
  rehearsalWorkflowId,
  rehearsalWorkflowType,
  stopChangeSignalName,
} from '../../domain/programmes/programme-workflow';
import { canSkipTime } from '../temporal/time-skipping';
import type { ProgrammeRequests } from './programme-requests';

/** Staff wait for the answer, ms. */
const answerWithinMs = 5_000;

/** Starts what changes programmes over time in Temporal. Without a client (tests, an app without Temporal) each is refused. */
export function createProgrammeRequests(client: Client): ProgrammeRequests {
  const soon = <Value>(work: () => Promise<Value>) => client.withDeadline(Date.now() + answerWithinMs, work);
  return {
    async startRehearsal(rehearsalId) {
      await soon(() =>
        client.workflow.start(rehearsalWorkflowType, {
          workflowId: rehearsalWorkflowId(rehearsalId),
          taskQueue: programmeTaskQueue,
          staticSummary: 'リハーサル',
          args: [{ rehearsalId } satisfies RehearsalInput],
        }),
      );
    },

    canRehearse: () => soon(() => canSkipTime(client.workflowService, client.options.namespace)),

    async startChange(changeId) {
      try {
        await soon(() =>
          client.workflow.start(changeWorkflowType, {
            workflowId: changeWorkflowId(changeId),
            taskQueue: programmeTaskQueue,
            workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
            staticSummary: '予約への反映',
            args: [{ changeId } satisfies ChangeInput],
          }),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async stopChange(changeId) {
      try {
        await soon(() => client.workflow.getHandle(changeWorkflowId(changeId)).signal(stopChangeSignalName));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },

    async startPublication(publicationId, publishAt) {
      try {
        await soon(() =>
          client.workflow.start(publicationWorkflowType, {
            workflowId: publicationWorkflowId(publicationId),
            taskQueue: programmeTaskQueue,
            workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
            staticSummary: '公開の予定',
            args: [{ releaseId: publicationId, publishAt: publishAt.toISOString() } satisfies PublicationInput],
          }),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async cancelPublication(publicationId) {
      try {
        await soon(() =>
          client.workflow.getHandle(publicationWorkflowId(publicationId)).signal(cancelPublicationSignalName),
        );
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
