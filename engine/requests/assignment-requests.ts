import type { AssignmentPart } from '../../domain/imports/assignment-workflow';

/** Has the workflows do a part of a run of assigned appointments. */
export interface AssignmentRequests {
  /** The same part twice is one. False: Temporal does not answer; nothing has begun. */
  start(runId: string, part: AssignmentPart): Promise<boolean>;
}
