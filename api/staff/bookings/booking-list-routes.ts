import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { BookingLine, BookingList, BookingRepository, Outbox } from '../../../database/bookings';
import type { NoticeList } from '../../../database/notices';
import type { Programmes } from '../../../database/programmes';
import type { IdentityChecks } from '../../../database/residents';
import { parseReference } from '../../../domain/bookings/reference';
import { addDays } from '../../../domain/calendar/city-time';
import { bookingStates } from '../../../domain/contracts/booking-lifecycle';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { bookingWorkflowId, type Timeline } from '../../../domain/contracts/booking-workflow';
import { refuseStaff } from '../../../domain/staff/refusals';
import { type Disclosure, disclosureTo } from '../../../domain/staff/visibility';
import { cursorMoment, cursorOf, cursorQuery, pageOf } from '../frame/cursor';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import {
  bookingEventShape,
  bookingJson,
  bookingShape,
  byId,
  channel,
  doseQuery,
  instant,
  plainDate,
  timelineEntryShape,
  uuid,
} from '../frame/shapes';
import { noticeLineShape, wholeNoticeLineJson } from '../notices/notice-routes';
import type { IdentityRequirement } from '../residents/identity-requirement';

/** Who looks at bookings, without talking to anybody. */
const roles = ['operator', 'supervisor', 'city_admin', 'auditor'] as const;
const pageSize = 50;

const lineShape = z
  .object({
    isProtected: z.literal(false),
    id: uuid,
    residentId: uuid,
    reference: z.string().nullable(),
    state: z.enum(bookingStates),
    dose: z.int(),
    channel,
    startsAt: instant,
    venueId: uuid,
    venueName: z.string(),
    createdAt: instant,
    /** A notice failed or is unclear, or a person is to be called. */
    attention: z.boolean(),
  })
  .meta({ id: 'BookingLine' });
/** A booking of a protected resident: that it is there, and nothing that leads to a person, a place or a time. */
const protectedLineShape = z
  .object({ isProtected: z.literal(true), state: z.enum(bookingStates), dose: z.int() })
  .meta({ id: 'ProtectedBookingLine' });

const historyShape = z
  .object({
    booking: bookingShape,
    /** `staffName`: the member of staff who took the step. */
    events: z.array(bookingEventShape.extend({ staffName: z.string().nullable() }).meta({ id: 'BookingStep' })),
    notices: z.array(noticeLineShape),
    timeline: z.object({
      reachable: z.boolean(),
      done: z.array(timelineEntryShape),
      toCome: z.array(timelineEntryShape),
    }),
    /** Its page in the Temporal UI; null where there is no such UI. */
    workflowUrl: z.string().nullable(),
  })
  .meta({ id: 'BookingHistory' });

export interface BookingListRouteDependencies {
  readonly bookings: Pick<BookingRepository, 'find'>;
  readonly identityChecks: Pick<IdentityChecks, 'openResidents'>;
  readonly identityRequirement: IdentityRequirement;
  readonly bookingLists: BookingList;
  readonly noticeLists: Pick<NoticeList, 'ofBooking'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  readonly workflowUrl: (workflowId: string) => string | undefined;
  readonly audit: Audit;
}

/** Every booking, with its history: who, by which channel, when. */
export function bookingListRoutes({
  bookings,
  identityChecks,
  identityRequirement,
  bookingLists,
  noticeLists,
  programmes,
  outbox,
  timelineOf,
  workflowUrl,
  audit,
}: BookingListRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/bookings',
      summary: `Bookings in the order of their appointments, ${String(pageSize)} at a time; from and to included; after: where the page before ended`,
      roles,
      query: z.object({
        state: z.enum(bookingStates).optional(),
        venue: uuid.optional(),
        from: plainDate.optional(),
        to: plainDate.optional(),
        dose: doseQuery.optional(),
        channel: channel.optional(),
        reference: z.string().max(40).optional(),
        attention: z.literal('yes').optional(),
        order: z.enum(['soonest', 'latest']).default('soonest'),
        after: cursorQuery(z.tuple([cursorMoment, uuid, uuid])).optional(),
      }),
      answer: z.object({
        bookings: z.array(z.union([lineShape, protectedLineShape])),
        next: z.string().nullable(),
        doses: z.array(z.object({ number: z.int(), label: z.string() })),
      }),
      async handle({ query: { venue, to, reference: said, attention, after, ...query }, actor, staff }) {
        const reference = said === undefined ? undefined : parseReference(said);
        if (said !== undefined && reference === undefined) return refuseStaff('reference_malformed');
        const { programmeId, document } = await programmes.current();
        const lines = await bookingLists.list({
          ...query,
          programmeId,
          venueId: venue,
          until: to === undefined ? undefined : addDays(to, 1),
          reference,
          attention: attention === 'yes',
          ...(after ? { after: { startsAt: after[0], slotId: after[1], id: after[2] } } : {}),
          limit: pageSize + 1,
        });
        const open = await identityChecks.openResidents(staff.staffId);
        const toldOf = (line: BookingLine) => disclosureTo('list', line, open.has(line.residentId));
        const { shown, last } = pageOf(lines, pageSize, (line) => toldOf(line) === 'whole');
        // A person who knows the reference would learn by the other conditions where the booking is.
        const isRefused = reference !== undefined && shown.some((line) => toldOf(line) !== 'whole');
        await audit.record(actor, {
          action: 'booking.list',
          result: isRefused ? 'identity_required' : 'done',
          detail: { shown: shown.length },
          // A reference names one person's booking: that was a look at one resident.
          ...(reference !== undefined && shown[0] ? { residentId: shown[0].residentId } : {}),
        });
        if (isRefused) return refuseStaff('identity_required');
        return {
          answer: {
            bookings: shown.map((line) => lineJson(line, toldOf(line))),
            next: last ? cursorOf(last.startsAt, last.slotId, last.id) : null,
            doses: document.doses.map(({ number, label }) => ({ number, label })),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/bookings/:id/history',
      summary: 'A booking with everything that happened to it, its notices, what is to come, and its workflow',
      roles,
      params: byId,
      answer: historyShape,
      async handle({ params, actor }) {
        const booking = await bookings.find(params.id);
        const refusal = booking && (await identityRequirement.refusalIfProtected(actor.id, booking.residentId));
        await audit.record(actor, {
          action: 'booking.read',
          subject: { kind: 'booking', id: params.id },
          residentId: booking?.residentId,
          result: booking ? (refusal?.staffCode ?? 'done') : 'booking_unknown',
        });
        if (!booking) return refuse('booking_unknown');
        if (refusal) return refusal;
        const [events, timeline, notices, staff] = await Promise.all([
          outbox.eventsOf(booking.id, 0),
          timelineOf(booking.id),
          noticeLists.ofBooking(booking.id),
          bookingLists.staffOfSteps(booking.id),
        ]);
        return {
          answer: {
            booking: bookingJson(booking),
            events: events.map(({ version, type, at, actor: by, facts, reason }) => ({
              version,
              type,
              at,
              actor: by,
              channel: facts.channel,
              reason: reason ?? null,
              staffName: staff.get(version) ?? null,
            })),
            notices: notices.map(wholeNoticeLineJson),
            timeline: {
              reachable: timeline !== undefined,
              done: [...(timeline?.done ?? [])],
              toCome: [...(timeline?.toCome ?? [])],
            },
            workflowUrl: workflowUrl(bookingWorkflowId(booking.id)) ?? null,
          },
        };
      },
    }),
  ];
}

function lineJson(
  { slotId: _slotId, startsAt, createdAt, isProtected: _isProtected, ...line }: BookingLine,
  told: Disclosure,
): z.input<typeof lineShape> | z.input<typeof protectedLineShape> {
  return told === 'whole'
    ? { ...line, isProtected: false, startsAt: startsAt.toISOString(), createdAt: createdAt.toISOString() }
    : { isProtected: true, state: line.state, dose: line.dose };
}
