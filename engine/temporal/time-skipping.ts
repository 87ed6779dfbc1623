import { randomUUID } from 'node:crypto';

import {
  isGrpcServiceError,
  ServiceError,
  type WorkflowClient,
  type WorkflowService,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const PollingResult = temporal.api.enums.v1.FastForwardPollingResult;

/** The server does not know how to skip time, or was started without it. */
export class TimeSkippingUnsupportedError extends Error {
  override name = 'TimeSkippingUnsupportedError';
}

/** Which execution; without `runId`, the present one. */
export interface Execution {
  readonly workflowId: string;
  readonly runId?: string;
}

type TimeSkippingConfig = temporal.api.common.v1.TimeSkippingConfig.$Properties;

async function configure(client: WorkflowClient, execution: Execution, config: TimeSkippingConfig): Promise<void> {
  await unlessUnsupported(() =>
    client.workflowService.updateWorkflowExecutionOptions({
      namespace: client.options.namespace,
      workflowExecution: execution,
      workflowExecutionOptions: { timeSkippingConfig: config },
      updateMask: { paths: ['time_skipping_config'] },
    }),
  );
}

function asUnsupported(error: unknown): unknown {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && refusedCodes.has(cause.code)
    ? new TimeSkippingUnsupportedError(cause.details)
    : error;
}

const refusedCodes = new Set([
  3, // INVALID_ARGUMENT
  7, // PERMISSION_DENIED
  9, // FAILED_PRECONDITION
  12, // UNIMPLEMENTED
]);

/** A retrying activity skips its pauses too; a hundred skips, the server's own bound, are soon used up by that. */
const maxSessionSkipCount = 10_000;

/**
 * From now on the execution's clock jumps to the next timer whenever nothing is in flight, up to its end.
 * Real server, no real waiting: thirty days take about a second.
 */
export async function skipTimeToTheEnd(client: WorkflowClient, execution: Execution): Promise<void> {
  await configure(client, execution, { enabled: true, maxSessionSkipCount });
}

/** A start whose clock steps ahead by `durationMs` from its first moment on: a call less than `fastForward`. `arrival` waits for it. */
export function fastForwardingStart(durationMs: number): {
  readonly options: Partial<WorkflowStartOptions>;
  readonly fastForwardId: string;
} {
  const fastForwardId = randomUUID();
  const timeSkippingConfig: TimeSkippingConfig = {
    enabled: true,
    maxSessionSkipCount,
    fastForwardConfig: { id: fastForwardId, duration: msToTs(durationMs) },
  };
  // The SDK has no word for it yet; what stands here goes into the request as it is.
  return {
    options: { [InternalWorkflowStartOptionsSymbol]: { timeSkippingConfig } } as Partial<WorkflowStartOptions>,
    fastForwardId,
  };
}

/** Runs a call that skips time. @throws TimeSkippingUnsupportedError in place of the server's refusal */
export async function unlessUnsupported<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw asUnsupported(error);
  }
}

/** No workflow is called so: what a server answers about it tells what the server can do. */
const noWorkflow = 'toki/can-this-server-skip-time';
const notFoundCode = 5;

/** Whether the server skips time in this namespace. Changes nothing. Rejects when it cannot be asked. */
export async function canSkipTime(service: WorkflowService, namespace: string): Promise<boolean> {
  try {
    await unlessUnsupported(() =>
      service.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution: { workflowId: noWorkflow },
        fastForwardId: randomUUID(),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof TimeSkippingUnsupportedError) return false;
    if (isGrpcServiceError(error) && (error.code as number) === notFoundCode) return true;
    throw error;
  }
}

/** The execution's clock runs like ours again. */
export async function stopSkippingTime(client: WorkflowClient, execution: Execution): Promise<void> {
  await configure(client, execution, { enabled: false });
}

/**
 * Steps the execution's clock ahead by `durationMs` and resolves when it stands there: everything due until then has
 * happened or is in flight, and from then on its clock runs like ours. A workflow that ends on the way resolves too.
 */
export async function fastForward(client: WorkflowClient, execution: Execution, durationMs: number): Promise<void> {
  const id = randomUUID();
  await configure(client, execution, {
    enabled: true,
    maxSessionSkipCount,
    fastForwardConfig: { id, duration: msToTs(durationMs) },
  });
  await arrival(client, execution, id);
}

/** Resolves when a fast-forward is at its moment; a workflow that ends on the way resolves too. */
export async function arrival(client: WorkflowClient, execution: Execution, fastForwardId: string): Promise<void> {
  for (;;) {
    const { fastForwardPollingResult: result, failedReason } = await unlessUnsupported(() =>
      client.workflowService.pollWorkflowExecutionTimeSkipping({
        namespace: client.options.namespace,
        workflowExecution: execution,
        fastForwardId,
      }),
    );
    if (result === PollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return;
    if (result === PollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) {
      const { status } = await client.getHandle(execution.workflowId, execution.runId).describe();
      if (status.name !== 'RUNNING') return;
      throw new Error(`${execution.workflowId} could not be fast-forwarded: ${failedReason}`);
    }
  }
}

/** The time of the execution's clock. */
export async function executionTime(client: WorkflowClient, execution: Execution): Promise<Date> {
  const { workflowExtendedInfo } = await client.workflowService.describeWorkflowExecution({
    namespace: client.options.namespace,
    execution,
  });
  const time = workflowExtendedInfo?.timeSkippingInfo?.currentTime;
  return time ? new Date(Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6) : new Date();
}
