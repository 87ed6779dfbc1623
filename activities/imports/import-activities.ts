import { ApplicationFailure } from '@temporalio/activity';

import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import {
  type ImportPace,
  type ImportRun,
  type ImportServices,
  ImportTakesTooLongError,
  StaleComparisonError,
} from '../../database/imports';
import type { Programmes } from '../../database/programmes';
import { residentsUnderOldKeys } from '../../database/upkeep';
import type { PlainDate } from '../../domain/calendar/plain-date';
import { applyMappingToFile, recogniseHeader } from '../../domain/imports/columns';
import { refuseByDelimiter } from '../../domain/imports/delimiter';
import { EncodingDetector, refuseByFirstBytes } from '../../domain/imports/encoding';
import type { FileRefusal } from '../../domain/imports/file-refusal';
import type { FileFormat } from '../../domain/imports/format';
import { isMatchingEnough } from '../../domain/imports/import-words';
import type {
  ImportApprovals,
  ImportResult,
  ImportSummary,
  UndoImportInput,
  UndoOutcome,
} from '../../domain/imports/import-workflow';
import { isBlankRow } from '../../domain/imports/row';
import { refuseByRows, removal } from '../../domain/imports/whole-file-checks';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { groupForImport } from '../../domain/programmes/eligibility';
import { defined } from '../../domain/text/defined';
import { firstRecords, refusingOpenQuote } from './import-records';
import { StagingThreads } from './staging-threads';
import { steadyHeartbeat, turn, whileHeartbeating } from './steady-heartbeat';

export type Inspection =
  { readonly ok: true; readonly format: FileFormat } | { readonly ok: false; readonly refusal: FileRefusal };
export type Comparing =
  | { readonly ok: true; readonly summary: ImportSummary; readonly isAutomatic: boolean }
  | { readonly ok: false; readonly refusal: FileRefusal };
export type Staging =
  { readonly ok: true; readonly records: number } | { readonly ok: false; readonly refusal: FileRefusal };
export type Application =
  { readonly ok: true; readonly result: ImportResult } | { readonly ok: false; readonly reason: 'stale' };

/** How a run ended; with a result where a part of it had been applied already. */
export interface Closing {
  readonly status: 'applied' | 'rejected' | 'refused' | 'failed';
  readonly result?: ImportResult;
}

export interface StageInput {
  readonly runId: string;
  readonly format: FileFormat;
  /** The city's date when the import began: an attempt of tomorrow judges birth dates like the first. */
  readonly today: PlainDate;
}

export interface ImportActivityDependencies extends Pick<
  ImportServices,
  'importFiles' | 'importRuns' | 'importStaging' | 'importUndo'
> {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly programmes: Programmes;
}

export type ImportActivities = ReturnType<typeof createImportActivities>;

/** What an import does outside its workflow. Arguments and results hold ids, positions and counts only. */
export function createImportActivities({
  database,
  keys,
  importFiles: files,
  importRuns: runs,
  importStaging: staging,
  importUndo: undo,
  programmes,
}: ImportActivityDependencies) {
  async function runAndProgramme(runId: string): Promise<{ run: ImportRun; document: ProgrammeDocument }> {
    const run = await runs.get(runId);
    if (run.keyId !== keys.currentKeyId) {
      throw ApplicationFailure.nonRetryable(
        'The current key is not the one this import was started under; import the file again.',
        'KeysChanged',
      );
    }
    // Ended by hand or by the sweeper while this attempt waited: what it would do is no longer wanted.
    if (run.status === 'failed' || run.status === 'rejected' || run.status === 'refused')
      throw ApplicationFailure.nonRetryable('This import has ended.', 'RunEnded');
    const { document } = await programmes.version(run.programmeVersionId);
    return { run, document };
  }

  return {
    /** Reads the whole file once: is it text, in which encoding, and where are its columns. */
    async inspectImportFile(runId: string): Promise<Inspection> {
      const { run, document } = await runAndProgramme(runId);
      if ((await residentsUnderOldKeys(database, keys)) > 0)
        return { ok: false, refusal: { code: 'rotation_unfinished' } };
      const detector = new EncodingDetector();
      const heartbeat = steadyHeartbeat();
      let first: Buffer | undefined;
      for await (const piece of files.read(run.fileId)) {
        heartbeat();
        if (first === undefined) {
          first = piece;
          const refusal = refuseByFirstBytes(piece);
          if (refusal !== undefined) return { ok: false, refusal };
        }
        detector.push(piece);
        await turn();
      }
      if (first === undefined) return { ok: false, refusal: { code: 'empty' } };
      const detected = detector.finish();
      if (!detected.ok) return detected;
      const refusal = refuseByDelimiter(new TextDecoder(detected.encoding).decode(first, { stream: true }));
      if (refusal !== undefined) return { ok: false, refusal };

      const leading = await refusingOpenQuote(() => firstRecords(files.read(run.fileId), detected.encoding));
      if (!leading.ok) return leading;
      if (leading.value.every(isBlankRow)) return { ok: false, refusal: { code: 'no_rows' } };
      const { mapping } = run;
      const needsGroup = mapping?.defaultGroup === undefined && groupForImport(document, '') === undefined;
      const header =
        mapping === undefined
          ? recogniseHeader(leading.value, needsGroup)
          : applyMappingToFile(leading.value, mapping, needsGroup);
      if (!header.ok) return header;
      const { columns, width, leadingRecords } = header;
      return {
        ok: true,
        format: {
          encoding: detected.encoding,
          columns,
          width,
          leadingRecords,
          ...defined({ dates: mapping?.dates, defaultGroup: mapping?.defaultGroup }),
        },
      };
    },

    /**
     * Checks every row and stages the good ones, sealed. Goes on after the records that an earlier attempt has committed.
     * The heartbeat's detail is the number of records done.
     */
    async stageImportRows({ runId, format, today }: StageInput): Promise<Staging> {
      const { run, document } = await runAndProgramme(runId);
      await staging.prepare(runId);
      const heartbeat = steadyHeartbeat();
      const threads = new StagingThreads(
        { format, today, document, startAt: run.stagedRecords, tally: run.tally },
        keys,
      );
      let { tally } = run;
      const limit = run.rowLimit ?? Infinity;
      const tooMany = (): Staging | undefined =>
        tally.records > limit ? { ok: false, refusal: { code: 'too_many_rows', limit } } : undefined;
      try {
        const read = await refusingOpenQuote(async () => {
          for await (const batch of threads.batches(files.read(run.fileId))) {
            await staging.store(runId, batch);
            tally = batch.tally;
            if (tooMany() !== undefined) return;
            heartbeat(batch.toRecord);
            await turn();
          }
        });
        if (!read.ok) return read;
        const refusal = tooMany();
        if (refusal !== undefined) return refusal;
      } finally {
        await threads.end();
      }
      const refusal = refuseByRows(tally);
      return refusal === undefined ? { ok: true, records: tally.records } : { ok: false, refusal };
    },

    /** Settles duplicates and says what applying would do. */
    async compareImport(runId: string): Promise<Comparing> {
      return refusingEndlessWork(async (pace) => {
        const { run } = await runAndProgramme(runId);
        const tally = await staging.settleDuplicates(run, pace);
        const refusal = refuseByRows(tally);
        if (refusal !== undefined) return { ok: false, refusal };
        const comparison = await staging.compare({ ...run, tally }, pace);
        const summary: ImportSummary = {
          records: tally.records,
          good: comparison.created + comparison.changed + comparison.unchanged + comparison.newNumber,
          bad: tally.bad,
          errors: tally.errors,
          ...comparison,
          isFullSet: run.isFullSet,
          ...removal({
            isFullSet: run.isFullSet,
            missing: comparison.missing,
            unreadableNumbers: tally.unreadableNumbers,
          }),
        };
        await runs.saveSummary(runId, summary);
        // Everything that is needed of the file is staged: what must not be kept goes now, not after the approval.
        await files.discard(run.fileId);
        return {
          ok: true,
          summary,
          isAutomatic: run.automaticPercent !== undefined && isMatchingEnough(summary, run.automaticPercent),
        };
      });
    },

    /** Takes the staged rows over part by part, or says that the comparison is stale. */
    async applyImport({
      runId,
      toRemove,
      approvals,
    }: {
      readonly runId: string;
      readonly toRemove: number;
      readonly approvals: ImportApprovals;
    }): Promise<Application> {
      return whileHeartbeating(async (pace) => {
        const { run } = await runAndProgramme(runId);
        try {
          return { ok: true, result: await staging.apply(run, toRemove, approvals, pace) };
        } catch (error) {
          if (error instanceof StaleComparisonError) return { ok: false, reason: 'stale' };
          throw error;
        }
      });
    },

    /** Drops file and staged rows; a run that was not applied ends as `status`. */
    async closeImport({
      runId,
      status,
      refusal,
    }: {
      readonly runId: string;
      readonly status: 'applied' | 'rejected' | 'refused' | 'failed';
      readonly refusal?: FileRefusal | undefined;
    }): Promise<Closing> {
      const run = await runs.get(runId);
      // Stopped in the middle of being applied: what is done is there, and is called so.
      const result = status === 'applied' ? undefined : await staging.stop(run);
      if (status !== 'applied' && result === undefined) await runs.end(runId, status, refusal);
      await staging.drop(runId);
      await files.discard(run.fileId);
      return result === undefined ? { status } : { status: 'applied', result };
    },

    /** Puts the residents back as they were before an applied import, or says why not. */
    async undoAppliedImport({ runId, by }: UndoImportInput): Promise<UndoOutcome> {
      return whileHeartbeating((pace) => undo.undo(runId, by, pace));
    },
  };
}

/** A comparison that the database had to be stopped at is one of a file that cannot be compared. */
async function refusingEndlessWork(work: (pace: ImportPace) => Promise<Comparing>): Promise<Comparing> {
  try {
    return await whileHeartbeating(work);
  } catch (error) {
    if (error instanceof ImportTakesTooLongError) return { ok: false, refusal: { code: 'takes_too_long' } };
    throw error;
  }
}
