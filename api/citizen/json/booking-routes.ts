import type Router from '@koa/router';
import { z } from 'zod';

import type { BookingView } from '../../../database/bookings';
import type { Session } from '../../../database/residents';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { defined } from '../../../domain/text/defined';
import { idempotencyKeyOf, read, uuid } from '../../shared/input';
import { sendProblem } from '../../shared/problem';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, RequestState } from '../../shared/state';
import type { CitizenBookings } from '../bookings/citizen-bookings';

const holdSchema = z.object({
  slotId: uuid,
  dose: z.int().min(1).max(9),
  replaces: uuid.nullish(),
  /** The next dose in the same go: in this slot, or where the programme's rule puts it. */ next: z
    .object({ slotId: uuid.optional() })
    .optional(),
  pairOf: uuid.optional(),
  movesPair: z.literal(true).optional(),
});
const confirmSchema = z.object({ answers: z.record(z.string().max(100), z.unknown()) });

export interface BookingRouteDependencies {
  readonly sessionCheck: SessionCheck;
  readonly bookings: CitizenBookings;
}

export function addBookingRoutes(
  router: Router<RequestState>,
  { sessionCheck, bookings }: BookingRouteDependencies,
): void {
  router.get('/bookings', sessionCheck.required, async (ctx) => {
    const all = await bookings.listOf(sessionOf(ctx));
    ctx.body = { bookings: all.map(bookingJson) };
  });

  router.get('/bookings/:id', sessionCheck.required, async (ctx) => {
    const booking = await bookings.find(sessionOf(ctx), bookingIdOf(ctx));
    if (booking) ctx.body = bookingJson(booking);
    else sendProblem(ctx, refuse('booking_unknown'));
  });

  router.post('/bookings', sessionCheck.required, async (ctx) => {
    const input = read(holdSchema, ctx.state.body);
    if (!input.ok) {
      sendProblem(ctx, refuse('invalid_request'), input.faults);
      return;
    }
    const { slotId, dose, replaces, next, pairOf, movesPair } = input.value;
    const result = await bookings.hold(sessionOf(ctx), {
      slotId,
      dose,
      ...(replaces ? { replaces } : {}),
      ...(next ? { next: defined({ slotId: next.slotId }) } : {}),
      ...(pairOf ? { pairOf } : {}),
      ...defined({ movesPair }),
      ...keyOf(ctx),
    });
    if (!result.ok) {
      sendProblem(ctx, result);
      return;
    }
    const { id, state, holdExpiresAt } = result.booking;
    ctx.status = 201;
    const { pair } = result;
    ctx.body = {
      id,
      state,
      holdExpiresAt: holdExpiresAt.toISOString(),
      ...(pair
        ? { pair: { id: pair.id, state: pair.state, dose: pair.dose, startsAt: pair.slot.startsAt.toISOString() } }
        : {}),
    };
  });

  router.post('/bookings/:id/confirm', sessionCheck.required, async (ctx) => {
    const bookingId = bookingIdOf(ctx);
    const input = read(confirmSchema, ctx.state.body);
    if (!input.ok) {
      sendProblem(ctx, refuse('invalid_request'), input.faults);
      return;
    }
    const result = await bookings.confirm(sessionOf(ctx), { bookingId, answers: input.value.answers, ...keyOf(ctx) });
    if (result.ok) {
      const { id, reference, state } = result.booking;
      ctx.body = { id, reference, state };
    } else if ('faults' in result) {
      sendProblem(ctx, refuse('invalid_answers'), result.faults);
    } else {
      sendProblem(ctx, result);
    }
  });

  router.post('/bookings/:id/cancel', sessionCheck.required, async (ctx) => {
    const result = await bookings.cancel(sessionOf(ctx), { bookingId: bookingIdOf(ctx), ...keyOf(ctx) });
    if (result.ok) ctx.body = { id: result.booking.id, state: result.booking.state };
    else sendProblem(ctx, result);
  });
}

function sessionOf(ctx: AppContext): Session {
  if (!ctx.state.session) throw new Refused('not_logged_in');
  return ctx.state.session;
}

/** An id that is none belongs to no booking. */
function bookingIdOf(ctx: AppContext & { readonly params: Record<string, string> }): string {
  const id = uuid.safeParse(ctx.params['id']);
  if (!id.success) throw new Refused('booking_unknown');
  return id.data;
}

function keyOf(ctx: AppContext): { idempotencyKey?: string } {
  const key = idempotencyKeyOf(ctx.get('Idempotency-Key'));
  if (key === false) throw new Refused('invalid_request');
  return defined({ idempotencyKey: key });
}

function bookingJson(booking: BookingView) {
  const { venue, ...slot } = booking.slot;
  return {
    id: booking.id,
    state: booking.state,
    dose: booking.dose,
    reference: booking.reference,
    slot: {
      id: slot.id,
      startsAt: slot.startsAt.toISOString(),
      endsAt: slot.endsAt.toISOString(),
      venueId: venue.id,
      venue: { id: venue.id, name: venue.name, address: venue.address },
    },
    holdExpiresAt: booking.state === 'held' ? booking.holdExpiresAt.toISOString() : null,
    replaces: booking.replaces,
    replacedBy: booking.replacedBy,
    endReason: booking.endReason,
  };
}
