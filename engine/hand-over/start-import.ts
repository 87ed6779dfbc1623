import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';

import {
  type EligibilityImportInput,
  importTaskQueue,
  importWorkflowId,
  importWorkflowType,
} from '../../domain/imports/import-workflow';

const programmeKey = defineSearchAttributeKey('Programme', 'KEYWORD');

/** Starts the workflow of an import run, once: who comes second gets the handle of the one there is. */
export async function startImportWorkflow(
  temporal: Client,
  runId: string,
  programmeCode: string,
): Promise<WorkflowHandle> {
  const input: EligibilityImportInput = { runId, programmeCode };
  try {
    return await temporal.workflow.start(importWorkflowType, {
      taskQueue: importTaskQueue,
      workflowId: importWorkflowId(runId),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
      typedSearchAttributes: [{ key: programmeKey, value: programmeCode }],
      staticSummary: `対象者の取込 ${programmeCode}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return temporal.workflow.getHandle(importWorkflowId(runId));
  }
}
