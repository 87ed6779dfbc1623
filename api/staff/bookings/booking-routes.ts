import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { BookingChange, BookingRepository, InvalidAnswers, Outbox } from '../../../database/bookings';
import { type Refusal, refuse } from '../../../domain/contracts/booking-refusals';
import type { Timeline } from '../../../domain/contracts/booking-workflow';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { idempotencyKeyOf, type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';
import { bookingEventShape, bookingJson, bookingShape, byId, timelineEntryShape, uuid } from '../frame/shapes';
import type { IdentityRequirement } from '../residents/identity-requirement';
import type { PhoneBookings } from './phone-bookings';

const bookingWithHistory = z
  .object({
    booking: bookingShape,
    events: z.array(bookingEventShape),
    /** `reachable: false`: Temporal did not answer; what was done is in `events`. */
    timeline: z.object({
      reachable: z.boolean(),
      done: z.array(timelineEntryShape),
      toCome: z.array(timelineEntryShape),
    }),
  })
  .meta({ id: 'BookingWithHistory' });

export interface BookingRouteDependencies {
  readonly phone: PhoneBookings;
  readonly bookings: Pick<BookingRepository, 'find'>;
  readonly identityRequirement: IdentityRequirement;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  readonly audit: Audit;
}

export function bookingRoutes({
  phone,
  identityRequirement,
  bookings,
  outbox,
  timelineOf,
  audit,
}: BookingRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/bookings/:id',
      summary: 'A booking, what happened to it, and what its workflow has done and will do',
      roles: deskRoles,
      params: byId,
      answer: bookingWithHistory,
      async handle({ params, actor }) {
        const booking = await bookings.find(params.id);
        // Where a protected resident will be is told to nobody who was not identified.
        const refusal = booking && (await identityRequirement.refusalIfProtected(actor.id, booking.residentId));
        await audit.record(actor, {
          action: 'booking.read',
          subject: { kind: 'booking', id: params.id },
          residentId: booking?.residentId,
          result: booking ? (refusal?.staffCode ?? 'done') : 'booking_unknown',
        });
        if (!booking) return refuse('booking_unknown');
        if (refusal) return refusal;
        const [events, timeline] = await Promise.all([outbox.eventsOf(booking.id, 0), timelineOf(booking.id)]);
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
            })),
            timeline: {
              reachable: timeline !== undefined,
              done: [...(timeline?.done ?? [])],
              toCome: [...(timeline?.toCome ?? [])],
            },
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/bookings',
      summary: 'Hold a seat of the telephone for a resident; `replaces`: move that booking',
      roles: deskRoles,
      params: byId,
      body: z.object({ slotId: uuid, dose: z.int().min(1).max(9), replaces: uuid.nullish() }),
      status: 201,
      answer: bookingShape,
      idempotent: true,
      async handle({ params, body: { slotId, dose, replaces }, actor, ctx, staff }) {
        const key = idempotencyKeyOf(ctx, staff);
        if (!key) return refuse('invalid_request');
        const result = await phone.hold(actor, {
          residentId: params.id,
          slotId,
          dose,
          ...(replaces ? { replaces } : {}),
          ...key,
        });
        // For a citizen this would mean that the session is of nobody.
        return 'code' in result && result.code === 'not_logged_in'
          ? refuseStaff('resident_unknown')
          : bookingOutcome(result);
      },
    }),
    staffRoute({
      method: 'post',
      path: '/bookings/:id/confirm',
      summary: 'Confirm a hold with the caller’s answers',
      roles: deskRoles,
      params: byId,
      body: z.object({ answers: z.record(z.string().max(100), z.unknown()) }),
      answer: bookingShape,
      idempotent: true,
      async handle({ params, body, actor, ctx, staff }) {
        const key = idempotencyKeyOf(ctx, staff);
        return key
          ? bookingOutcome(await phone.confirm(actor, { bookingId: params.id, answers: body.answers, ...key }))
          : refuse('invalid_request');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/bookings/:id/cancel',
      summary: 'Give a hold back, or cancel a booking',
      roles: deskRoles,
      params: byId,
      answer: bookingShape,
      idempotent: true,
      async handle({ params, actor, ctx, staff }) {
        const key = idempotencyKeyOf(ctx, staff);
        return key
          ? bookingOutcome(await phone.cancel(actor, { bookingId: params.id, ...key }))
          : refuse('invalid_request');
      },
    }),
  ];
}

function bookingOutcome(
  result: BookingChange | Refusal | StaffRefusal | InvalidAnswers,
): Outcome<z.input<typeof bookingShape>> {
  return result.ok ? { answer: bookingJson(result.booking) } : result;
}
