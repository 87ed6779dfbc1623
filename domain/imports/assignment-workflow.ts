/**
 * What the staff app and the workers say to the workflow of assigned appointments. Ids and counts only: rows, numbers and
 * names stay in PostgreSQL, sealed. How far a run is, its row says; a workflow does one part of it.
 */
export const assignmentWorkflowType = 'assignAppointments';

/** `check`: read the file and say what would be booked. `book`: after the approval. `take_back`: after the second one. */
export const assignmentParts = ['check', 'book', 'take_back'] as const;
export type AssignmentPart = (typeof assignmentParts)[number];

export interface AssignmentInput {
  readonly runId: string;
  readonly part: AssignmentPart;
}

/** One workflow per part: a second request gets the same one. */
export function assignmentWorkflowId(runId: string, part: AssignmentPart): string {
  return `assignment/${runId}/${part}`;
}

/** Rows, counted. */
export interface AssignmentOutcome {
  readonly done: number;
  readonly left: number;
}
