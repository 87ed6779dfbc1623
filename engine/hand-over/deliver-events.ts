import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';

import type { Programmes } from '../../database/programmes';
import { bookingSummary } from '../../domain/bookings/booking-words';
import {
  type BookingEvent,
  bookingEventSignalName,
  type BookingLifecycleInput,
  bookingTaskQueue,
  bookingWorkflowId,
  bookingWorkflowType,
} from '../../domain/contracts/booking-workflow';
import type { SearchAttributeName } from '../../domain/contracts/search-attributes';
import { withJourney } from './with-journey';

export interface EventDeliveryOptions {
  readonly client: Client;
  readonly programmes: Pick<Programmes, 'version'>;
}

/** Hands over events of one booking, in order of version. Resolves when Temporal has them all. */
export type DeliverEvents = (events: readonly BookingEvent[]) => Promise<void>;

const attribute = {
  Programme: defineSearchAttributeKey('Programme', SearchAttributeType.KEYWORD),
  ProgrammeVersion: defineSearchAttributeKey('ProgrammeVersion', SearchAttributeType.INT),
  Venue: defineSearchAttributeKey('Venue', SearchAttributeType.KEYWORD),
  SlotTime: defineSearchAttributeKey('SlotTime', SearchAttributeType.DATETIME),
  BookingStatus: defineSearchAttributeKey('BookingStatus', SearchAttributeType.KEYWORD),
  Channel: defineSearchAttributeKey('Channel', SearchAttributeType.KEYWORD),
} satisfies Partial<Record<SearchAttributeName, unknown>>;

/**
 * The one way from `booking_event` to a workflow, shared by hand-over, relay and reconciler. The first event starts the
 * workflow, with those that follow it as further argument; later ones are signals, with a start where the
 * workflow is missing (it then loads what it lacks). A workflow that has ended has had its last event: that counts as
 * delivered, unless the event takes that end back. Then a new run begins, whose notices the rows keep from going out twice.
 */
export function createEventDelivery({ client, programmes }: EventDeliveryOptions): DeliverEvents {
  return async (events) => {
    const whole = await Promise.all(events.map((event) => withJourney(programmes, event)));
    const [first] = whole;
    if (!first) return;
    let rest = whole;
    if (first.version === 1) {
      if (
        await begins(() =>
          client.workflow.start(bookingWorkflowType, {
            ...startOptions(first),
            args: [inputOf(first.bookingId, whole)],
          }),
        )
      )
        return;
      rest = whole.slice(1);
    }
    for (const event of rest) {
      if (await signalled(client, event)) continue;
      const accepted = await begins(() =>
        client.workflow.signalWithStart(bookingWorkflowType, {
          ...startOptions(event),
          ...(event.facts.takesEndBack ? { workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const } : {}),
          args: [inputOf(event.bookingId, [])],
          signal: bookingEventSignalName,
          signalArgs: [event],
        }),
      );
      if (!accepted) return;
    }
  };
}

/**
 * Starts the workflow of a booking again from all its events, also where an earlier run was ended by hand: for bookings
 * that live on while nothing drives them. False: another process was quicker.
 */
export async function restartWorkflow(
  options: EventDeliveryOptions,
  events: readonly BookingEvent[],
): Promise<boolean> {
  const [first] = events;
  if (!first) return false;
  const whole = await Promise.all(events.map((event) => withJourney(options.programmes, event)));
  const last = events.at(-1) ?? first;
  return begins(() =>
    options.client.workflow.start(bookingWorkflowType, {
      ...startOptions(last),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [inputOf(first.bookingId, whole)],
    }),
  );
}

function inputOf(bookingId: string, events: readonly BookingEvent[]): BookingLifecycleInput {
  return events.length === 0 ? { bookingId } : { bookingId, events };
}

function startOptions({
  bookingId,
  facts,
}: BookingEvent): Omit<WorkflowStartOptions, 'args'> & { workflowId: string; taskQueue: string } {
  return {
    workflowId: bookingWorkflowId(bookingId),
    taskQueue: bookingTaskQueue,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: bookingSummary(facts),
    typedSearchAttributes: [
      { key: attribute.Programme, value: facts.programmeCode },
      { key: attribute.ProgrammeVersion, value: facts.programmeVersion },
      { key: attribute.Venue, value: facts.venueCode },
      { key: attribute.SlotTime, value: new Date(facts.slotStartsAt) },
      { key: attribute.BookingStatus, value: facts.state },
      { key: attribute.Channel, value: facts.channel },
    ] satisfies SearchAttributePair[],
  };
}

/** The plain signal first: it costs the server a third less than one that could also start. False: there is no running workflow. */
async function signalled(client: Client, event: BookingEvent): Promise<boolean> {
  try {
    await client.workflow.getHandle(bookingWorkflowId(event.bookingId)).signal(bookingEventSignalName, event);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** False when a workflow of that id has been started before (by the start) or has ended (by the signal). */
async function begins(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

const outageCodes = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  14, // UNAVAILABLE
]);

/** Whether an error says that Temporal cannot be reached or cannot keep up, rather than that it refused one request. */
export function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return outageCodes.has(cause.code);
  }
  return false;
}
