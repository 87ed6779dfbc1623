import { z } from 'zod';
import type { Programmes } from '../../../database/programmes';
import type { StaffSession } from '../../../database/staff-sessions';
import type { UnmetSearches } from '../../../database/unmet-searches';
import type { SlotRepository } from '../../../database/slots';
import { bookingWindow } from '../../../domain/programme/window';
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

const dayShape = z.object({ day: z.string(), phone: seatsShape, all: seatsShape }).meta({ id: 'DaySeats' });
const venueSeatsShape = z
  .object({
    venue: venueShape, phone: seatsShape, all: seatsShape,
    /** First city date with a free seat of the telephone. */
    nextDay: z.string().nullable(),
  })
  .meta({ id: 'VenueSeats' });

export interface AvailabilityRouteDependencies {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly slots: Pick<SlotRepository, 'venues' | 'freeSlots' | 'freeByDay' | 'freeByVenue'>;
  readonly unmet: Pick<UnmetSearches, 'note'>;
}

export function availabilityRoutes({ programmes, slots, unmet }: AvailabilityRouteDependencies): StaffRoute[] {
  /** One operator serves one caller at a time: what is looked at within five minutes is the same call. */
  function foundNothing({ staffId }: StaffSession, programmeId: string, dose: number, venueId?: string, residentId?: string): void {
    unmet.note({ programmeId, venueId, dose, channel: 'phone', residentId, who: `${staffId} ${String(Math.floor(Date.now() / 300_000))}` });
  }

  return [
    staffRoute({
      method: 'get', path: '/venues', summary: 'The active venues of the programme', roles: staffRoles, answer: z.object({ venues: z.array(venueShape) }),
      handle: async () => ({ answer: { venues: (await slots.venues((await programmes.current()).programmeId)).map(venueJson) } }),
    }),
    staffRoute({
      method: 'get', path: '/slots', summary: 'Slots of one dose with the telephone’s seats and all seats; `from` and `to` included, within the days that can be booked',
      roles: deskRoles, query: z.object({ dose: doseQuery, venue: uuid.optional(), from: plainDate.optional(), to: plainDate.optional() }),
      answer: z.object({ slots: z.array(slotShape) }),
      async handle({ query: { dose, venue, from, to }, staff }) {
        const { programmeId, document } = await programmes.current();
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
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
        if ([...bySlot.values()].every((slot) => slot.phone.free <= 0)) foundNothing(staff, programmeId, dose, venue);
        return { answer: { slots: [...bySlot.values()].sort((a, b) => (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : a.venueId < b.venueId ? -1 : 1)) } };
      },
    }),
    staffRoute({
      method: 'get', path: '/slots/days', summary: 'Days of one dose with the telephone’s seats and all seats; `from` and `to` included, within the days that can be booked', roles: deskRoles,
      query: z.object({ dose: doseQuery, venue: uuid.optional(), from: plainDate.optional(), to: plainDate.optional() }), answer: z.object({ days: z.array(dayShape) }),
      async handle({ query: { dose, venue, from, to }, staff }) {
        const { programmeId, document } = await programmes.current();
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? window.last, window.last), 1);
        if (first >= until) return { answer: { days: [] } };
        const days = new Map<string, z.input<typeof dayShape>>();
        for (const { day, channel, free, capacity } of await slots.freeByDay({ programmeId, dose, ...(venue === undefined ? {} : { venueId: venue }), from: first, until })) {
          const known = days.get(day) ?? { day, phone: noSeats, all: noSeats };
          days.set(day, { day, phone: channel === 'phone' ? { free, capacity } : known.phone, all: plus(known.all, { free, capacity }) });
        }
        if ([...days.values()].every((day) => day.phone.free <= 0)) foundNothing(staff, programmeId, dose, venue);
        return { answer: { days: [...days.values()] } };
      },
    }),
    staffRoute({
      method: 'get', path: '/slots/venues', summary: 'Venues with the telephone’s seats and all seats of one dose; `from` and `to` included, within the days that can be booked', roles: deskRoles,
      query: z.object({ dose: doseQuery, from: plainDate.optional(), to: plainDate.optional(), /** For whom, where that is known. */ resident: uuid.optional() }), answer: z.object({ venues: z.array(venueSeatsShape) }),
      async handle({ query: { dose, from, to, resident }, staff }) {
        const { programmeId, document } = await programmes.current();
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? window.last, window.last), 1);
        const [venues, ...byChannel] = await Promise.all([
          slots.venues(programmeId),
          ...document.channels.map(async (channel) => ({ channel, list: first < until ? await slots.freeByVenue({ programmeId, dose, channel, from: first, until }) : [] })),
        ]);
        if (byChannel.every(({ channel, list }) => channel !== 'phone' || list.every((item) => item.free <= 0))) foundNothing(staff, programmeId, dose, undefined, resident);
        return {
          answer: {
            venues: venues.map((venue) => {
              const seats = byChannel.map(({ channel, list }) => ({ channel, found: list.find((item) => item.venueId === venue.id) }));
              const phone = seats.find((item) => item.channel === 'phone')?.found;
              return {
                venue: venueJson(venue), phone: { free: phone?.free ?? 0, capacity: phone?.capacity ?? 0 }, nextDay: phone?.nextDay ?? null,
                all: seats.reduce((sum, { found }) => plus(sum, { free: found?.free ?? 0, capacity: found?.capacity ?? 0 }), noSeats),
              };
            }),
          },
        };
      },
    }),
    staffRoute({
      method: 'get', path: '/form', summary: 'The fields that `answers` must hold when a booking is confirmed', roles: [...deskRoles, 'reception'],
      answer: z.object({
        fields: z.array(z.object({ name: z.string(), kind: z.string(), required: z.boolean(), label: z.string(), help: z.string().nullable(), maxLength: z.int().nullable() })),
      }),
      async handle() {
        const { document } = await programmes.current();
        return {
          answer: {
            fields: document.form.fields.filter((field) => field.kind !== 'note').map((field) => ({
              // A tick is a tick; what has a condition may be left empty here, the confirmation asks for it where it holds.
              name: field.name, kind: field.kind === 'checkbox' ? 'consent' : field.kind, required: field.required && field.showWhen === undefined, label: field.label,
              help: field.kind === 'choice' ? [field.help ?? '', `${field.options.map((option) => option.label).join('・')} のどれか`].filter((part) => part !== '').join(' ') : (field.help ?? null), maxLength: field.kind === 'text' ? field.maxLength : null,
            })),
          },
        };
      },
    }),
  ];
}

interface Seats {
  readonly free: number;
  readonly capacity: number;
}

const noSeats: Seats = { free: 0, capacity: 0 };

function plus(a: Seats, b: Seats): Seats {
  return { free: a.free + b.free, capacity: a.capacity + b.capacity };
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
