import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';

import type { NoticeActivities } from '../../activities/notices/notice-activities';
import { type NoticeOutcome, type NoticeRequest, noticeTaskQueue } from '../../domain/contracts/booking-workflow';

const taskQueue = noticeTaskQueue;
/** A person waits for it and can press again: less patience than a notice on its own has. */
const { sendNotice } = proxyActivities<NoticeActivities>({
  taskQueue,
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '12 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '10 minutes', maximumAttempts: 8 },
  summary: 'お知らせをもう一度送る',
});
const { settleNotice } = proxyActivities<NoticeActivities>({
  taskQueue,
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  summary: '送れなかったことを記す',
});

/** A notice sent once more after its booking's workflow has ended: that a person's booking was cancelled must still reach them. */
export async function noticeAgain(request: NoticeRequest): Promise<NoticeOutcome> {
  try {
    return await sendNotice(request);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return settleNotice(request);
  }
}
