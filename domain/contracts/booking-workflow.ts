/**
 * What the API, the relay and the workers say to a booking's workflow. Names and shapes only:
 * `api` and `database` never import the workflow itself. Nothing in here names a person.
 */
import type { BookingEventType, BookingState } from './booking-lifecycle';
import type { Channel } from './channels';

export { type Channel, channels } from './channels';

export const bookingWorkflowType = 'bookingLifecycle';
export const bookingTaskQueue = 'booking';
export const noticeTaskQueue = 'notice';

/** Queues of bookings that are rehearsed begin so; each worker process has one of its own, because the rehearsed world is in its memory. */
export const rehearsalQueuePrefix = 'rehearsal-';

/** Where the notices of a booking on this queue are sent: those of a rehearsal never leave it. */
export function noticeQueueOf(bookingQueue: string): string {
  return bookingQueue.startsWith(rehearsalQueuePrefix) ? bookingQueue : noticeTaskQueue;
}

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
  /** The journey of the pinned programme version: added to `held`, `confirmed` and `programme_changed` events when they are handed over, never stored. */
  readonly journey?: JourneyPlan;
  /** The event takes an end back (a check-in undone, a person counted as not come who came): a workflow that has ended is started again. */
  readonly takesEndBack?: true;
  /** On `attended`: the resident has a booking for the next dose already, so there is nobody to invite. */
  readonly nextDoseBooked?: boolean;
}

/** What the workflow needs to know of a programme version: which notices, when. Texts stay in the database. */
export interface JourneyPlan {
  readonly steps: readonly JourneyPlanStep[];
  /** Hours after the end of the slot when a person not checked in counts as not come. */
  readonly noShowAfterHours: number;
  /** The number of the way of writing that a worker must understand; left out: 1. An older worker leaves the booking to a newer one. */
  readonly schema?: number;
}

/** The newest way of writing a journey that this code understands. 2: steps some days after a moment, on a hold, and by whom something was cancelled. 3: the journey of a booking that was brought under another version. */
export const newestJourneySchema = 3;

export interface JourneyPlanStep {
  readonly id: string;
  readonly on: 'held' | 'confirmed' | 'changed' | 'cancelled' | 'attended' | 'no_show';
  /** Due at `at` o'clock (city time), `days` days before the day of the appointment; left out: at once. */
  readonly before?: { readonly days: number; readonly at: string };
  /** Due at `at` o'clock (city time), `days` days after the day of the appointment (attended, not come) or of the event. */
  readonly after?: { readonly days: number; readonly at: string };
  /** Only if the booking ended so. */
  readonly by?: readonly EndReason[];
  /** What staff call it; left out: the usual words. */
  readonly label?: string;
  /** Left out if the booking was confirmed less than this many hours before the step is due. */
  readonly notWithinHours?: number;
  /** An invitation to the next dose: only while there is no booking for it. */
  readonly invites?: true;
}

/** An occurrence that begins so is sent only if no notice of its step has gone out: the booking's end was taken back in between. */
export const unlessToldPrefix = 'unless-told/';

/** One notice: the step of the journey and which time it is sent (`first`, `again/<id of the request>`, or `unless-told/<version>`). */
export interface NoticeRequest {
  readonly bookingId: string;
  readonly step: string;
  readonly occurrence: string;
}

/** The occurrence of a notice that a person asked for once more; the request's id is the id of the Update. */
export function againOccurrence(requestId: string): string {
  return `again/${requestId}`;
}

/** Sends one notice of a booking whose own workflow has ended. */
export const noticeAgainWorkflowType = 'noticeAgain';
export function noticeAgainWorkflowId(requestId: string): string {
  return `notice/${requestId}`;
}

export const noticeOutcomes = ['sent', 'skipped', 'failed', 'unclear'] as const;
/** `unclear`: handed to the mail server, the answer was lost. */
export interface NoticeOutcome {
  readonly status: (typeof noticeOutcomes)[number];
  /** Why it was not sent, as a short code. */
  readonly reason?: string;
}

export const actorKinds = ['citizen', 'operator', 'venue', 'city', 'system'] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Why a booking or hold ended. `moved`: another booking took its place. */
export const endReasons = [
  'citizen',
  'operator',
  'city',
  'moved',
  'hold_expired',
  'given_up',
  'day_over',
  'checked_in',
] as const;
export type EndReason = (typeof endReasons)[number];

/** Argument of the workflow. `events`: the first event and those that followed before the start; later ones come by signal. */
export interface BookingLifecycleInput {
  readonly bookingId: string;
  readonly events?: readonly BookingEvent[];
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
