/** What the staff app and the worker say to the workflows in which programmes change. Ids only. */
export const programmeTaskQueue = 'programme';

export const rehearsalWorkflowType = 'programmeRehearsal';
export const publicationWorkflowType = 'programmeRelease';

export const changeWorkflowType = 'programmeChange';

export function changeWorkflowId(changeId: string): string {
  return `change/${changeId}`;
}

/** The change was stopped: the row says so already. */
export const stopChangeSignalName = 'stopChange';

export interface ChangeInput {
  readonly changeId: string;
}

export function rehearsalWorkflowId(rehearsalId: string): string {
  return `rehearsal/${rehearsalId}`;
}

export function publicationWorkflowId(publicationId: string): string {
  return `release/${publicationId}`;
}

/** The publication was called off: the row says so already. */
export const cancelPublicationSignalName = 'cancelRelease';

export interface RehearsalInput {
  readonly rehearsalId: string;
}

export interface PublicationInput {
  readonly releaseId: string;
  /** Instant. */
  readonly publishAt: string;
}
