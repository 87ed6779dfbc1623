import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';

import type { ImportServices } from '../../database/imports';
import type { Programmes, ProgrammeVersion } from '../../database/programmes';
import type { ColumnPositions } from '../../domain/imports/format';
import {
  type ApproveImportInput,
  approveImportUpdateName,
  type ApproveRemovalInput,
  approveRemovalUpdateName,
  compareAgainUpdateName,
  type ImportPhase,
  type ImportProgress,
  importProgressQueryName,
  type ImportSummary,
  type RejectImportInput,
  rejectImportUpdateName,
} from '../../domain/imports/import-workflow';
import { startImportWorkflow } from '../../engine/hand-over/start-import';
import { StartError } from '../start-error';

/** What a command that imports works with. */
export interface ImportTools extends Pick<ImportServices, 'importFiles' | 'importRuns' | 'importCarryOvers'> {
  readonly programmes: Programmes;
  readonly temporal: Client;
}

export interface ImportRequest {
  readonly version: ProgrammeVersion;
  readonly file: { readonly name: string; readonly content: AsyncIterable<Uint8Array> };
  /** Where the columns are, when the file has no header that says so. */
  readonly columns?: ColumnPositions | undefined;
  /** The file has everybody: who is not in it is taken out, after an approval of its own. */
  readonly isFullSet?: boolean;
  /** An opaque id of who approves. */
  readonly by: string;
  /** Decides pairs that may be one person, before `approve`. Left out: nobody is joined. */
  readonly decidePairs?: ((runId: string) => Promise<PairDecision>) | undefined;
  /** Whether to take the rows over. Nothing has changed yet. */
  readonly approve: (summary: ImportSummary, runId: string) => Promise<boolean>;
  /** Whether to take `summary.toRemove` residents out as well; asked after `approve`, for a full set only. */
  readonly approveRemoval: (summary: ImportSummary) => Promise<boolean>;
  /** Called at each new phase, and every few seconds while rows are staged. */
  readonly onProgress?: (phase: ImportPhase, records: number) => void;
}

/** What came of the pairs: `decided` is compared again, `refused` changes nothing and ends the import. */
export type PairDecision = 'decided' | 'as_is' | 'refused';

export interface ImportOutcome extends ImportProgress {
  readonly runId: string;
}

/** A short import is answered at once; a long one is not slowed down by questions. */
const askAfterMs = { first: 100, longest: 500, growth: 1.2 } as const;
const tellEveryMs = 5_000;
const closedPhases: readonly ImportPhase[] = ['applied', 'rejected', 'refused', 'failed'];

/**
 * Imports one file: uploads it sealed, starts its workflow, asks at the approvals, waits for the end. A worker must be
 * polling the queue `import`.
 * @throws ImportFileTooLargeError; WorkflowFailedError when the import broke down (nothing was changed then)
 */
export async function importEligibility(services: ImportTools, request: ImportRequest): Promise<ImportOutcome> {
  const { importFiles, importRuns: runs, temporal } = services;
  const { version } = request;
  const fileId = await importFiles.save(request.file.name, request.file.content);
  const runId = await runs.create({
    programmeId: version.programmeId,
    programmeVersionId: version.id,
    fileId,
    isFullSet: request.isFullSet ?? false,
    mapping: request.columns === undefined ? undefined : { columns: request.columns },
    startedBy: request.by,
  });
  const handle = await startImportWorkflow(temporal, runId, version.programmeCode);
  const watch = new Watch(request.onProgress, () => runs.stagedRecords(runId));
  for (let pause: number = askAfterMs.first; ; pause = Math.min(pause * askAfterMs.growth, askAfterMs.longest)) {
    const progress = await ask(handle);
    if (progress === undefined) {
      await endedBadly(handle);
    } else {
      await watch.see(progress.phase);
      if (closedPhases.includes(progress.phase)) return { ...((await handle.result()) as ImportProgress), runId };
      if (progress.summary !== undefined) await answer(handle, progress.phase, progress.summary, request, runId);
    }
    await sleep(pause);
  }
}

/**
 * Imports a file that Toki itself made and says yes to everything: the demo city's way in.
 * @throws StartError when it is not taken over whole
 */
export async function importOwnFile(
  services: ImportTools,
  file: { readonly name: string; readonly content: Buffer },
): Promise<void> {
  const outcome = await importEligibility(services, {
    version: await services.programmes.current(),
    file: { name: file.name, content: Readable.from([file.content]) },
    by: 'toki',
    approve: ({ bad }) => Promise.resolve(bad === 0),
    approveRemoval: () => Promise.resolve(false),
  });
  if (outcome.phase !== 'applied') throw new StartError(`${file.name} could not be imported: ${outcome.phase}.`);
}

/** Says yes or no where the workflow waits for it. */
async function answer(
  handle: WorkflowHandle,
  phase: ImportPhase,
  summary: ImportSummary,
  request: ImportRequest,
  runId: string,
): Promise<void> {
  const { by } = request;
  const reject = () =>
    handle.executeUpdate<ImportPhase, [RejectImportInput]>(rejectImportUpdateName, { args: [{ by }] });
  if (phase === 'waiting_for_approval') {
    const decision = (await request.decidePairs?.(runId)) ?? 'as_is';
    if (decision === 'refused') await reject();
    else if (decision === 'decided')
      await handle.executeUpdate<ImportPhase, [RejectImportInput]>(compareAgainUpdateName, { args: [{ by }] });
    else if (await request.approve(summary, runId))
      await handle.executeUpdate<ImportPhase, [ApproveImportInput]>(approveImportUpdateName, { args: [{ by }] });
    else await reject();
  } else if (phase === 'waiting_for_removal_approval') {
    const args: [ApproveRemovalInput] = [{ by, residents: summary.toRemove }];
    if (await request.approveRemoval(summary))
      await handle.executeUpdate<ImportPhase, [ApproveRemovalInput]>(approveRemovalUpdateName, { args });
    else await reject();
  }
}

/** How far the workflow is; undefined while no worker answers. */
async function ask(handle: WorkflowHandle): Promise<ImportProgress | undefined> {
  try {
    return await handle.query<ImportProgress>(importProgressQueryName);
  } catch {
    // Worker or server are away for a moment: the workflow goes on when they are back, and so do we.
    return undefined;
  }
}

/** @throws WorkflowFailedError when the workflow is over without a result */
async function endedBadly(handle: WorkflowHandle): Promise<void> {
  const status = await handle.describe().then(
    (description) => description.status.name,
    () => undefined,
  );
  if (status !== undefined && status !== 'RUNNING' && status !== 'COMPLETED') await handle.result();
}

/** Whether an import broke down, in contrast to being refused. */
export function isImportFailure(error: unknown): boolean {
  return error instanceof WorkflowFailedError;
}

class Watch {
  #phase: ImportPhase | undefined;
  #toldAt = 0;

  constructor(
    private readonly tell: ((phase: ImportPhase, records: number) => void) | undefined,
    private readonly stagedRecords: () => Promise<number>,
  ) {}

  async see(phase: ImportPhase): Promise<void> {
    const isNew = phase !== this.#phase;
    if (this.tell === undefined || (!isNew && (phase !== 'staging' || Date.now() - this.#toldAt < tellEveryMs))) return;
    this.#phase = phase;
    this.#toldAt = Date.now();
    this.tell(phase, isNew ? 0 : await this.stagedRecords());
  }
}
