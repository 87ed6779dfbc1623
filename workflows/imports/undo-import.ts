import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';

import type { ImportActivities } from '../../activities/imports/import-activities';
import type { UndoImportInput, UndoOutcome } from '../../domain/imports/import-workflow';
import { undoWords } from '../../domain/imports/undo-words';

const { undoAppliedImport } = proxyActivities<ImportActivities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '1 minute',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  summary: '取り込む前に戻す',
});

/** Puts the residents back as they were before an import, in one go, or says why not. */
export async function undoImport(input: UndoImportInput): Promise<UndoOutcome> {
  const outcome = await undoAppliedImport(input);
  setCurrentDetails(undoWords(outcome));
  return outcome;
}
