import {
  type BookingEventType,
  type BookingState,
  countsForDose,
  isAllowedStep,
  stateAfter,
  takesEndBack,
  takesSeat,
} from '../contracts/booking-lifecycle';
import type { Refusal } from '../contracts/booking-refusals';
import type { ActorKind, BookingEvent, BookingFacts, Channel, EndReason } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programmes/document';
import { needsBirthDate, type Person } from '../programmes/eligibility';
import type { SeatShare } from '../programmes/seat-stages';
import type { ProgrammeVersion } from '../programmes/version';
import type { VenueView } from '../schedule/venue-view';
import type { Booking } from './booking';
import type { AnswerFault, Answers } from './form';

/** The seats of one channel in a slot. */
export interface ContextSeats {
  readonly channel: Channel;
  readonly capacity: number;
  readonly taken: number;
  /** Seats taken by the code of a seat stage's share. */
  readonly shares: Readonly<Record<string, number>>;
  /** Holds of anybody whose time is over, the oldest first: listed only where seats may be short. */
  readonly stale: readonly Booking[];
  /** Cancelled seats whose cooling time is over: listed only where seats may be short. */
  readonly cooled: readonly CooledSeat[];
}

export interface CooledSeat {
  readonly bookingId: string;
  readonly shareCode: string | null;
}

export interface ContextSlot {
  readonly id: string;
  readonly programmeId: string;
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Neither the slot nor its venue is stopped: new bookings are taken. */
  readonly isOpen: boolean;
  readonly venue: VenueView;
  readonly seats: readonly ContextSeats[];
}

/** Everything that a decision about one resident's bookings rests on, as it was at one moment. */
export interface BookingContext {
  readonly now: Date;
  readonly resident: {
    readonly id: string;
    readonly programmeId: string;
    readonly groupCode: string;
    readonly declared: readonly string[];
    readonly isActive: boolean;
    /** `YYYY-MM-DD`; opened when it is read. */
    readonly birthDate: string;
  };
  /** The resident's held, confirmed and attended bookings, and those that the request names, of anybody and in any state. */
  readonly bookings: readonly Booking[];
  readonly slots: readonly ContextSlot[];
  /** Doses for which a supervisor gave a permit. */
  readonly permits: readonly { readonly dose: number; readonly isInForce: boolean }[];
  /** The published version of the resident's programme. */
  readonly published: ProgrammeVersion | undefined;
  /** The versions that the bookings pin, by id. */
  readonly versions: ReadonlyMap<string, ProgrammeVersion>;
}

/** One step of one booking. */
export interface PlannedStep {
  readonly before: Booking | undefined;
  readonly after: Booking;
  readonly event: BookingEvent;
  /** `cooled`: it still counts as taken until `reopensAt`. */
  readonly seat: 'taken' | 'given back' | 'cooled' | 'kept';
  readonly reopensAt?: Date;
  /** Of a new hold: the group by which the person books, and the part of the seats that is open to it. */
  readonly groupCode?: string;
  readonly limit?: SeatShare;
  /** Of a confirmation. */
  readonly answers?: Answers;
}

export interface ReopenedSeat extends CooledSeat {
  readonly slotId: string;
  readonly channel: Channel;
}

/** What is decided so far, and the context as it would be after it. */
export interface Draft {
  readonly context: BookingContext;
  readonly steps: readonly PlannedStep[];
  readonly reopened: readonly ReopenedSeat[];
}

export interface InvalidAnswers {
  readonly ok: false;
  readonly code: 'invalid_answers';
  readonly faults: readonly AnswerFault[];
}

/** A plan: what is to be written, and the booking that the answer is about. */
export interface Plan {
  readonly ok: true;
  readonly draft: Draft;
  readonly booking: Booking;
  /** The next dose, held or confirmed in the same go. */
  readonly pair?: Booking;
}

/** It is as was asked for already: nothing is to be done. */
export interface Known {
  readonly ok: true;
  readonly known: Booking;
}

export type Decision = Plan | Known | Refusal | InvalidAnswers;

/** What a decision cannot make by itself. */
export interface Makers {
  newId(): string;
  newReference(): string;
}

export function draftOf(context: BookingContext): Draft {
  return { context, steps: [], reopened: [] };
}

/** The resident's held, confirmed and attended bookings, also holds whose time is over. */
export function liveBookings({ bookings, resident }: BookingContext): Booking[] {
  return bookings.filter(
    (item) => item.residentId === resident.id && (item.state === 'held' || countsForDose(item.state)),
  );
}

/** The resident's own booking; another person's does not exist. */
export function ownBooking({ bookings, resident }: BookingContext, id: string): Booking | undefined {
  return bookings.find((item) => item.id === id && item.residentId === resident.id);
}

export function versionOf({ versions }: BookingContext, booking: Booking): ProgrammeVersion {
  const version = versions.get(booking.programmeVersionId);
  if (!version) throw new Error(`booking ${booking.id} came without its programme version`);
  return version;
}

/** What the rules need to know of the resident; the birth date is opened only where a group goes by age. */
export function personOf(document: ProgrammeDocument, { resident }: BookingContext): Person {
  const person = { groupCode: resident.groupCode, declared: resident.declared };
  return needsBirthDate(document) ? { ...person, birthDate: resident.birthDate } : person;
}

export function isStale(booking: Booking, now: Date): boolean {
  return booking.state === 'held' && booking.holdExpiresAt.getTime() <= now.getTime();
}

export interface StepOptions {
  readonly reason: EndReason | null;
  readonly actor: ActorKind;
  /** What becomes different beside the state. */
  readonly changes?: Partial<Pick<Booking, 'replacedBy' | 'reference' | 'programmeVersionId'>>;
  readonly answers?: Answers;
}

/** Adds a step of a booking that is there. @throws Error where the life of a booking does not allow it: a fault of the caller. */
export function withStep(draft: Draft, before: Booking, type: BookingEventType, options: StepOptions): Draft {
  const { reason, actor, changes = {}, answers } = options;
  const { context } = draft;
  const state = stateAfter(type);
  if (!isAllowedStep(before.state, type)) throw new Error(`a booking cannot go from ${before.state} by ${type}`);
  const after: Booking = { ...before, ...changes, state, version: before.version + 1, endReason: reason };
  const version = type === 'programme_changed' ? versionOf(context, after) : versionOf(context, before);
  const isNextDoseBooked =
    state === 'attended' &&
    liveBookings(context).some((item) => item.dose === before.dose + 1 && countsForDose(item.state));
  const facts: BookingFacts = {
    ...factsOf(after, version),
    ...(takesEndBack(before.state, state) ? { takesEndBack: true as const } : {}),
    // The workflow then need not find out that there is nobody to invite.
    ...(isNextDoseBooked ? { nextDoseBooked: true } : {}),
  };
  const givesBack = takesSeat(before.state) && !takesSeat(state);
  const reopensAt =
    givesBack && before.state === 'confirmed' && actor !== 'city' && actor !== 'system'
      ? coolingEnd(version.document, context.now)
      : undefined;
  return add(draft, {
    before,
    after,
    event: eventOf(after, { type, actor, at: context.now, facts }),
    seat: reopensAt ? 'cooled' : givesBack ? 'given back' : 'kept',
    ...(reopensAt ? { reopensAt } : {}),
    ...(answers ? { answers } : {}),
  });
}

/** Adds a new hold. */
export function withHold(
  draft: Draft,
  booking: Booking,
  version: ProgrammeVersion,
  { actor, groupCode, limit }: { actor: ActorKind; groupCode: string; limit: SeatShare | null },
): Draft {
  const versions = new Map([...draft.context.versions, [version.id, version]]);
  return add(
    { ...draft, context: { ...draft.context, versions } },
    {
      before: undefined,
      after: booking,
      event: eventOf(booking, { type: 'held', actor, at: draft.context.now, facts: factsOf(booking, version) }),
      seat: 'taken',
      groupCode,
      ...(limit ? { limit } : {}),
    },
  );
}

/** Opens cancelled seats whose cooling time is over. */
export function withReopened(draft: Draft, slotId: string, seats: ContextSeats): Draft {
  const reopened = seats.cooled.map((item) => ({ ...item, slotId, channel: seats.channel }));
  let { context } = draft;
  for (const item of reopened) context = withSeats(context, item, -1, item.bookingId);
  return { ...draft, context, reopened: [...draft.reopened, ...reopened] };
}

function add(draft: Draft, step: PlannedStep): Draft {
  const { after, seat } = step;
  const { context } = draft;
  const isNew = step.before === undefined;
  const bookings = isNew
    ? [...context.bookings, after]
    : context.bookings.map((item) => (item.id === after.id ? after : item));
  const counted = { slotId: after.slot.id, channel: after.channel, shareCode: after.shareCode };
  const moved = { ...context, bookings };
  return {
    ...draft,
    context:
      seat === 'taken' || seat === 'given back'
        ? withSeats(moved, counted, seat === 'taken' ? 1 : -1, after.id)
        : moved,
    steps: [...draft.steps, step],
  };
}

/** The context with one more seat taken, or one less, by a booking that then no longer waits to be ended. */
function withSeats(
  context: BookingContext,
  { slotId, channel, shareCode }: { slotId: string; channel: Channel; shareCode: string | null },
  more: 1 | -1,
  bookingId: string,
): BookingContext {
  const counted = (seats: ContextSeats): ContextSeats => ({
    ...seats,
    taken: seats.taken + more,
    shares: shareCode === null ? seats.shares : { ...seats.shares, [shareCode]: (seats.shares[shareCode] ?? 0) + more },
    stale: seats.stale.filter((item) => item.id !== bookingId),
    cooled: seats.cooled.filter((item) => item.bookingId !== bookingId),
  });
  return {
    ...context,
    slots: context.slots.map((slot) =>
      slot.id === slotId
        ? { ...slot, seats: slot.seats.map((seats) => (seats.channel === channel ? counted(seats) : seats)) }
        : slot,
    ),
  };
}

/** Whether a plan touches what is another person's, or opens cancelled seats: then nobody else may be counting these seats meanwhile. */
export function needsSeatsAlone({ draft }: Plan): boolean {
  return draft.reopened.length > 0 || draft.steps.some((step) => step.after.residentId !== draft.context.resident.id);
}

/** When the seat of a booking that is cancelled now opens again; undefined: at once. */
function coolingEnd({ policies }: ProgrammeDocument, now: Date): Date | undefined {
  return policies.coolingMinutes ? new Date(now.getTime() + policies.coolingMinutes * 60_000) : undefined;
}

function eventOf(
  booking: Booking,
  { type, actor, at, facts }: { type: BookingEventType; actor: ActorKind; at: Date; facts: BookingFacts },
): BookingEvent {
  return {
    bookingId: booking.id,
    version: booking.version,
    type,
    at: at.toISOString(),
    actor,
    ...(booking.endReason === null ? {} : { reason: booking.endReason }),
    facts,
  };
}

function factsOf(booking: Booking, version: ProgrammeVersion): BookingFacts {
  const { slot } = booking;
  const state: BookingState = booking.state;
  return {
    state,
    programmeCode: version.programmeCode,
    programmeVersionId: version.id,
    programmeVersion: version.number,
    dose: booking.dose,
    channel: booking.channel,
    venueCode: slot.venue.code,
    venueName: slot.venue.name,
    slotStartsAt: slot.startsAt.toISOString(),
    slotEndsAt: slot.endsAt.toISOString(),
    ...(state === 'held' ? { holdExpiresAt: booking.holdExpiresAt.toISOString() } : {}),
    ...(booking.replaces === null ? {} : { replaces: booking.replaces }),
    ...(booking.replacedBy === null ? {} : { replacedBy: booking.replacedBy }),
  };
}
