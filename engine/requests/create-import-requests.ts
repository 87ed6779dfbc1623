import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';

import { groupFinder } from '../../activities/imports/import-reader';
import { type FileRecord, readRecords } from '../../activities/imports/import-records';
import { OpenQuoteError } from '../../activities/imports/open-quote-error';
import { ImportFileTooLargeError, type ImportServices } from '../../database/imports';
import type { Programmes, ProgrammeVersion } from '../../database/programmes';
import { cityDate } from '../../domain/calendar/city-time';
import { refuseByDelimiter } from '../../domain/imports/delimiter';
import { EncodingDetector, refuseByFirstBytes } from '../../domain/imports/encoding';
import type { FileRefusal } from '../../domain/imports/file-refusal';
import { guessMapping } from '../../domain/imports/guess';
import {
  approveImportUpdateName,
  approveRemovalUpdateName,
  compareAgainUpdateName,
  type ImportProgress,
  importProgressQueryName,
  importTaskQueue,
  importWorkflowId,
  rejectImportUpdateName,
  undoImportWorkflowId,
  undoImportWorkflowType,
  type UndoOutcome,
} from '../../domain/imports/import-workflow';
import { isBlankRow } from '../../domain/imports/row';
import { defined } from '../../domain/text/defined';
import { startImportWorkflow } from '../hand-over/start-import';
import type { EngineOutcome, ImportRequests } from './import-requests';

export interface ImportRequestsDependencies extends Pick<
  ImportServices,
  'importFiles' | 'importRuns' | 'importSettings'
> {
  readonly programmes: Programmes;
  readonly temporal: Client;
}

/** Records of a file that staff see before it is imported. */
const shownRecords = 40;
/** A person is waiting in front of a screen, ms. */
const answerWithinMs = 5_000;
const undoWithinMs = 20_000;

/** What ends an upload: the file is not one that can be imported. */
class RefusedFileError extends Error {
  override name = 'RefusedFileError';
  constructor(readonly refusal: FileRefusal) {
    super(refusal.code);
  }
}

/** Imports for the staff app: files go sealed into the database, everything else is asked of the workflow. */
export function createImportRequests({
  importFiles: files,
  importRuns: runs,
  importSettings: settings,
  programmes,
  temporal,
}: ImportRequestsDependencies): ImportRequests {
  async function versionOf(programmeId: string | null): Promise<ProgrammeVersion | undefined> {
    const all = await programmes.allPublished();
    return all.find((version) => version.programmeId === programmeId);
  }

  /** Asks the workflow for something; what it refuses is told apart from what did not reach it. */
  async function ask(runId: string, update: string, args: object, updateId?: string): Promise<EngineOutcome> {
    const handle = temporal.workflow.getHandle(importWorkflowId(runId));
    try {
      await temporal.withDeadline(Date.now() + answerWithinMs, () =>
        handle.executeUpdate<unknown, [object]>(update, {
          args: [args],
          ...defined({ updateId }),
        }),
      );
      return 'done';
    } catch (error) {
      return error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError ? 'refused' : 'away';
    }
  }

  return {
    async upload({ name, content, programmeCode, by }) {
      const version = await programmes.current(programmeCode);
      const { maxMebibytes } = await settings.get(version.programmeId);
      const look = new FirstLook();
      try {
        const fileId = await files.save(name, content, {
          programmeId: version.programmeId,
          uploadedBy: by,
          limitBytes: maxMebibytes * 1024 * 1024,
          look: (piece) => {
            look.see(piece);
          },
          conclude: () => look.conclude(),
        });
        return { ok: true, fileId };
      } catch (error) {
        if (error instanceof RefusedFileError) return { ok: false, refusal: error.refusal };
        if (error instanceof ImportFileTooLargeError)
          return { ok: false, refusal: { code: 'too_large', limitMebibytes: maxMebibytes } };
        throw error;
      }
    },

    async beginning(fileId) {
      const file = await files.find(fileId);
      if (file?.isThere !== true || file.encoding === null) return undefined;
      const version = await versionOf(file.programmeId);
      if (version === undefined) return undefined;
      const { encoding } = file;
      const read = await firstRecords(files.read(fileId), encoding);
      if (!read.ok) return read;
      const { document } = version;
      const guess = guessMapping(
        read.records.map((record) => record.cells),
        {
          couponNumber: document.identification.couponNumber,
          groupOf: groupFinder(document),
          today: cityDate(new Date()),
        },
      );
      return {
        ok: true,
        beginning: {
          fileId,
          name: file.name,
          sizeBytes: file.sizeBytes,
          lineCount: file.lineCount ?? 0,
          encoding,
          programmeCode: version.programmeCode,
          records: read.records,
          guess,
        },
      };
    },

    async start(fileId, { mapping, isFullSet, by }) {
      const file = await files.find(fileId);
      const version = file && (await versionOf(file.programmeId));
      if (file === undefined || version === undefined) return undefined;
      const known = await runs.ofFile(fileId);
      if (known === undefined && !file.isThere) return undefined;
      const { maxRows } = await settings.get(version.programmeId);
      const runId =
        known ??
        (await runs.create({
          programmeId: version.programmeId,
          programmeVersionId: version.id,
          fileId,
          isFullSet,
          mapping,
          source: 'desk',
          startedBy: by,
          rowLimit: maxRows,
        }));
      try {
        await temporal.withDeadline(Date.now() + answerWithinMs, () =>
          startImportWorkflow(temporal, runId, version.programmeCode),
        );
        return { runId, engine: 'done' };
      } catch {
        // It may have begun all the same; if it has not, the sweeper ends the run.
        return { runId, engine: 'away' };
      }
    },

    forget: (fileId) => files.remove(fileId),

    async progress(runId) {
      try {
        return await temporal.withDeadline(Date.now() + answerWithinMs / 2, () =>
          temporal.workflow.getHandle(importWorkflowId(runId)).query<ImportProgress>(importProgressQueryName),
        );
      } catch {
        return undefined;
      }
    },

    // The same approval twice is one: the second gets the answer of the first.
    approve: (runId, by, comparison) =>
      ask(runId, approveImportUpdateName, { by, comparison }, `approve-${String(comparison)}`),
    approveRemoval: (runId, by, residents, comparison) =>
      ask(runId, approveRemovalUpdateName, { by, residents }, `remove-${String(comparison)}-${String(residents)}`),
    reject: (runId, by) => ask(runId, rejectImportUpdateName, { by }),
    compareAgain: (runId, by) => ask(runId, compareAgainUpdateName, { by }),

    async undo(runId, by) {
      try {
        const handle = await temporal.withDeadline(Date.now() + answerWithinMs, () =>
          temporal.workflow.start(undoImportWorkflowType, {
            taskQueue: importTaskQueue,
            workflowId: undoImportWorkflowId(runId),
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            args: [{ runId, by }],
            staticSummary: '取り込む前に戻す',
          }),
        );
        const waiting = new AbortController();
        try {
          const outcome = await Promise.race([
            handle.result() as Promise<UndoOutcome>,
            sleep(undoWithinMs, undefined, { signal: waiting.signal }),
          ]);
          return outcome;
        } finally {
          waiting.abort();
        }
      } catch {
        return 'away';
      }
    },
  };
}

/** Looks at a file as it passes: is it text, in which encoding, how many lines. Throws RefusedFileError. */
class FirstLook {
  readonly #detector = new EncodingDetector();
  #first: Buffer | undefined;
  #lines = 0;

  see(piece: Uint8Array): void {
    if (this.#first === undefined) {
      // The store uses its memory again.
      this.#first = Buffer.from(piece);
      const refusal = refuseByFirstBytes(piece);
      if (refusal !== undefined) throw new RefusedFileError(refusal);
    }
    this.#detector.push(piece);
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) this.#lines++;
  }

  conclude(): { encoding: 'utf-8' | 'shift_jis'; lineCount: number } {
    if (this.#first === undefined) throw new RefusedFileError({ code: 'empty' });
    const detected = this.#detector.finish();
    if (!detected.ok) throw new RefusedFileError(detected.refusal);
    const text = new TextDecoder(detected.encoding).decode(this.#first, { stream: true });
    const refusal =
      text.replaceAll('\uFEFF', '').trim() === '' ? ({ code: 'no_rows' } as const) : refuseByDelimiter(text);
    if (refusal !== undefined) throw new RefusedFileError(refusal);
    return { encoding: detected.encoding, lineCount: this.#lines };
  }
}

async function firstRecords(
  pieces: AsyncIterable<Buffer>,
  encoding: 'utf-8' | 'shift_jis',
): Promise<{ ok: true; records: FileRecord[] } | { ok: false; refusal: FileRefusal }> {
  const found: FileRecord[] = [];
  try {
    for await (const records of readRecords(pieces, encoding)) {
      found.push(...records.slice(0, shownRecords - found.length));
      if (found.length >= shownRecords) break;
    }
  } catch (error) {
    if (error instanceof OpenQuoteError) return { ok: false, refusal: { code: 'open_quote', line: error.line } };
    throw error;
  }
  return found.every((record) => isBlankRow(record.cells))
    ? { ok: false, refusal: { code: 'no_rows' } }
    : { ok: true, records: found };
}
