/** What the staff app and the worker say to the workflows in which programmes change. Ids only. */
export const programmeTaskQueue = 'programme';

export const rehearsalWorkflowType = 'programmeRehearsal';
export const releaseWorkflowType = 'programmeRelease';

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

export function releaseWorkflowId(releaseId: string): string {
  return `release/${releaseId}`;
}

/** The release was called off: the row says so already. */
export const cancelReleaseSignalName = 'cancelRelease';

export interface RehearsalInput {
  readonly rehearsalId: string;
}

export interface ReleaseInput {
  readonly releaseId: string;
  /** Instant. */
  readonly publishAt: string;
}
