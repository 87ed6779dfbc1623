import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

import type { BookingRepository, Outbox, Reconciliation, WatchedBooking } from '../../database/bookings';
import type { Programmes } from '../../database/programmes';
import { bookingWorkflowId } from '../../domain/contracts/booking-workflow';
import { type BackgroundLoop, createBackgroundLoop } from '../loops/background-loop';
import { inParallel } from '../loops/in-parallel';
import type { Log } from '../loops/log';
import { restartWorkflow } from './deliver-events';

export interface ReconcilerOptions {
  readonly client: Client;
  readonly bookings: Pick<BookingRepository, 'expireHold'>;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly reconciliation: Reconciliation;
  readonly log: Log;
  /** Between two looks. */
  readonly everyMs?: number;
  /** How long a hold may be over its time before it counts as forgotten: its workflow deserves some patience. */
  readonly holdPatienceMs?: number;
  /** Bookings looked at per round. */
  readonly pageSize?: number;
}

type WorkflowPresence = 'running' | 'closed' | 'missing';

const concurrency = 16;
const callWithinMs = 10_000;
const notFound = 5;
const running = temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;

/**
 * Looks for what events alone cannot repair, because they were delivered once: Temporal's data was lost or set back, a
 * workflow was ended by hand. Ends holds that nothing has ended; starts missing workflows again from their events, the
 * notice rows keeping them from sending anything twice. Walks through all bookings page by page, and without a pause
 * as long as the newest ones or a whole page show that something is missing.
 */
export function createReconciler({
  client,
  bookings,
  outbox,
  programmes,
  reconciliation,
  log,
  everyMs = 60_000,
  holdPatienceMs = 90_000,
  pageSize = 1_000,
}: ReconcilerOptions): BackgroundLoop {
  let cursor: string | null = null;

  async function presenceOf(bookingId: string): Promise<WorkflowPresence> {
    try {
      const { workflowExecutionInfo } = await client.connection.withDeadline(Date.now() + callWithinMs, () =>
        client.workflowService.describeWorkflowExecution({
          namespace: client.options.namespace,
          execution: { workflowId: bookingWorkflowId(bookingId) },
        }),
      );
      return workflowExecutionInfo?.status === running ? 'running' : 'closed';
    } catch (error) {
      if (isGrpcServiceError(error) && (error.code as number) === notFound) return 'missing';
      throw error;
    }
  }

  async function isAbandoned({ id, state }: WatchedBooking): Promise<boolean> {
    const presence = await presenceOf(id);
    if (presence === 'running') return false;
    if (presence === 'missing') return true;
    // A workflow ends after its booking has. One that ended before was ended by hand, unless it ended just now.
    return state === 'confirmed' && (await reconciliation.stateOf(id)) === 'confirmed';
  }

  /** Starts what is missing among `list`; answers how many were. */
  async function repair(list: readonly WatchedBooking[]): Promise<number> {
    let count = 0;
    await inParallel(list, concurrency, async (booking) => {
      if (!(await isAbandoned(booking))) return;
      const events = await outbox.eventsOf(booking.id, 0);
      if (
        await client.connection.withDeadline(Date.now() + callWithinMs, () =>
          restartWorkflow({ client, programmes }, events),
        )
      )
        count += 1;
    });
    return count;
  }

  async function expireOverdueHolds(): Promise<number> {
    const overdue = await reconciliation.overdueHolds(holdPatienceMs, pageSize);
    let count = 0;
    for (const { id } of overdue) {
      // Not told to the workflow: one that is there asks for the same and gets this event as the answer.
      const { event } = await bookings.expireHold(id, new Date().toISOString());
      if (event) count += 1;
    }
    return count;
  }

  async function round(signal: AbortSignal): Promise<number> {
    const expired = await expireOverdueHolds();
    let restarted = await repair(await reconciliation.newest(100));
    const isLossRecent = restarted > 0;
    if (isLossRecent) cursor = null;
    let missing: number;
    do {
      const page: Awaited<ReturnType<Reconciliation['page']>> = await reconciliation.page(cursor, pageSize);
      missing = await repair(page.bookings);
      restarted += missing;
      cursor = page.next;
    } while (!signal.aborted && cursor !== null && (missing > 0 || isLossRecent));
    if (expired + restarted > 0)
      log.warn({ expired, restarted }, 'the reconciler ended forgotten holds or started missing workflows');
    return everyMs;
  }

  return createBackgroundLoop({ name: 'the reconciler', log, round });
}
