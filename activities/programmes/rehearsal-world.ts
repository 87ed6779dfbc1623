import { Context } from '@temporalio/activity';
import { v7 as uuidv7 } from 'uuid';

import type { BookingView } from '../../database/bookings';
import type { Notice } from '../../database/notices';
import type { Answers } from '../../domain/bookings/form';
import { cityDate } from '../../domain/calendar/city-time';
import { type BookingState, stateAfter } from '../../domain/contracts/booking-lifecycle';
import type { ActorKind, BookingEvent, EndReason, NoticeRequest } from '../../domain/contracts/booking-workflow';
import { planJourney } from '../../domain/notices/journey-plan';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { isConfirmedAt, type PersonPlan, type PlannedBooking } from '../../domain/rehearsal/plan';
import { defined } from '../../domain/text/defined';
import { type BookingActivities, createBookingActivities } from '../bookings/booking-activities';
import { createNoticeActivities, type NoticeActivities } from '../notices/notice-activities';

/** A message as it would have gone out. */
export interface RehearsedNotice {
  readonly bookingId: string;
  readonly step: string;
  readonly occurrence: string;
  /** In the rehearsal's own time. */
  readonly at: Date;
  readonly status: Notice['status'];
  readonly reason: string | null;
  /** Staff telephone in its place. */
  readonly isCall: boolean;
  readonly message?: { readonly channel: string; readonly subject: string; readonly text: string };
}

interface Rehearsed {
  readonly id: string;
  readonly residentId: string;
  /** Whose it is, with all that they book. */
  readonly plan: PersonPlan;
  readonly planned: PlannedBooking;
  readonly reference: string;
  /** Workflow time minus the rehearsal's own, ms: whole days, so that the hours are the same. */
  readonly shiftMs: number;
  readonly replaces: string | null;
  state: BookingState;
  endReason: EndReason | null;
  readonly events: BookingEvent[];
}

type NoticeRow = { -readonly [Key in keyof Notice]: Notice[Key] };

const dayMs = 86_400_000;

/**
 * What the activities of a rehearsed booking work on instead of the database: bookings and notices in memory, of people who do not
 * exist. The activities themselves are the real ones. Two times: the rehearsal's own, in which the programme's dates lie (they
 * may be in the past), and the workflow's, which begins now and is skipped ahead; `shiftMs` lies between them.
 */
export class RehearsalWorld {
  readonly #bookings = new Map<string, Rehearsed>();
  readonly #notices = new Map<string, NoticeRow>();
  readonly #noticesOf = new Map<string, readonly NoticeRow[]>();
  readonly #bookingsOf = new Map<string, readonly Rehearsed[]>();
  readonly #messages = new Map<string, RehearsedNotice['message']>();
  readonly #times = new Map<string, Date>();
  /** Notices in whose place staff telephone. */
  readonly #calls = new Set<string>();
  readonly #programmeId = uuidv7();
  readonly #versionId = uuidv7();

  constructor(readonly document: ProgrammeDocument) {}

  /** Puts a booking into the world as it is when its seat is held; resolves to its id. */
  add(plan: PersonPlan, residentId: string, planned: PlannedBooking, replaces: string | null): string {
    const id = uuidv7();
    // The workflow begins now, and the seat is held within the day that follows.
    const shiftMs = Math.ceil((Date.now() - planned.heldAt.getTime()) / dayMs) * dayMs;
    const number = this.#bookings.size + 1;
    const booking: Rehearsed = {
      id,
      residentId,
      plan,
      planned,
      reference: String(100_000_000 + number),
      shiftMs,
      replaces,
      state: 'held',
      endReason: null,
      events: [],
    };
    this.#bookings.set(id, booking);
    this.#bookingsOf.set(residentId, [...this.#of(residentId), booking]);
    this.happen(id, 'held', planned.heldAt, 'citizen', null);
    return id;
  }

  has(bookingId: string): boolean {
    return this.#bookings.has(bookingId);
  }

  remove(bookingId: string): void {
    this.#bookings.delete(bookingId);
  }

  /** Something happens to a booking; gives the event as its workflow gets it. */
  happen(
    bookingId: string,
    type: BookingEvent['type'],
    at: Date,
    actor: ActorKind,
    reason: EndReason | null,
  ): BookingEvent {
    const booking = this.#booking(bookingId);
    booking.state = stateAfter(type);
    booking.endReason = reason;
    const { planned, plan } = booking;
    const event: BookingEvent = {
      bookingId,
      version: booking.events.length + 1,
      type,
      at: at.toISOString(),
      actor,
      ...(reason === null ? {} : { reason }),
      facts: {
        state: booking.state,
        programmeCode: 'rehearsal',
        programmeVersionId: this.#versionId,
        programmeVersion: 1,
        dose: planned.dose,
        channel: plan.person.channel,
        venueCode: planned.slot.venueCode,
        venueName: planned.slot.venueName,
        slotStartsAt: planned.slot.startsAt.toISOString(),
        slotEndsAt: planned.slot.endsAt.toISOString(),
        ...(type === 'held' ? { holdExpiresAt: planned.holdExpiresAt.toISOString() } : {}),
        ...(booking.replaces === null ? {} : { replaces: booking.replaces }),
        ...(type === 'attended' ? { nextDoseBooked: hasBooking(plan, planned.dose + 1, at) } : {}),
      },
    };
    booking.events.push(event);
    return this.#shifted(booking, event);
  }

  /** All events so far, as the workflow gets them. */
  eventsOf(bookingId: string, afterVersion = 0): BookingEvent[] {
    const booking = this.#booking(bookingId);
    return booking.events.filter((event) => event.version > afterVersion).map((event) => this.#shifted(booking, event));
  }

  stateOf(bookingId: string): BookingState {
    return this.#booking(bookingId).state;
  }

  /** The workflow's time of a moment of the rehearsal. */
  workflowTime(bookingId: string, moment: Date): Date {
    return new Date(moment.getTime() + this.#booking(bookingId).shiftMs);
  }

  /** The rehearsal's time of a moment of the workflow. */
  ownTime(bookingId: string, moment: Date | string): Date {
    return new Date(new Date(moment).getTime() - this.#booking(bookingId).shiftMs);
  }

  /** What was sent, or left out, about a booking; in the order in which it was asked for. */
  notices(bookingId: string): RehearsedNotice[] {
    return (this.#noticesOf.get(bookingId) ?? []).map((notice) => {
      const message = this.#messages.get(notice.id);
      return {
        bookingId,
        step: notice.step,
        occurrence: notice.occurrence,
        at: this.#times.get(notice.id) ?? notice.queuedAt,
        status: notice.status,
        reason: notice.skipReason,
        isCall: this.#calls.has(notice.id),
        ...defined({ message }),
      };
    });
  }

  #of(residentId: string): readonly Rehearsed[] {
    return this.#bookingsOf.get(residentId) ?? [];
  }

  #booking(id: string): Rehearsed {
    const booking = this.#bookings.get(id);
    if (!booking) throw new Error(`booking ${id} is not rehearsed here`);
    return booking;
  }

  #shifted({ shiftMs }: Rehearsed, event: BookingEvent): BookingEvent {
    const shift = (moment: string) => new Date(Date.parse(moment) + shiftMs).toISOString();
    const { facts } = event;
    const slotStartsAt = shift(facts.slotStartsAt);
    const carriesJourney =
      event.type === 'confirmed' || (event.type === 'held' && this.document.journey.some((step) => step.on === 'held'));
    return {
      ...event,
      at: shift(event.at),
      facts: {
        ...facts,
        slotStartsAt,
        ...(carriesJourney
          ? {
              journey: planJourney(this.document, facts.dose, {
                venueCode: facts.venueCode,
                channel: facts.channel,
                slotStartsAt,
              }),
            }
          : {}),
        slotEndsAt: shift(facts.slotEndsAt),
        ...(facts.holdExpiresAt === undefined ? {} : { holdExpiresAt: shift(facts.holdExpiresAt) }),
      },
    };
  }

  /** What the real activities ask of the database, answered from memory. */
  dependencies() {
    const view = (booking: Rehearsed): BookingView => ({
      id: booking.id,
      residentId: booking.residentId,
      programmeVersionId: this.#versionId,
      state: booking.state,
      dose: booking.planned.dose,
      channel: booking.plan.person.channel,
      version: booking.events.length,
      reference: booking.state === 'held' ? null : booking.reference,
      holdExpiresAt: booking.planned.holdExpiresAt,
      replaces: booking.replaces,
      replacedBy: null,
      pairOf: null,
      changes: booking.replaces === null ? 0 : 1,
      endReason: booking.endReason,
      slot: {
        id: booking.id,
        startsAt: booking.planned.slot.startsAt,
        endsAt: booking.planned.slot.endsAt,
        venue: {
          id: booking.id,
          code: booking.planned.slot.venueCode,
          name: booking.planned.slot.venueName,
          ward: '',
          address: booking.planned.slot.venueAddress,
          access: '',
          features: [],
          mapUrl: null,
          citizenNotes: '',
        },
      },
    });
    const end = (
      bookingId: string,
      from: BookingState,
      to: 'expired' | 'no_show',
      reason: EndReason,
      dueAt: (booking: Rehearsed) => Date,
      asOf: string,
    ) => {
      const booking = this.#booking(bookingId);
      const isDue = booking.state === from && Date.parse(asOf) - booking.shiftMs >= dueAt(booking).getTime();
      const event = isDue
        ? this.happen(bookingId, to, new Date(Date.parse(asOf) - booking.shiftMs), 'system', reason)
        : null;
      return Promise.resolve({ event, state: booking.state });
    };
    const set = (id: string, change: Partial<NoticeRow>) => {
      const notice = this.#notices.get(id);
      if (notice) Object.assign(notice, change);
      return Promise.resolve(notice !== undefined);
    };
    return {
      bookings: {
        find: (id: string) => Promise.resolve(this.#bookings.has(id) ? view(this.#booking(id)) : undefined),
        answersOf: (id: string): Promise<Answers | undefined> => {
          const { person } = this.#booking(id).plan;
          const mail = this.document.form.fields
            .filter((field) => field.kind === 'email')
            .map((field) => [field.name, 'rehearsal@example.jp'] as const);
          return Promise.resolve(Object.fromEntries(person.hasEmail ? mail : []));
        },
        // One booking is played after the other, each in its own time: what is beside it then, the plan knows.
        hasBookingForDose: (residentId: string, dose: number) => {
          const asking = this.#of(residentId).find((booking) =>
            Context.current().info.workflowExecution?.workflowId.endsWith(booking.id),
          );
          return Promise.resolve(asking !== undefined && hasBooking(asking.plan, dose, this.clock(asking.id)));
        },
        lastActor: (id: string) => Promise.resolve(this.#booking(id).events.at(-1)?.actor),
        expireHold: (id: string, asOf: string) =>
          end(id, 'held', 'expired', 'hold_expired', (booking) => booking.planned.holdExpiresAt, asOf),
        markNoShow: (id: string, asOf: string) =>
          end(
            id,
            'confirmed',
            'no_show',
            'day_over',
            (booking) =>
              new Date(booking.planned.slot.endsAt.getTime() + this.document.policies.noShowAfterHours * 3_600_000),
            asOf,
          ),
        cancelByCity: () => Promise.reject(new Error('nobody cancels a rehearsed booking from the Temporal UI')),
      },
      outbox: {
        eventsOf: (id: string, afterVersion: number) => Promise.resolve(this.eventsOf(id, afterVersion)),
        markDelivered: () => Promise.resolve(),
      },
      programmes: {
        version: () =>
          Promise.resolve({
            id: this.#versionId,
            programmeId: this.#programmeId,
            programmeCode: 'rehearsal',
            number: 1,
            document: this.document,
          }),
      },
      residents: {
        protectionOf: () => Promise.resolve({ isProtected: false }),
        isListed: () => Promise.resolve(true),
        find: (residentId: string) => {
          const [booking] = this.#of(residentId);
          return Promise.resolve(
            booking && {
              id: residentId,
              programmeId: this.#programmeId,
              groupCode: booking.plan.person.groupCode,
              birthDate: booking.plan.person.birthDate,
              declared: booking.plan.person.declared,
              isProtected: false,
            },
          );
        },
      },
      notices: {
        find: ({ bookingId, step, occurrence }: NoticeRequest): Promise<Notice> => {
          const key = `${bookingId}/${step}/${occurrence}`;
          let row = this.#notices.get(key);
          if (!row) {
            row = {
              id: key,
              bookingId,
              step,
              occurrence,
              status: 'queued',
              skipReason: null,
              attempts: 0,
              channel: null,
              queuedAt: this.clock(bookingId),
              sentAt: null,
            };
            this.#notices.set(key, row);
            this.#noticesOf.set(bookingId, [...(this.#noticesOf.get(bookingId) ?? []), row]);
            this.#times.set(key, row.queuedAt);
          }
          return Promise.resolve({ ...row });
        },
        wasTold: ({ bookingId, step }: Pick<NoticeRequest, 'bookingId' | 'step'>) =>
          Promise.resolve(this.notices(bookingId).some((notice) => notice.step === step && notice.status === 'sent')),
        toldTo: (booking: { readonly id: string; readonly residentId: string }, day: string) => {
          const told = this.#of(booking.residentId)
            .flatMap((item) => this.notices(item.id))
            .filter((notice) => notice.status === 'sent');
          return Promise.resolve({
            ofBooking: told.filter((notice) => notice.bookingId === booking.id).length,
            today: told.filter((notice) => cityDate(notice.at) === day).length,
          });
        },
        startSending: (id: string) => set(id, { status: 'sending' }),
        // Nobody who is rehearsed has linked an account.
        startPush: () => Promise.resolve(undefined),
        resumePush: () => Promise.resolve(undefined),
        giveWay: () => Promise.resolve(false),
        putBack: (id: string) => set(id, { status: 'queued' }),
        markSent: (id: string) => set(id, { status: 'sent' }),
        markFailed: (id: string) => set(id, { status: 'failed' }),
        markUnclear: (id: string) => set(id, { status: 'unclear' }),
        skip: (id: string, reason: string) => set(id, { status: 'skipped', skipReason: reason }),
        skipForCall: (id: string, reason: string) => {
          this.#calls.add(id);
          return set(id, { status: 'skipped', skipReason: reason });
        },
        deliverToInbox: (
          id: string,
          {
            channel,
            subject,
            text,
          }: { channel: string; recipient: string; subject: string; text: string; html: string },
        ) => {
          this.#messages.set(id, { channel, subject, text });
          return set(id, { status: 'sent' });
        },
      },
    };
  }

  /** The moment of the activity that runs, in the booking's own time; never before what has happened already. */
  clock(bookingId: string): Date {
    const now = this.ownTime(bookingId, new Date(Context.current().info.currentAttemptScheduledTimestampMs));
    const last = new Date(this.#booking(bookingId).events.at(-1)?.at ?? 0);
    return now > last ? now : last;
  }
}

function hasBooking({ bookings }: PersonPlan, dose: number, moment: Date): boolean {
  return bookings.some((planned) => planned.dose === dose && isConfirmedAt(planned, moment));
}

/** The worlds that are played in this process; a booking belongs to one of them. */
export class RehearsalWorlds {
  readonly #worlds = new Set<RehearsalWorld>();

  open(document: ProgrammeDocument): RehearsalWorld {
    const world = new RehearsalWorld(document);
    this.#worlds.add(world);
    return world;
  }

  close(world: RehearsalWorld): void {
    this.#worlds.delete(world);
  }

  of(bookingId: string): RehearsalWorld {
    for (const world of this.#worlds) if (world.has(bookingId)) return world;
    throw new Error(`booking ${bookingId} is not rehearsed in this process`);
  }
}

/** The real activities of bookings and notices, each on the world of its booking. */
export function createRehearsedActivities(
  worlds: RehearsalWorlds,
  publicUrl: string,
): BookingActivities & NoticeActivities {
  const made = new WeakMap<RehearsalWorld, BookingActivities & NoticeActivities>();
  const on = (bookingId: string): BookingActivities & NoticeActivities => {
    const world = worlds.of(bookingId);
    let activities = made.get(world);
    if (!activities) {
      const dependencies = world.dependencies();
      activities = {
        ...createBookingActivities(dependencies),
        ...createNoticeActivities({ ...dependencies, publicUrl, clock: (id) => world.clock(id) }),
      };
      made.set(world, activities);
    }
    return activities;
  };
  return {
    expireHold: (bookingId, asOf) => on(bookingId).expireHold(bookingId, asOf),
    markNoShow: (bookingId, asOf) => on(bookingId).markNoShow(bookingId, asOf),
    loadBookingEvents: (bookingId, afterVersion) => on(bookingId).loadBookingEvents(bookingId, afterVersion),
    cancelByCity: (bookingId, reason, afterVersion) => on(bookingId).cancelByCity(bookingId, reason, afterVersion),
    sendNotice: (request) => on(request.bookingId).sendNotice(request),
    settleNotice: (request) => on(request.bookingId).settleNotice(request),
  };
}
