import { z } from 'zod';
import type { Programmes } from '../../../database/programmes';
import type { SlotRepository } from '../../../database/slots';
import { bookingWindow } from '../../../domain/booking/rules';
import { addDays } from '../../../domain/calendar/city-time';
import { staffRoles } from '../../../domain/staff/roles';
import { staffRoute, type StaffRoute } from '../define-route';
import { doseQuery, instant, plainDate, seatsShape, uuid, venueJson, venueShape } from '../shapes';
import { deskRoles } from './desk-roles';

/** Days shown at once where the request names none. */
const usualDays = 7;

const slotShape = z
  .object({
    id: uuid, venueId: uuid, dose: z.int(), startsAt: instant, endsAt: instant,
    /** Seats of the telephone: what the operator can take. */
    phone: seatsShape,
    /** Seats of all channels together. */
    all: seatsShape,
  })
  .meta({ id: 'Slot' });

export interface AvailabilityRouteDependencies {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly slots: Pick<SlotRepository, 'venues' | 'freeSlots'>;
}

export function availabilityRoutes({ programmes, slots }: AvailabilityRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get', path: '/venues', summary: 'The active venues of the programme', roles: staffRoles, answer: z.object({ venues: z.array(venueShape) }),
      handle: async () => ({ answer: { venues: (await slots.venues((await programmes.current()).programmeId)).map(venueJson) } }),
    }),
    staffRoute({
      method: 'get', path: '/slots', summary: 'Slots of one dose with the telephone’s seats and all seats; `from` and `to` included, within the days that can be booked',
      roles: deskRoles, query: z.object({ dose: doseQuery, venue: uuid.optional(), from: plainDate.optional(), to: plainDate.optional() }),
      answer: z.object({ slots: z.array(slotShape) }),
      async handle({ query: { dose, venue, from, to } }) {
        const { programmeId, document } = await programmes.current();
        const window = bookingWindow(document, new Date());
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? addDays(first, usualDays - 1), window.last), 1);
        if (first >= until) return { answer: { slots: [] } };
        const lists = await Promise.all(
          document.channels.map(async (channel) => ({
            channel, slots: await slots.freeSlots({ programmeId, dose, channel, ...(venue === undefined ? {} : { venueId: venue }), from: first, until }),
          })),
        );
        const bySlot = new Map<string, z.input<typeof slotShape>>();
        for (const { channel, slots: list } of lists) {
          for (const { id, venueId, startsAt, endsAt, free, capacity } of list) {
            const known = bySlot.get(id) ?? {
              id, venueId, dose, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), phone: { free: 0, capacity: 0 }, all: { free: 0, capacity: 0 },
            };
            bySlot.set(id, {
              ...known, all: { free: known.all.free + free, capacity: known.all.capacity + capacity }, ...(channel === 'phone' ? { phone: { free, capacity } } : {}),
            });
          }
        }
        return { answer: { slots: [...bySlot.values()].sort((a, b) => (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : a.venueId < b.venueId ? -1 : 1)) } };
      },
    }),
    staffRoute({
      method: 'get', path: '/form', summary: 'The fields that `answers` must hold when a booking is confirmed', roles: deskRoles,
      answer: z.object({
        fields: z.array(z.object({ name: z.string(), kind: z.string(), required: z.boolean(), label: z.string(), help: z.string().nullable(), maxLength: z.int().nullable() })),
      }),
      async handle() {
        const { document } = await programmes.current();
        return {
          answer: {
            fields: document.form.fields.map((field) => ({
              name: field.name, kind: field.kind, required: field.required, label: field.label, help: field.help ?? null, maxLength: field.kind === 'text' ? field.maxLength : null,
            })),
          },
        };
      },
    }),
  ];
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
