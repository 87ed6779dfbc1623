import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

import {
  type AssignmentInput,
  assignmentWorkflowId,
  assignmentWorkflowType,
} from '../../domain/imports/assignment-workflow';
import { importTaskQueue } from '../../domain/imports/import-workflow';
import type { AssignmentRequests } from './assignment-requests';

/** A person is waiting in front of a screen, ms. */
const answerWithinMs = 5_000;
const summaries = {
  check: '予約の割り当て：確認',
  book: '予約の割り当て：予約',
  take_back: '予約の割り当て：取り消し',
} as const;

/** Starts the workflows of assigned appointments, on the queue of the imports. */
export function createAssignmentRequests(temporal: Client): AssignmentRequests {
  return {
    async start(runId, part) {
      const input: AssignmentInput = { runId, part };
      try {
        await temporal.withDeadline(Date.now() + answerWithinMs, () =>
          temporal.workflow.start(assignmentWorkflowType, {
            taskQueue: importTaskQueue,
            workflowId: assignmentWorkflowId(runId, part),
            args: [input],
            staticSummary: summaries[part],
            // One that broke down may be gone on with; one that runs or has done its part is the answer.
            workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        );
        return true;
      } catch (error) {
        return error instanceof WorkflowExecutionAlreadyStartedError;
      }
    },
  };
}
