/**
 * What the command line, the staff app and the workers say to an import's workflow. Names, shapes and counts only:
 * rows, file names, numbers and birth dates stay in PostgreSQL, sealed.
 */
import type { FileRefusal } from './file-refusal';
import type { RowErrorCode } from './row-error';

export const importWorkflowType = 'eligibilityImport';
export const importTaskQueue = 'import';

export function importWorkflowId(runId: string): string {
  return `import/${runId}`;
}

export const approveImportUpdateName = 'approveImport';
export const approveRemovalUpdateName = 'approveRemoval';
export const compareAgainUpdateName = 'compareAgain';
export const rejectImportUpdateName = 'rejectImport';
export const importProgressQueryName = 'importProgress';

/** Argument of the workflow. Everything else is in the row `import_run` of this id. */
export interface EligibilityImportInput {
  readonly runId: string;
  /** Shown as search attribute. */
  readonly programmeCode: string;
}

export type ImportPhase =
  | 'inspecting'
  | 'staging'
  | 'comparing'
  /** Waits for approveImport or rejectImport. */
  | 'waiting_for_approval'
  /** Approved, but the file is the whole set and residents would be removed: waits for approveRemoval or rejectImport. */
  | 'waiting_for_removal_approval'
  | 'applying'
  | 'applied'
  | 'rejected'
  | 'refused'
  | 'failed';

/** Where a file came from. */
export const importSources = ['command_line', 'desk', 'drop_folder'] as const;
export type ImportSource = (typeof importSources)[number];

export type RowErrorCounts = Readonly<Partial<Record<RowErrorCode, number>>>;

/** What an import would do. Counts are rows or residents, never who. */
export interface ImportSummary {
  /** Rows of data in the file; blank rows do not count. */
  readonly records: number;
  /** Rows that can be applied. */
  readonly good: number;
  /** Rows that cannot. */
  readonly bad: number;
  /** By code; a bad row can have two, and the notes (identical duplicates, possibly the same person) are counted here too. */
  readonly errors: RowErrorCounts;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Active residents that the file does not have. */
  readonly missing: number;
  /** Of these, the people with a live booking. */
  readonly missingWithBooking: number;
  readonly isFullSet: boolean;
  /** Residents that approval would remove: `missing` for a full set, otherwise 0. */
  readonly toRemove: number;
  /** Residents whom the file itself says moved out or died: approval takes them out. */
  readonly gone: number;
  /** Of these, the people with a live booking. */
  readonly goneWithBooking: number;
  /** Residents who come back under a new number, as a person decided: they keep their place and their bookings. */
  readonly newNumber: number;
  readonly newNumberWithBooking: number;
  /** New rows with the same kana and birth date as a resident, the `newNumber` ones included. Runs from before do not have it. */
  readonly namesakes?: number;
  /** Pairs of a new row and a resident that may be one person; each is two people until staff say otherwise. */
  readonly proposals?: number;
  /** Rows whose kana and birth date too many people have to propose pairs: such a column says nothing of who is who. */
  readonly crowded?: number;
  /** Why nobody is removed although the file is the whole set: rows with unreadable numbers could be anybody's. */
  readonly removalBlocked?: 'unreadable_numbers';
}

export interface ImportResult {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly removedWithBooking: number;
  readonly gone: number;
  readonly goneWithBooking: number;
  readonly newNumber: number;
  /** New residents with the same kana and birth date as another; left out where there are none. */
  readonly namesakes?: number;
  /** Stopped before all was taken over: the counts are what was done until then. */
  readonly isPartial?: true;
}

export interface ImportProgress {
  readonly phase: ImportPhase;
  /** Rows of data dealt with; grows phase by phase (live figures: the staging activity's heartbeat). */
  readonly rowsDone: number;
  /** How often the rows were compared: an approval names it, so that what was seen is what is approved. */
  readonly comparison: number;
  readonly summary?: ImportSummary;
  readonly result?: ImportResult;
  readonly refusal?: FileRefusal;
}

/** Who says so: an opaque id of a member of staff, or `command-line`. */
export interface ApproveImportInput {
  readonly by: string;
  /** The comparison that was looked at; left out: the one there is. */
  readonly comparison?: number;
}

export interface ApproveRemovalInput {
  readonly by: string;
  /** The number of residents to remove as the summary names it: a different number is refused. */
  readonly residents: number;
}

/** Who approved what; empty where nothing would change and nobody was asked. */
export interface ImportApprovals {
  readonly import?: string;
  readonly removal?: string;
}

export interface RejectImportInput {
  readonly by: string;
}

/** Undoing an applied import; a workflow of its own, on the same queue. */
export const undoImportWorkflowType = 'undoImport';

export function undoImportWorkflowId(runId: string): string {
  return `import/${runId}/undo`;
}

export interface UndoImportInput {
  readonly runId: string;
  readonly by: string;
}

/** Residents, counted. */
export interface UndoResult {
  /** Changed, taken out or renumbered ones that are as they were. */
  readonly restored: number;
  /** New ones that are gone again. */
  readonly removed: number;
  /** New ones that something refers to (a cancelled booking): kept, but taken out. */
  readonly keptOut: number;
}

export type UndoRefusalCode =
  | 'not_applied'
  /** Another import was applied since, or undone in between. */
  | 'not_the_last'
  /** What was there before is no longer kept: too long ago, or the keys were rotated. */
  | 'nothing_kept'
  /** People whom the import brought in have booked since. */
  | 'has_bookings';

export type UndoOutcome =
  | { readonly ok: true; readonly result: UndoResult }
  | { readonly ok: false; readonly code: UndoRefusalCode; readonly bookings: number };

/** Looks into the drop folder, started by a Schedule. */
export const dropFolderWorkflowType = 'dropFolder';
export const dropFolderScheduleId = 'import-drop-folder';
