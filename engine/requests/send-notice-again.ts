import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateStage } from '@temporalio/client';

import {
  bookingTaskQueue,
  bookingWorkflowId,
  noticeAgainWorkflowId,
  noticeAgainWorkflowType,
  type NoticeOutcome,
  type NoticeRequest,
  type ResendNoticeInput,
  resendNoticeUpdateName,
} from '../../domain/contracts/booking-workflow';

/** A person has pressed a button and looks at it, ms. */
const answerWithinMs = 3_000;
const refusedWithinMs = 1_000;

/** `refused`: the booking's workflow will not send it. `unreachable`: nobody knows whether it was heard; the notice's row decides. */
export type SendAgain = (
  request: NoticeRequest & { readonly requestId: string },
) => Promise<'accepted' | 'refused' | 'unreachable'>;

/** Has a notice sent once more: by the booking's own workflow as long as it runs, afterwards by one made for it. */
export function createNoticeSender(client: Client): SendAgain {
  async function ask({
    bookingId,
    step,
    requestId,
  }: NoticeRequest & { requestId: string }): Promise<'accepted' | 'refused' | 'ended'> {
    try {
      const update = await client.workflow
        .getHandle(bookingWorkflowId(bookingId))
        .startUpdate<NoticeOutcome, [ResendNoticeInput]>(resendNoticeUpdateName, {
          args: [{ step }],
          updateId: requestId,
          waitForStage: WorkflowUpdateStage.ACCEPTED,
        });
      // A refusal is told by the result alone, at once; a notice under way may take hours.
      await Promise.race([update.result(), sleep(refusedWithinMs)]);
      return 'accepted';
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) return 'refused';
      if (error instanceof WorkflowNotFoundError) return 'ended';
      throw error;
    }
  }

  return async ({ requestId, ...request }) => {
    try {
      return await client.withDeadline(Date.now() + answerWithinMs, async () => {
        const answer = await ask({ ...request, requestId });
        if (answer !== 'ended') return answer;
        await client.workflow.start(noticeAgainWorkflowType, {
          taskQueue: bookingTaskQueue,
          workflowId: noticeAgainWorkflowId(requestId),
          args: [request],
          staticSummary: 'お知らせの再送',
        });
        return 'accepted';
      });
    } catch {
      return 'unreachable';
    }
  };
}
