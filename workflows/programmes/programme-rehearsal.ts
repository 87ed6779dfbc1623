import { ActivityFailure, isCancellation, proxyActivities, setCurrentDetails } from '@temporalio/workflow';

import type { RehearsalActivities } from '../../activities/programmes/rehearsals';
import type { RehearsalInput } from '../../domain/programmes/programme-workflow';

const { playRehearsal } = proxyActivities<RehearsalActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
  summary: 'リハーサルを行う',
});
const { failRehearsal } = proxyActivities<RehearsalActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  summary: '失敗を記す',
});

/** One rehearsal of a programme's document; its report is in the database, under the same id. */
export async function programmeRehearsal(input: RehearsalInput): Promise<void> {
  setCurrentDetails('リハーサルです。実在の人や予約には触れず、何も送りません。');
  try {
    await playRehearsal(input);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    await failRehearsal(input);
  }
}
