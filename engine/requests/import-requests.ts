import type { FileRefusal } from '../../domain/imports/file-refusal';
import type { FileMapping } from '../../domain/imports/format';
import type { MappingGuess } from '../../domain/imports/guess';
import type { ImportProgress, UndoOutcome } from '../../domain/imports/import-workflow';

/** The beginning of an uploaded file, read. */
export interface FileBeginning {
  readonly fileId: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly lineCount: number;
  readonly encoding: 'utf-8' | 'shift_jis';
  readonly programmeCode: string;
  /** First records, titles and header included. */
  readonly records: readonly { readonly line: number; readonly cells: readonly string[] }[];
  readonly guess: MappingGuess;
}

export type UploadOutcome =
  { readonly ok: true; readonly fileId: string } | { readonly ok: false; readonly refusal: FileRefusal };
export type BeginningOutcome =
  | { readonly ok: true; readonly beginning: FileBeginning }
  | { readonly ok: false; readonly refusal: FileRefusal }
  | undefined;

/** The answer to something that was asked of an import's workflow. `away`: Temporal or its worker do not answer. */
export type EngineOutcome = 'done' | 'refused' | 'away';

/** Files and workflows of imports, as the routes of staff need them. */
export interface ImportRequests {
  /**
   * Takes a file as it comes, sealing it piece by piece. Refused: nothing of it is kept.
   * @param by an opaque id
   */
  upload(file: {
    readonly name: string;
    readonly content: AsyncIterable<Uint8Array>;
    readonly programmeCode: string | undefined;
    readonly by: string;
  }): Promise<UploadOutcome>;
  /** Undefined: there is no such file, or its content is no longer there. */
  beginning(fileId: string): Promise<BeginningOutcome>;
  /** The run's id; the same again for the same file. Undefined: no such file. */
  start(
    fileId: string,
    order: { readonly mapping: FileMapping; readonly isFullSet: boolean; readonly by: string },
  ): Promise<{ readonly runId: string; readonly engine: EngineOutcome } | undefined>;
  /** Forgets an upload that nobody imports. */
  forget(fileId: string): Promise<void>;
  progress(runId: string): Promise<ImportProgress | undefined>;
  approve(runId: string, by: string, comparison: number): Promise<EngineOutcome>;
  approveRemoval(runId: string, by: string, residents: number, comparison: number): Promise<EngineOutcome>;
  reject(runId: string, by: string): Promise<EngineOutcome>;
  compareAgain(runId: string, by: string): Promise<EngineOutcome>;
  /** Waits a while; `undefined`: it takes longer. */
  undo(runId: string, by: string): Promise<UndoOutcome | 'away' | undefined>;
}
