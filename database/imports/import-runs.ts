import { v7 as uuidv7 } from 'uuid';

import type { FileRefusal } from '../../domain/imports/file-refusal';
import type { ColumnPositions, FileMapping } from '../../domain/imports/format';
import type {
  ImportResult,
  ImportSource,
  ImportSummary,
  RowErrorCounts,
  UndoOutcome,
} from '../../domain/imports/import-workflow';
import type { RowErrorCode } from '../../domain/imports/row-error';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

export type ImportRunStatus =
  'checking' | 'waiting' | 'applying' | 'applied' | 'rejected' | 'refused' | 'failed' | 'undone';

/** Counts over the rows of data dealt with so far. */
export interface ImportTally {
  readonly records: number;
  readonly bad: number;
  /** Bad rows whose coupon number could not be read. */
  readonly unreadableNumbers: number;
  readonly errors: RowErrorCounts;
}

export interface ImportRun {
  readonly id: string;
  readonly programmeId: string;
  readonly programmeVersionId: string;
  readonly fileId: string;
  readonly isFullSet: boolean;
  readonly mapping: FileMapping | undefined;
  /** Most rows of data; undefined: no limit. */
  readonly rowLimit: number | undefined;
  /** Taken over without asking when so much of it matches what is known, percent; undefined: always asks. */
  readonly automaticPercent: number | undefined;
  readonly keyId: string;
  readonly status: ImportRunStatus;
  /** Records of the file (headers and blank rows included) that are staged or reported. */
  readonly stagedRecords: number;
  readonly tally: ImportTally;
  readonly areDuplicatesSettled: boolean;
  readonly result: ImportResult | undefined;
}

export interface NewImportRun {
  readonly programmeId: string;
  readonly programmeVersionId: string;
  readonly fileId: string;
  readonly isFullSet: boolean;
  readonly mapping?: FileMapping | undefined;
  readonly source?: ImportSource;
  /** An opaque id of who began it. */
  readonly startedBy?: string | undefined;
  readonly rowLimit?: number | undefined;
  readonly automaticPercent?: number | undefined;
}

/** A run as the history shows it. */
export interface ImportRunRecord {
  readonly id: string;
  readonly programmeId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly lineCount: number | null;
  readonly isFullSet: boolean;
  readonly source: ImportSource;
  readonly status: ImportRunStatus;
  readonly stagedRecords: number;
  readonly tally: ImportTally;
  readonly summary: ImportSummary | undefined;
  readonly result: ImportResult | undefined;
  readonly refusal: FileRefusal | undefined;
  readonly undone: Extract<UndoOutcome, { ok: true }>['result'] | undefined;
  /** Opaque ids. */
  readonly startedBy: string | null;
  readonly approvedBy: string | null;
  readonly removalApprovedBy: string | null;
  readonly undoneBy: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly undoneAt: Date | null;
}

/** A row error with the text of the faulty cell. */
export interface ReadRowError extends StoredRowError {
  readonly value: string;
}

interface RecordRow extends RunRow {
  sealed_name: Buffer;
  size_bytes: number;
  line_count: number | null;
  source: ImportSource;
  started_by: string | null;
  approved_by: string | null;
  removal_approved_by: string | null;
  undone_by: string | null;
  undone_at: Date | null;
  undo_result: UndoOutcome | null;
  summary: Partial<ImportSummary>;
  refusal: FileRefusal | null;
  created_at: Date;
  ended_at: Date | null;
}

export interface StoredRowError {
  readonly line: number;
  readonly code: RowErrorCode;
  readonly column: string | undefined;
}

const openStatuses: readonly ImportRunStatus[] = ['checking', 'waiting', 'applying'];

export const emptyTally: ImportTally = { records: 0, bad: 0, unreadableNumbers: 0, errors: {} };

interface RunRow {
  id: string;
  programme_id: string;
  programme_version_id: string;
  file_id: string;
  is_full_set: boolean;
  mapping: FileMapping | ColumnPositions | null;
  row_limit: number | null;
  automatic_percent: number | null;
  key_id: string;
  status: ImportRunStatus;
  staged_records: number;
  tally: Partial<ImportTally>;
  duplicates_settled: boolean;
  result: ImportResult | null;
}

export type ImportRunStore = ReturnType<typeof createImportRunStore>;

/** Imports and what they found. */
export function createImportRunStore({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  function records() {
    return database('import_run as r')
      .join('import_file as f', 'f.id', 'r.file_id')
      .select<RecordRow[]>('r.*', 'f.sealed_name', 'f.size_bytes', 'f.line_count');
  }

  function readRecord(row: RecordRow): ImportRunRecord {
    return {
      id: row.id,
      programmeId: row.programme_id,
      fileName: openText(keys, row.sealed_name),
      sizeBytes: row.size_bytes,
      lineCount: row.line_count,
      isFullSet: row.is_full_set,
      source: row.source,
      status: row.status,
      stagedRecords: row.staged_records,
      tally: { ...emptyTally, ...row.tally },
      summary: row.summary.records === undefined ? undefined : (row.summary as ImportSummary),
      result: row.result ?? undefined,
      refusal: row.refusal ?? undefined,
      undone: row.undo_result?.ok === true ? row.undo_result.result : undefined,
      startedBy: row.started_by,
      approvedBy: row.approved_by,
      removalApprovedBy: row.removal_approved_by,
      undoneBy: row.undone_by,
      createdAt: row.created_at,
      endedAt: row.ended_at,
      undoneAt: row.undone_at,
    };
  }

  return {
    /** One run per file: who asks twice gets the same. */
    async create(run: NewImportRun): Promise<string> {
      const id = uuidv7();
      const inserted = await database('import_run')
        .insert({
          id,
          programme_id: run.programmeId,
          programme_version_id: run.programmeVersionId,
          file_id: run.fileId,
          is_full_set: run.isFullSet,
          mapping: run.mapping === undefined ? null : JSON.stringify(run.mapping),
          key_id: keys.currentKeyId,
          status: 'checking',
          source: run.source ?? 'command_line',
          started_by: run.startedBy ?? null,
          row_limit: run.rowLimit ?? null,
          automatic_percent: run.automaticPercent ?? null,
        })
        .onConflict(database.raw(`(file_id) WHERE status <> 'failed'`))
        .ignore()
        .returning<{ id: string }[]>('id');
      if (inserted.length > 0) return id;
      return (
        await database('import_run')
          .where({ file_id: run.fileId })
          .whereNot({ status: 'failed' })
          .first<{ id: string }>('id')
      ).id;
    },

    /** @throws Error when there is no such run: ids come from workflows, which outlive nothing here */
    async get(id: string): Promise<ImportRun> {
      const row = await database('import_run').where({ id }).first<RunRow | undefined>();
      if (row === undefined) throw new Error(`no import run ${id}`);
      return {
        id: row.id,
        programmeId: row.programme_id,
        programmeVersionId: row.programme_version_id,
        fileId: row.file_id,
        isFullSet: row.is_full_set,
        mapping: row.mapping === null ? undefined : 'columns' in row.mapping ? row.mapping : { columns: row.mapping },
        rowLimit: row.row_limit ?? undefined,
        automaticPercent: row.automatic_percent ?? undefined,
        keyId: row.key_id,
        status: row.status,
        stagedRecords: row.staged_records,
        tally: { ...emptyTally, ...row.tally },
        areDuplicatesSettled: row.duplicates_settled,
        result: row.result ?? undefined,
      };
    },

    /** The comparison, for the record: what was shown when a person approved. */
    async saveSummary(id: string, summary: ImportSummary): Promise<void> {
      await database('import_run')
        .where({ id })
        .update({ summary: JSON.stringify(summary), status: 'waiting' });
    },

    /** Ends a run that was not applied; one that was stays as it is. */
    async end(
      id: string,
      status: Extract<ImportRunStatus, 'rejected' | 'refused' | 'failed'>,
      refusal?: FileRefusal,
    ): Promise<void> {
      await database('import_run')
        .where({ id })
        .whereIn('status', openStatuses)
        .update({
          status,
          ended_at: database.fn.now(),
          refusal: refusal === undefined ? null : JSON.stringify(refusal),
        });
    },

    /** Runs that have not ended and began more than `olderThanMs` ago. */
    async open(olderThanMs: number): Promise<string[]> {
      const rows = await database('import_run')
        .whereIn('status', openStatuses)
        .whereRaw(`created_at < now() - ? * interval '1 millisecond'`, [olderThanMs])
        .select<{ id: string }[]>('id');
      return rows.map((row) => row.id);
    },

    /** The newest first. */
    async history({
      before,
      limit,
    }: {
      readonly before?: string | undefined;
      readonly limit: number;
    }): Promise<ImportRunRecord[]> {
      const asked = records().orderBy('r.id', 'desc').limit(limit);
      const rows = await (before === undefined ? asked : asked.where('r.id', '<', before));
      return rows.map(readRecord);
    },

    async find(id: string): Promise<ImportRunRecord | undefined> {
      const [row] = await records().where('r.id', id);
      return row && readRecord(row);
    },

    /** The run that a file is imported by, when there is one. */
    async ofFile(fileId: string): Promise<string | undefined> {
      const row = await database('import_run')
        .where({ file_id: fileId })
        .whereNot({ status: 'failed' })
        .first<{ id: string } | undefined>('id');
      return row?.id;
    },

    /** Row errors and notes with the cells they are about, in the order of the file, after line and code. */
    async readRowErrors(
      id: string,
      after: { readonly line: number; readonly code: string },
      limit: number,
    ): Promise<ReadRowError[]> {
      const rows = await database('import_row_error')
        .where({ run_id: id })
        .whereRaw('(line, code) > (?, ?)', [after.line, after.code])
        .orderBy([{ column: 'line' }, { column: 'code' }])
        .limit(limit)
        .select<{ line: number; code: RowErrorCode; column_name: string | null; sealed_value: Buffer | null }[]>(
          'line',
          'code',
          'column_name',
          'sealed_value',
        );
      return rows.map((row) => ({
        line: row.line,
        code: row.code,
        column: row.column_name ?? undefined,
        value: row.sealed_value === null ? '' : openText(keys, row.sealed_value),
      }));
    },

    /** Row errors and notes in the order of the file. */
    async rowErrors(id: string, limit: number): Promise<StoredRowError[]> {
      const rows = await database('import_row_error')
        .where({ run_id: id })
        .orderBy([{ column: 'line' }, { column: 'code' }])
        .limit(limit)
        .select<{ line: number; code: RowErrorCode; column_name: string | null }[]>('line', 'code', 'column_name');
      return rows.map((row) => ({ line: row.line, code: row.code, column: row.column_name ?? undefined }));
    },

    /** Records dealt with so far, for a progress line. */
    async stagedRecords(id: string): Promise<number> {
      const row = await database('import_run')
        .where({ id })
        .first<{ staged_records: number } | undefined>('staged_records');
      return row?.staged_records ?? 0;
    },
  };
}
