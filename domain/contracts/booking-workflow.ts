/**
 * What the API, the relay and the workers say to a booking's workflow. Names and shapes only:
 * `api` and `database` never import the workflow itself. Nothing in here names a person.
 */
import type { BookingEventType, BookingState } from '../booking/lifecycle';

export const bookingWorkflowType = 'bookingLifecycle';
export const bookingTaskQueue = 'booking';
export const noticeTaskQueue = 'notice';

export function bookingWorkflowId(bookingId: string): string {
  return `booking/${bookingId}`;
}

export const bookingEventSignalName = 'bookingEvent';
export const timelineQueryName = 'timeline';
export const cancelUpdateName = 'cancelBooking';
export const resendNoticeUpdateName = 'resendNotice';

/**
 * One row of `booking_event`, with what the workflow needs to know of the booking after it.
 * Times are ISO 8601 instants (UTC).
 */
export interface BookingEvent {
  readonly bookingId: string;
  /** 1, 2, 3 … per booking without gaps: the workflow applies them in this order and drops what it has seen. */
  readonly version: number;
  readonly type: BookingEventType;
  readonly at: string;
  readonly reason?: EndReason;
  readonly actor: ActorKind;
  readonly facts: BookingFacts;
}

export interface BookingFacts {
  readonly state: BookingState;
  readonly programmeCode: string;
  readonly programmeVersionId: string;
  readonly programmeVersion: number;
  readonly dose: number;
  readonly channel: Channel;
  readonly venueCode: string;
  readonly venueName: string;
  readonly slotStartsAt: string;
  readonly slotEndsAt: string;
  /** Set while held. */
  readonly holdExpiresAt?: string;
  /** The booking that this one takes the place of when it is confirmed. */
  readonly replaces?: string;
  /** Set on a cancelled booking that was moved: the booking that took its place. */
  readonly replacedBy?: string;
}

export const channels = ['web', 'phone', 'line', 'venue'] as const;
export type Channel = (typeof channels)[number];

export const actorKinds = ['citizen', 'operator', 'venue', 'city', 'system'] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Why a booking or hold ended. `moved`: another booking took its place. */
export const endReasons = ['citizen', 'operator', 'city', 'moved', 'hold_expired', 'given_up', 'day_over', 'checked_in'] as const;
export type EndReason = (typeof endReasons)[number];

/** Argument of the workflow. `event` is the first event, given at the start; later ones come by signal. */
export interface BookingLifecycleInput {
  readonly bookingId: string;
  readonly event?: BookingEvent;
}

export interface TimelineEntry {
  /** `event`: a change of the booking; `notice`: a message to the citizen; `deadline`: something the workflow waits for. */
  readonly kind: 'event' | 'notice' | 'deadline';
  /** Event type, journey step id, or name of the deadline (`hold_end`, `no_show`). */
  readonly name: string;
  /** Instant at which it happened or is due. */
  readonly at: string;
  readonly status: 'done' | 'to_come' | 'skipped' | 'failed';
  /** Short Japanese words for people. */
  readonly label: string;
}

export interface Timeline {
  readonly bookingId: string;
  readonly state: BookingState | 'waiting';
  readonly version: number;
  readonly done: readonly TimelineEntry[];
  readonly toCome: readonly TimelineEntry[];
}

export interface CancelBookingInput {
  readonly reason: Extract<EndReason, 'operator' | 'city'>;
}

export interface ResendNoticeInput {
  /** Id of the journey step whose notice is to be sent again. */
  readonly step: string;
}
