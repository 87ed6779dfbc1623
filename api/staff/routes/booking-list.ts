import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { BookingRepository } from '../../../database/bookings';
import type { Outbox } from '../../../database/outbox';
import type { Programmes } from '../../../database/programmes';
import type { StaffBookingReader } from '../../../database/staff-bookings';
import type { StaffNoticeReader } from '../../../database/staff-notices';
import { bookingStates } from '../../../domain/booking/lifecycle';
import { parseReference } from '../../../domain/booking/reference';
import { refuse } from '../../../domain/booking/refusals';
import { addDays } from '../../../domain/calendar/city-time';
import { bookingWorkflowId, type Timeline } from '../../../domain/contracts/booking-workflow';
import { refuseStaff } from '../../../domain/staff/refusals';
import { cursorMoment, cursorOf, cursorQuery } from '../cursor';
import { type StaffRoute, staffRoute } from '../define-route';
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
} from '../shapes';
import { noticeLineJson, noticeLineShape } from './notices';

/** Who looks at bookings, without talking to anybody. */
const roles = ['operator', 'supervisor', 'city_admin', 'auditor'] as const;
const pageSize = 50;

const lineShape = z
  .object({
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
    /** A notice failed or is unclear, or somebody is to be called. */
    attention: z.boolean(),
  })
  .meta({ id: 'BookingLine' });

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
  readonly bookingLists: StaffBookingReader;
  readonly noticeLists: Pick<StaffNoticeReader, 'ofBooking'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  readonly workflowUrl: (workflowId: string) => string | undefined;
  readonly audit: Audit;
}

/** Every booking, with its history: who, by which channel, when. */
export function bookingListRoutes({
  bookings,
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
        bookings: z.array(lineShape),
        next: z.string().nullable(),
        doses: z.array(z.object({ number: z.int(), label: z.string() })),
      }),
      async handle({ query: { venue, to, reference: said, attention, after, ...query }, actor }) {
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
        const shown = lines.slice(0, pageSize);
        await audit.record(actor, {
          action: 'booking.list',
          result: 'done',
          detail: { shown: shown.length },
          // A reference names one person's booking: that was a look at one resident.
          ...(reference !== undefined && shown[0] ? { residentId: shown[0].residentId } : {}),
        });
        const last = shown.at(-1);
        return {
          answer: {
            bookings: shown.map(({ slotId: _slotId, startsAt, createdAt, ...line }) => ({
              ...line,
              startsAt: startsAt.toISOString(),
              createdAt: createdAt.toISOString(),
            })),
            next: lines.length > pageSize && last ? cursorOf(last.startsAt, last.slotId, last.id) : null,
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
        await audit.record(actor, {
          action: 'booking.read',
          subject: { kind: 'booking', id: params.id },
          residentId: booking?.residentId,
          result: booking ? 'done' : 'booking_unknown',
        });
        if (!booking) return refuse('booking_unknown');
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
            notices: notices.map(noticeLineJson),
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
