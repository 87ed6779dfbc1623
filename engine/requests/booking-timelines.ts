import type { Client } from '@temporalio/client';

import { bookingWorkflowId, type Timeline, timelineQueryName } from '../../domain/contracts/booking-workflow';

/** An operator with a person on the telephone does not wait longer, ms. */
const answerWithinMs = 2_000;

/** Asks a booking's workflow what it has done and will do. Undefined when there is none (yet), or nobody answers in time. */
export function createTimelines(client: Client): (bookingId: string) => Promise<Timeline | undefined> {
  return async (bookingId) => {
    try {
      return await client.withDeadline(Date.now() + answerWithinMs, () =>
        client.workflow.getHandle(bookingWorkflowId(bookingId)).query<Timeline>(timelineQueryName),
      );
    } catch {
      return undefined;
    }
  };
}
