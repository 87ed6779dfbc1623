import type { Client } from '@temporalio/client';

/** A page that a person looks at does not wait longer, ms. */
const answerWithinMs = 1_500;

/** Counts running workflows that say that they need a person. Undefined when Temporal does not answer in time. */
export function createWorkflowsToDo(client: Client): () => Promise<number | undefined> {
  return async () => {
    try {
      const { count } = await client.withDeadline(Date.now() + answerWithinMs, () =>
        client.workflow.count("AttentionNeeded = true AND ExecutionStatus = 'Running'"),
      );
      return count;
    } catch {
      return undefined;
    }
  };
}
