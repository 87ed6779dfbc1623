import { ActivityFailure, isCancellation, proxyActivities, setCurrentDetails } from '@temporalio/workflow';

import type { BroadcastActivities } from '../../activities/notices/broadcast-activities';
import { noticeTaskQueue } from '../../domain/contracts/booking-workflow';
import type { BroadcastInput, BroadcastOutcome } from '../../domain/notices/broadcast-workflow';

const taskQueue = noticeTaskQueue;
const { sendBroadcast } = proxyActivities<BroadcastActivities>({
  taskQueue,
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes', maximumAttempts: 12 },
  summary: '友だち全員に送る',
});
const { settleBroadcast } = proxyActivities<BroadcastActivities>({
  taskQueue,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  summary: '送れなかったことを記す',
});

const words: Readonly<Record<BroadcastOutcome['status'], string>> = {
  sent: '送りました。',
  skipped: '送りませんでした',
  failed: '送れませんでした',
  unclear: '届いたか不明です',
};

/** One message to all followers of the city's LINE account. Whether and what, the database decides when it is sent. */
export async function lineBroadcast(input: BroadcastInput): Promise<BroadcastOutcome['status']> {
  let outcome: BroadcastOutcome;
  try {
    outcome = await sendBroadcast(input);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    outcome = await settleBroadcast(input);
  }
  setCurrentDetails(`${words[outcome.status]}${outcome.reason === undefined ? '' : `（${outcome.reason}）。`}`);
  return outcome.status;
}
