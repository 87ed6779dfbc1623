import { v7 as uuidv7 } from 'uuid';
import type { ImportResult, ImportSummary, RowErrorCounts } from '../domain/contracts/import-workflow';
import type { ColumnPositions } from '../domain/eligibility-file/format';
import type { RowErrorCode } from '../domain/eligibility-file/row-error';
import type { Database } from './connection';
import type { KeyRing } from './keys';

export type ImportRunStatus = 'checking' | 'waiting' | 'applying' | 'applied' | 'rejected' | 'refused' | 'failed';

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
  readonly mapping: ColumnPositions | undefined;
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
  readonly mapping?: ColumnPositions | undefined;
}

export interface StoredRowError {
  readonly line: number;
  readonly code: RowErrorCode;
  readonly column: string | undefined;
}

export const emptyTally: ImportTally = { records: 0, bad: 0, unreadableNumbers: 0, errors: {} };

interface RunRow {
  id: string;
  programme_id: string;
  programme_version_id: string;
  file_id: string;
  is_full_set: boolean;
  mapping: ColumnPositions | null;
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
  return {
    async create(run: NewImportRun): Promise<string> {
      const id = uuidv7();
      await database('import_run').insert({
        id,
        programme_id: run.programmeId,
        programme_version_id: run.programmeVersionId,
        file_id: run.fileId,
        is_full_set: run.isFullSet,
        mapping: run.mapping === undefined ? null : JSON.stringify(run.mapping),
        key_id: keys.currentKeyId,
        status: 'checking',
      });
      return id;
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
        mapping: row.mapping ?? undefined,
        keyId: row.key_id,
        status: row.status,
        stagedRecords: row.staged_records,
        tally: { ...emptyTally, ...row.tally },
        areDuplicatesSettled: row.duplicates_settled,
        result: row.result ?? undefined,
      };
    },

    /** The comparison, for the record: what was shown when somebody approved. */
    async saveSummary(id: string, summary: ImportSummary): Promise<void> {
      await database('import_run').where({ id }).update({ summary: JSON.stringify(summary), status: 'waiting' });
    },

    /** Ends a run that was not applied; one that was stays as it is. */
    async end(id: string, status: Extract<ImportRunStatus, 'rejected' | 'refused' | 'failed'>): Promise<void> {
      await database('import_run').where({ id }).whereNot({ status: 'applied' }).update({ status, ended_at: database.fn.now() });
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
      const row = await database('import_run').where({ id }).first<{ staged_records: number } | undefined>('staged_records');
      return row?.staged_records ?? 0;
    },
  };
}
