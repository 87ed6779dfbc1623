import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Database } from '../database/connection';
import { createImportFileStore } from '../database/import-files';
import { createImportRunStore, type ImportRun, type ImportTally } from '../database/import-runs';
import { createImportStaging, type RowErrorToStore, type StagedBatch, StaleComparisonError } from '../database/import-staging';
import { residentsUnderOldKeys } from '../database/key-rotation';
import type { KeyRing } from '../database/keys';
import { createProgrammes } from '../database/programmes';
import type { PlainDate } from '../domain/calendar/plain-date';
import type { ImportApprovals, ImportResult, ImportSummary } from '../domain/contracts/import-workflow';
import { HEADER_WITHIN_RECORDS, applyMapping, recogniseHeader } from '../domain/eligibility-file/columns';
import { refuseByDelimiter } from '../domain/eligibility-file/delimiter';
import { EncodingDetector, refuseByFirstBytes } from '../domain/eligibility-file/encoding';
import type { FileColumn, FileFormat } from '../domain/eligibility-file/format';
import { refuseByRows, removal } from '../domain/eligibility-file/gate';
import type { FileRefusal } from '../domain/eligibility-file/refusal';
import { type RowRules, checkRow, isBlankRow } from '../domain/eligibility-file/row';
import type { ProgrammeDocument } from '../domain/programme/document';
import { groupForImport } from '../domain/programme/eligibility';
import { type FileRecord, OpenQuoteError, readRecords } from './import-records';
import type { RowToSeal } from './import-sealing';
import { SealingThread } from './sealing-thread';

/** Records per transaction of the staging: few enough to lose little, many enough to cost little. */
const BATCH_RECORDS = 1_000;
const HEARTBEAT_MS = 5_000;

export type Inspection = { readonly ok: true; readonly format: FileFormat } | { readonly ok: false; readonly refusal: FileRefusal };
export type Staging = { readonly ok: true; readonly records: number } | { readonly ok: false; readonly refusal: FileRefusal };
export type Application = { readonly ok: true; readonly result: ImportResult } | { readonly ok: false; readonly reason: 'stale' };

export interface StageInput {
  readonly runId: string;
  readonly format: FileFormat;
  /** The city's date when the import began: an attempt of tomorrow judges birth dates like the first. */
  readonly today: PlainDate;
}

export type ImportActivities = ReturnType<typeof createImportActivities>;

/** What an import does outside its workflow. Arguments and results hold ids, positions and counts only. */
export function createImportActivities({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  const files = createImportFileStore({ database, keys });
  const runs = createImportRunStore({ database, keys });
  const staging = createImportStaging(database);
  const programmes = createProgrammes(database);

  async function runAndProgramme(runId: string): Promise<{ run: ImportRun; document: ProgrammeDocument }> {
    const run = await runs.get(runId);
    if (run.keyId !== keys.currentKeyId) {
      throw ApplicationFailure.nonRetryable('The current key is not the one this import was started under; import the file again.', 'KeysChanged');
    }
    const { document } = await programmes.version(run.programmeVersionId);
    return { run, document };
  }

  return {
    /** Reads the whole file once: is it text, in which encoding, and where are its columns. */
    async inspectImportFile(runId: string): Promise<Inspection> {
      const { run, document } = await runAndProgramme(runId);
      if ((await residentsUnderOldKeys(database, keys)) > 0) return { ok: false, refusal: { code: 'rotation_unfinished' } };
      const detector = new EncodingDetector();
      let first: Buffer | undefined;
      for await (const piece of files.read(run.fileId)) {
        Context.current().heartbeat();
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
      const needsGroup = groupForImport(document, '') === undefined;
      const header = run.mapping === undefined ? recogniseHeader(leading.value, needsGroup) : applyMapping(leading.value, run.mapping, needsGroup);
      if (!header.ok) return header;
      const { columns, width, leadingRecords } = header;
      return { ok: true, format: { encoding: detected.encoding, columns, width, leadingRecords } };
    },

    /**
     * Checks every row and stages the good ones, sealed. Goes on after the records that an earlier attempt has committed.
     * The heartbeat's detail is the number of records done.
     */
    async stageImportRows({ runId, format, today }: StageInput): Promise<Staging> {
      const { run, document } = await runAndProgramme(runId);
      await staging.prepare(runId);
      const digits = document.identification.couponNumber.digits;
      const rules = { format, today, couponNumber: { digits }, groupOf: groupFinder(document) };
      const thread = new SealingThread(keys);
      try {
        const stager = new Stager({ keys, run, rules, seal: (rows) => thread.seal(rows), store: (batch) => staging.store(runId, batch) });
        const read = await refusingOpenQuote(async () => {
          for await (const records of readRecords(files.read(run.fileId), format.encoding)) {
            for (const record of records) stager.add(record);
            await stager.storeIfFull();
            await turn();
            Context.current().heartbeat(stager.records);
          }
          await stager.finish();
        });
        if (!read.ok) return read;
        const refusal = refuseByRows(stager.tally);
        return refusal === undefined ? { ok: true, records: stager.tally.records } : { ok: false, refusal };
      } finally {
        await thread.end();
      }
    },

    /** Settles duplicates and says what applying would do. */
    async compareImport(runId: string): Promise<{ readonly ok: true; readonly summary: ImportSummary } | { readonly ok: false; readonly refusal: FileRefusal }> {
      return whileHeartbeating(async () => {
        const { run } = await runAndProgramme(runId);
        const tally = await staging.settleDuplicates(run);
        const refusal = refuseByRows(tally);
        if (refusal !== undefined) return { ok: false, refusal };
        const comparison = await staging.compare(run);
        const summary: ImportSummary = {
          records: tally.records,
          good: comparison.created + comparison.changed + comparison.unchanged,
          bad: tally.bad,
          errors: tally.errors,
          ...comparison,
          isFullSet: run.isFullSet,
          ...removal({ isFullSet: run.isFullSet, missing: comparison.missing, unreadableNumbers: tally.unreadableNumbers }),
        };
        await runs.saveSummary(runId, summary);
        // Everything that is needed of the file is staged: what must not be kept goes now, not after the approval.
        await files.discard(run.fileId);
        return { ok: true, summary };
      });
    },

    /** Takes the staged rows over in one transaction, or says that the comparison is stale. */
    async applyImport({ runId, toRemove, approvals }: { readonly runId: string; readonly toRemove: number; readonly approvals: ImportApprovals }): Promise<Application> {
      return whileHeartbeating(async () => {
        const { run } = await runAndProgramme(runId);
        try {
          return { ok: true, result: await staging.apply(run, toRemove, approvals) };
        } catch (error) {
          if (error instanceof StaleComparisonError) return { ok: false, reason: 'stale' };
          throw error;
        }
      });
    },

    /** Drops file and staged rows; a run that was not applied ends as `status`. */
    async closeImport({ runId, status }: { readonly runId: string; readonly status: 'applied' | 'rejected' | 'refused' | 'failed' }): Promise<void> {
      const run = await runs.get(runId);
      if (status !== 'applied') await runs.end(runId, status);
      await staging.drop(runId);
      await files.discard(run.fileId);
    },
  };
}

interface StagerOptions {
  readonly keys: KeyRing;
  readonly run: ImportRun;
  readonly rules: RowRules;
  readonly seal: (rows: readonly RowToSeal[]) => Promise<Buffer>;
  readonly store: (batch: StagedBatch) => Promise<void>;
}

/** Turns records into batches of staged rows and errors: while one is stored, the next is sealed and a third is read. */
class Stager {
  readonly #options: StagerOptions;
  #rows: RowToSeal[] = [];
  #errors: RowErrorToStore[] = [];
  readonly #errorCounts: Record<string, number>;
  readonly #counts: { records: number; bad: number; unreadableNumbers: number };
  #seen = 0;
  #batchStart: number;
  #sealing: Promise<unknown> = Promise.resolve();
  #storing: Promise<void> = Promise.resolve();

  constructor(options: StagerOptions) {
    this.#options = options;
    const { records, bad, unreadableNumbers, errors } = options.run.tally;
    this.#counts = { records, bad, unreadableNumbers };
    this.#errorCounts = { ...errors };
    this.#batchStart = options.run.stagedRecords;
  }

  /** Records of the file seen so far. */
  get records(): number {
    return this.#seen;
  }

  get tally(): ImportTally {
    return { ...this.#counts, errors: { ...this.#errorCounts } };
  }

  add({ line, cells }: FileRecord): void {
    const { rules, run } = this.#options;
    const index = this.#seen++;
    if (index < run.stagedRecords || index < rules.format.leadingRecords || isBlankRow(cells)) return;
    this.#counts.records++;
    const checked = checkRow(cells, rules);
    if (checked.ok) this.#rows.push({ line, ...checked.row });
    else this.#report(line, cells, checked);
  }

  async storeIfFull(): Promise<void> {
    if (this.#seen - this.#batchStart >= BATCH_RECORDS) await this.#passOn();
  }

  async finish(): Promise<void> {
    if (this.#seen > this.#batchStart) await this.#passOn();
    await this.#storing;
  }

  async #passOn(): Promise<void> {
    await this.#sealing;
    const { seal, store } = this.#options;
    const earlier = this.#storing;
    const batch = { fromRecord: this.#batchStart, toRecord: this.#seen, errors: this.#errors, tally: this.tally };
    const sealing = this.#rows.length === 0 ? Promise.resolve(undefined) : seal(this.#rows);
    this.#sealing = Promise.all([sealing, earlier]);
    this.#storing = this.#sealing.then(async () => store({ ...batch, rows: await sealing }));
    // Whoever awaits next gets the failure; until then it must not count as unhandled.
    this.#storing.catch(() => undefined);
    this.#batchStart = this.#seen;
    this.#rows = [];
    this.#errors = [];
  }

  #report(line: number, cells: readonly string[], { errors, number }: Exclude<ReturnType<typeof checkRow>, { ok: true }>): void {
    const { keys, rules } = this.#options;
    this.#counts.bad++;
    if (number === undefined) this.#counts.unreadableNumbers++;
    const couponIndex = number === undefined ? undefined : keys.blindIndex(number);
    for (const { code, column } of errors) {
      this.#errorCounts[code] = (this.#errorCounts[code] ?? 0) + 1;
      const value = column === undefined ? '' : valueOf(cells, column, rules.format);
      this.#errors.push({ line, code, column, couponIndex, sealedValue: value === '' ? undefined : keys.seal(value) });
    }
  }
}

function valueOf(cells: readonly string[], column: FileColumn, { columns }: FileFormat): string {
  const position = columns[column];
  return position === undefined ? '' : (cells[position - 1] ?? '').slice(0, 200);
}

/** The groups of a programme by their texts, remembered: a file has few texts and many rows. */
function groupFinder(document: ProgrammeDocument): (text: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const code = groupForImport(document, text)?.code;
    if (known.size < 1_000) known.set(text, code);
    return code;
  };
}

async function firstRecords(pieces: AsyncIterable<Buffer>, encoding: FileFormat['encoding']): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for await (const records of readRecords(pieces, encoding)) {
    found.push(...records.slice(0, HEADER_WITHIN_RECORDS).map((record) => record.cells));
    if (found.length >= HEADER_WITHIN_RECORDS) break;
  }
  return found;
}

async function refusingOpenQuote<Value>(work: () => Promise<Value>): Promise<{ ok: true; value: Value } | { ok: false; refusal: FileRefusal }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof OpenQuoteError) return { ok: false, refusal: { code: 'open_quote', line: error.line } };
    throw error;
  }
}

/** Lets other work of the process go on, and ends here when the activity was cancelled or its worker shuts down. */
async function turn(): Promise<void> {
  await nextTurn();
  const context = Context.current();
  if (context.cancellationSignal.aborted) await context.cancelled;
}

/** Keeps an activity alive that waits for one long statement of the database. */
async function whileHeartbeating<Value>(work: () => Promise<Value>): Promise<Value> {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat();
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
