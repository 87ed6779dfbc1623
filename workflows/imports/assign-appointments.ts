import { CancellationScope, proxyActivities, setCurrentDetails } from '@temporalio/workflow';

import type { AssignmentActivities } from '../../activities/imports/assignment-activities';
import type { AssignmentInput, AssignmentOutcome } from '../../domain/imports/assignment-workflow';

/** A dead worker is noticed within a minute; the next attempt goes on where the last one was. */
const patience = {
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '1 minute',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
} as const;
const { checkAssignments } = proxyActivities<AssignmentActivities>({ ...patience, summary: '各行を確認する' });
const { bookAssignments } = proxyActivities<AssignmentActivities>({ ...patience, summary: '予約する' });
const { takeBackAssignments } = proxyActivities<AssignmentActivities>({ ...patience, summary: '取り消す' });
const { giveUpAssignments } = proxyActivities<AssignmentActivities>({ ...patience, summary: 'ファイルを消す' });

const words = {
  check: { begins: '各行を確認しています。', done: '予約できる行', left: '予約できない行' },
  book: { begins: '予約しています。', done: '予約した行', left: '予約しなかった行' },
  take_back: { begins: '取り消しています。', done: '取り消した予約', left: 'そのままにした予約' },
} as const;

/** One part of the way of a file of assigned appointments; between the parts people look at it and say yes. */
export async function assignAppointments({ runId, part }: AssignmentInput): Promise<AssignmentOutcome> {
  setCurrentDetails(words[part].begins);
  const work = { check: checkAssignments, book: bookAssignments, take_back: takeBackAssignments }[part];
  try {
    const outcome = await work(runId);
    setCurrentDetails(`${words[part].done} ${String(outcome.done)}\n\n${words[part].left} ${String(outcome.left)}`);
    return outcome;
  } catch (error) {
    // What is booked already stays; a person who looks at the run can have it continued.
    if (part === 'check') await CancellationScope.nonCancellable(() => giveUpAssignments(runId));
    throw error;
  }
}
