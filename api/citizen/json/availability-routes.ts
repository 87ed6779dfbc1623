import type Router from '@koa/router';
import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type { SlotRepository } from '../../../database/schedule';
import { addDays } from '../../../domain/calendar/city-time';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { publicScopeAt, scopesOf } from '../../../domain/programmes/scopes';
import { defined } from '../../../domain/text/defined';
import { read, uuid } from '../../shared/input';
import { sendProblem } from '../../shared/problem';
import type { RequestState } from '../../shared/state';

const date = z.string().refine(isPlainDate);
const slotQuery = z.object({
  venue: uuid.optional(),
  dose: z
    .string()
    .regex(/^[1-9]$/)
    .transform(Number)
    .optional(),
  from: date.optional(),
  to: date.optional(),
});

export interface AvailabilityRouteDependencies {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly slots: Pick<SlotRepository, 'venues' | 'freeSlots'>;
}

/** What is free, for everybody: nothing in here is personal, and it may lag by a second. */
export function addAvailabilityRoutes(
  router: Router<RequestState>,
  { programmes, slots }: AvailabilityRouteDependencies,
): void {
  router.get('/venues', async (ctx) => {
    const { programmeId } = await programmes.current();
    const venues = await slots.venues(programmeId);
    ctx.body = {
      venues: venues.map(({ id, name, address, ward, access, features, mapUrl, citizenNotes }) => ({
        id,
        name,
        address,
        ward,
        access,
        features,
        mapUrl,
        notes: citizenNotes,
      })),
    };
  });

  /** `from` and `to` are both included and bounded by the days that can be booked at all. */
  router.get('/slots', async (ctx) => {
    const input = read(slotQuery, ctx.query);
    if (!input.ok) {
      sendProblem(ctx, refuse('invalid_request'), input.faults);
      return;
    }
    const { venue, dose, from, to } = input.value;
    const { programmeId, document } = await programmes.current();
    const now = new Date();
    const doses = document.doses.map((item) => item.number).filter((number) => dose === undefined || number === dose);
    const venues = (await slots.venues(programmeId)).filter((item) => venue === undefined || item.id === venue);
    const lists = await Promise.all(
      doses.flatMap((number) =>
        scopesOf(venues, (venueCode) => {
          const scope = publicScopeAt(document, { venueCode, channel: 'web', dose: number }, now);
          const first = from !== undefined && from > scope.range.first ? from : scope.range.first;
          const last = to !== undefined && to < scope.range.last ? to : scope.range.last;
          return { ...scope, range: { first, last } };
        }).map((scope) =>
          slots.freeSlots({
            programmeId,
            dose: number,
            channel: 'web',
            from: scope.range.first,
            until: addDays(scope.range.last, 1),
            limit: scope.limit,
            venueIds: scope.venues.map((item) => item.id),
          }),
        ),
      ),
    );
    ctx.body = {
      slots: lists.flat().map((slot) => ({
        id: slot.id,
        venueId: slot.venueId,
        dose: slot.dose,
        startsAt: slot.startsAt.toISOString(),
        endsAt: slot.endsAt.toISOString(),
        free: slot.free,
      })),
    };
  });

  router.get('/form', async (ctx) => {
    const { document } = await programmes.current();
    ctx.body = {
      fields: document.form.fields.map(({ name, kind, required, label, help, showWhen, ...bounds }) => ({
        name,
        kind,
        required,
        label,
        help: help ?? null,
        ...bounds,
        ...defined({ showWhen }),
      })),
    };
  });
}
