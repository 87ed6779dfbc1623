import {
  type BookingChange,
  bookingForRules,
  type BookingRepository,
  type BookingView,
  type InvalidAnswers,
} from '../../../database/bookings';
import type { Programmes, ProgrammeVersion } from '../../../database/programmes';
import type { Session } from '../../../database/residents';
import type { FreeSlot, SlotRepository, VenueView } from '../../../database/schedule';
import type { UnmetSearches } from '../../../database/statistics';
import { type Availability, availabilityOf } from '../../../domain/bookings/availability-words';
import { allowedDates, decideCancel, decideChange, standsBeside } from '../../../domain/bookings/rules';
import { addDays } from '../../../domain/calendar/city-time';
import { type Refusal, refuse } from '../../../domain/contracts/booking-refusals';
import type { BookingEvent } from '../../../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { checkOpen } from '../../../domain/programmes/eligibility';
import { type Scope, scopeAt, scopesOf } from '../../../domain/programmes/scopes';
import { bookingWindow } from '../../../domain/programmes/window';

/** Takes events to the workflows, in the background: a booking never waits for Temporal. */
export interface HandOver {
  offer(events: readonly BookingEvent[]): void;
}

export interface CitizenBookingsDependencies {
  readonly bookings: Pick<BookingRepository, 'hold' | 'confirm' | 'cancel' | 'listOf' | 'find'>;
  readonly programmes: Pick<Programmes, 'current' | 'version'>;
  readonly slots: Pick<SlotRepository, 'venues' | 'freeByVenue' | 'freeSlots'>;
  readonly handOver: HandOver;
  readonly unmetSearches: Pick<UnmetSearches, 'note'>;
}

/** A seat that a person wants; `next`, `pairOf` and `movesPair` as in the repository's hold. */
export interface HoldWish {
  readonly slotId: string;
  readonly dose: number;
  readonly replaces?: string;
  readonly next?: { readonly slotId?: string };
  readonly pairOf?: string;
  readonly movesPair?: true;
  readonly idempotencyKey?: string;
}

/** First and last city date that may be chosen, both included. */
export interface DateRange {
  readonly first: string;
  readonly last: string;
}

/** What a citizen may choose from for one dose. */
export interface Choice {
  readonly ok: true;
  /** Whose seats are offered. */
  readonly channel: Session['channel'];
  readonly version: ProgrammeVersion;
  readonly dose: ProgrammeDocument['doses'][number];
  readonly range: DateRange;
  /** The confirmed booking that would be moved. */
  readonly moving: BookingView | undefined;
  /** A hold for this dose that is still running. */
  readonly holding: BookingView | undefined;
  /** Which days and which part of the seats are open at a venue; undefined: nothing. */
  readonly at: (venueCode: string) => Omit<Scope<never>, 'venues'> | undefined;
  /** The hold of the dose before, together with which this one would be confirmed. */
  readonly pairOf: string | undefined;
  /** Whether a slot stands well beside the other doses. */
  readonly fits: (slot: { readonly startsAt: Date }, venueCode: string) => boolean;
}

export interface VenueChoice {
  readonly venue: VenueView;
  readonly availability: Availability;
  /** First city date with a free seat. */
  readonly nextDay: string | null;
}

/** What citizens may still change is the same for all of their channels. */
const ownChannel = 'web';
const actor = 'citizen';

export type CitizenBookings = ReturnType<typeof createCitizenBookings>;

/** What a citizen can do, the same for the pages and for JSON: the person and the channel are fixed here. */
export function createCitizenBookings({
  bookings,
  programmes,
  slots,
  handOver,
  unmetSearches,
}: CitizenBookingsDependencies) {
  function handedOver<Result extends BookingChange | Refusal | InvalidAnswers>(result: Result): Result {
    if (result.ok && result.events.length > 0) handOver.offer(result.events);
    return result;
  }

  return {
    async hold(session: Session, input: HoldWish): Promise<BookingChange | Refusal> {
      return handedOver(
        await bookings.hold({ ...input, residentId: session.residentId, channel: session.channel, actor }),
      );
    },

    async confirm(
      session: Session,
      input: { bookingId: string; answers: Readonly<Record<string, unknown>>; idempotencyKey?: string },
    ): Promise<BookingChange | Refusal | InvalidAnswers> {
      return handedOver(
        await bookings.confirm({ ...input, residentId: session.residentId, channel: session.channel, actor }),
      );
    },

    async cancel(
      session: Session,
      input: { bookingId: string; idempotencyKey?: string },
    ): Promise<BookingChange | Refusal> {
      return handedOver(
        await bookings.cancel({ ...input, residentId: session.residentId, channel: session.channel, actor }),
      );
    },

    listOf: (session: Session): Promise<BookingView[]> => bookings.listOf(session.residentId),

    /** A booking of this citizen. Another person's does not exist. */
    async find(session: Session, bookingId: string): Promise<BookingView | undefined> {
      const booking = await bookings.find(bookingId);
      if (booking?.residentId !== session.residentId) return undefined;
      const isOver = booking.state === 'held' && booking.holdExpiresAt.getTime() <= Date.now();
      return isOver ? { ...booking, state: 'expired', endReason: 'hold_expired' } : booking;
    },

    versionOf: (booking: BookingView): Promise<ProgrammeVersion> => programmes.version(booking.programmeVersionId),

    /** What may be chosen for a dose, or why nothing may. `all`: the citizen's bookings. */
    async choiceFor(
      session: Session,
      doseNumber: number,
      all: readonly BookingView[],
      now: Date,
      { inOneGo = false, movesPair = false }: ChoiceOptions = {},
    ): Promise<Choice | Refusal> {
      const version = await programmes.current();
      const { document } = version;
      const dose = document.doses.find((item) => item.number === doseNumber);
      if (!dose) return refuse('not_found');
      const { channel } = session;
      const open = checkOpen(document, session, now, { channel, dose: doseNumber });
      if (!open.ok) return open;
      const live = liveOf(all);
      const pairOf = inOneGo ? firstOfPair(live, doseNumber)?.id : undefined;
      const moving = live.find(
        (item) => item.dose === doseNumber && (item.state === 'confirmed' || item.state === 'attended'),
      );
      if (moving) {
        const change = decideChange(document, bookingForRules(moving), channel, now, pairOf !== undefined);
        if (!change.ok) return change;
      }
      const replacedByFirst = live.find((item) => item.id === pairOf)?.replaces;
      const others = live
        .filter((item) => item.dose !== doseNumber && !movesPair && item.id !== replacedByFirst)
        .map(bookingForRules);
      const dates = allowedDates(document, doseNumber, others, { pairOf });
      if ('ok' in dates) return dates;
      const within = (range: DateRange): DateRange => ({
        first: dates.earliest !== undefined && dates.earliest > range.first ? dates.earliest : range.first,
        last: dates.latest !== undefined && dates.latest < range.last ? dates.latest : range.last,
      });
      return {
        ok: true,
        channel,
        version,
        dose,
        range: within(bookingWindow(document, now, { channel })),
        moving,
        holding: live.find((item) => item.dose === doseNumber && item.state === 'held'),
        at: (venueCode) => {
          const scope = scopeAt(document, session, { venueCode, channel, dose: doseNumber }, now);
          return scope && { ...scope, range: within(scope.range) };
        },
        fits: ({ startsAt }, venueCode) =>
          document.vaccines === undefined ||
          standsBeside(document, { dose: doseNumber, startsAt, venueCode }, others, pairOf),
        pairOf,
      };
    },

    /** Whether a booking could be cancelled now, so that a page need not offer what will be refused. */
    mayCancel(
      document: ProgrammeDocument,
      booking: BookingView,
      all: readonly BookingView[],
      now: Date,
    ): { ok: true } | Refusal {
      const others = liveOf(all).filter((item) => item.id !== booking.id && item.replaces !== booking.id);
      return decideCancel(document, bookingForRules(booking), others.map(bookingForRules), ownChannel, now);
    },

    mayChange(document: ProgrammeDocument, booking: BookingView, now: Date): { ok: true } | Refusal {
      return decideChange(document, bookingForRules(booking), ownChannel, now);
    },

    /** Every venue of the programme with how full it is on the days of `range`. */
    async venuesFor(choice: Choice): Promise<VenueChoice[]> {
      const { programmeId } = choice.version;
      if (choice.range.first > choice.range.last) return [];
      const venues = await slots.venues(programmeId);
      const scopes = scopesOf(venues, choice.at);
      const lists = await Promise.all(
        scopes.map((scope) =>
          slots.freeByVenue({
            programmeId,
            dose: choice.dose.number,
            channel: choice.channel,
            from: scope.range.first,
            until: addDays(scope.range.last, 1),
            limit: scope.limit,
            ...(scope.venues.length === venues.length ? {} : { venueIds: scope.venues.map((venue) => venue.id) }),
          }),
        ),
      );
      const free = lists.flat();
      return venues.flatMap((venue) => {
        const known = free.find((item) => item.venueId === venue.id);
        return known
          ? [{ venue, availability: availabilityOf(known.free, known.capacity), nextDay: known.nextDay }]
          : [];
      });
    },

    /** A person looked and found no free seat: counted, unless they have one already and only look for a better. */
    foundNothing(choice: Choice, session: Session, venueId?: string): void {
      if (choice.moving || choice.holding) return;
      unmetSearches.note({
        programmeId: choice.version.programmeId,
        venueId,
        dose: choice.dose.number,
        channel: choice.channel,
        who: session.residentId,
        residentId: session.residentId,
      });
    },

    /** The slots of one venue on the days of `range`, full ones included, in order of time. */
    async slotsOf(choice: Choice, venue: Pick<VenueView, 'id' | 'code'>): Promise<FreeSlot[]> {
      const scope = choice.at(venue.code);
      if (!scope || scope.range.first > scope.range.last) return [];
      const found = await slots.freeSlots({
        programmeId: choice.version.programmeId,
        dose: choice.dose.number,
        channel: choice.channel,
        venueId: venue.id,
        from: scope.range.first,
        until: addDays(scope.range.last, 1),
        limit: scope.limit,
      });
      return found.filter((slot) => choice.fits(slot, venue.code));
    },
  };
}

export interface ChoiceOptions {
  /** A hold of the dose before counts: both are confirmed in one go. */
  readonly inOneGo?: boolean;
  /** Both doses are to be moved: the other one does not bind. */
  readonly movesPair?: boolean;
}

/** The running hold of the dose before. */
export function firstOfPair(live: readonly BookingView[], dose: number): BookingView | undefined {
  return live.find((item) => item.dose === dose - 1 && item.state === 'held');
}

/** Bookings that count: a hold whose time is over is told as expired. */
export function liveOf(bookings: readonly BookingView[]): BookingView[] {
  return bookings.filter((item) => item.state === 'held' || item.state === 'confirmed' || item.state === 'attended');
}
