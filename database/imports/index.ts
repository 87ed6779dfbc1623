import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { type AssignmentRunStore, createAssignmentRunStore } from './assignment-runs';
import { createImportCarryOvers, type ImportCarryOvers } from './import-carry-overs';
import { createImportFileStore, type ImportFileStore } from './import-files';
import { createImportReview, type ImportReview } from './import-review';
import { createImportRunStore, type ImportRunStore } from './import-runs';
import { createImportSettings, type ImportSettingsRepository } from './import-settings';
import { createImportStaging, type ImportStaging } from './import-staging';
import { createImportUndo, type ImportUndo } from './import-undo';

export type { AssignmentFinding, AssignmentRun, AssignmentRunStore, NewAssignmentRow } from './assignment-runs';
export { StaleComparisonError } from './import-apply';
export type { CarryOver, CarryOverDecision, ImportCarryOvers } from './import-carry-overs';
export { importFileLimitBytes, type ImportFileStore, ImportFileTooLargeError } from './import-files';
export { effectKinds, type ImportReview, type TouchedBooking } from './import-review';
export type { ImportRun, ImportRunRecord, ImportRunStore, ImportTally } from './import-runs';
export type { ImportSettings, ImportSettingsRepository } from './import-settings';
export type { ImportStaging, StagedBatch } from './import-staging';
export { type ImportPace, ImportTakesTooLongError } from './import-transaction';
export { type DependentBooking, forgetWhatWas, type ImportUndo } from './import-undo';

/** Files of residents and of assigned appointments, from the upload to the undo. */
export interface ImportServices {
  readonly importFiles: ImportFileStore;
  readonly importRuns: ImportRunStore;
  readonly importStaging: ImportStaging;
  readonly importReview: ImportReview;
  readonly importCarryOvers: ImportCarryOvers;
  readonly importSettings: ImportSettingsRepository;
  readonly importUndo: ImportUndo;
  readonly assignments: AssignmentRunStore;
}

export function createImportServices({
  database,
  keys,
  audit,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly audit: Audit;
}): ImportServices {
  return {
    importFiles: createImportFileStore({ database, keys }),
    importRuns: createImportRunStore({ database, keys }),
    importStaging: createImportStaging(database),
    importReview: createImportReview({ database, keys }),
    importCarryOvers: createImportCarryOvers({ database, keys }),
    importSettings: createImportSettings({ database, audit }),
    importUndo: createImportUndo(database),
    assignments: createAssignmentRunStore({ database, keys }),
  };
}
