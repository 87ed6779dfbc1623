import { z } from 'zod';

import type { BookingPermits } from '../../../database/bookings';
import type { Programmes, ProgrammeVersion } from '../../../database/programmes';
import type { ResidentRepository } from '../../../database/residents';
import type { FreeSlot, SlotRepository } from '../../../database/schedule';
import type { StaffSession } from '../../../database/staff';
import type { UnmetSearches } from '../../../database/statistics';
import { fieldsAsked } from '../../../domain/bookings/form';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { fieldKinds, type FormField } from '../../../domain/programmes/document';
import type { Place } from '../../../domain/programmes/eligibility';
import { scopeAt, scopesOf } from '../../../domain/programmes/scopes';
import { bookingWindow } from '../../../domain/programmes/window';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { staffRoles } from '../../../domain/staff/roles';
import { defined } from '../../../domain/text/defined';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';
import { doseQuery, instant, plainDate, seatsShape, uuid, venueJson, venueShape } from '../frame/shapes';
import type { IdentityRequirement } from '../residents/identity-requirement';

const channel = 'phone';
type ScopeAt = Parameters<typeof scopesOf>[1];

/** Days shown at once where the request names none. */
const usualDays = 7;

const slotShape = z
  .object({
    id: uuid,
    venueId: uuid,
    dose: z.int(),
    startsAt: instant,
    endsAt: instant,
    /** Seats of the telephone: what the operator can take. */
    phone: seatsShape,
    /** Seats of all channels together. */
    all: seatsShape,
  })
  .meta({ id: 'Slot' });

const dayShape = z.object({ day: z.string(), phone: seatsShape, all: seatsShape }).meta({ id: 'DaySeats' });
const venueSeatsShape = z
  .object({
    venue: venueShape,
    phone: seatsShape,
    all: seatsShape,
    /** First city date with a free seat of the telephone. */
    nextDay: z.string().nullable(),
  })
  .meta({ id: 'VenueSeats' });

const askedField = z
  .object({
    name: z.string(),
    kind: z.enum(fieldKinds),
    required: z.boolean(),
    label: z.string(),
    help: z.string().nullable(),
    maxLength: z.int().nullable(),
    options: z.array(z.object({ value: z.string(), label: z.string() })),
    /** What the empty answer of an optional choice is called; null where there is none. */
    none: z.string().nullable(),
  })
  .meta({ id: 'AskedField' });

/** `resident`: who is to sit there, after the identity check; their groups, and the seats that are open to these, then count. */
const seatQuery = { dose: doseQuery, resident: uuid.optional(), from: plainDate.optional(), to: plainDate.optional() };

export interface AvailabilityRouteDependencies {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly residents: Pick<ResidentRepository, 'find'>;
  readonly permits: Pick<BookingPermits, 'of'>;
  readonly identityRequirement: IdentityRequirement;
  readonly slots: Pick<SlotRepository, 'venues' | 'venuesWithBookings' | 'freeSlots' | 'freeByDay' | 'freeByVenue'>;
  readonly unmetSearches: Pick<UnmetSearches, 'note'>;
}

export function availabilityRoutes({
  programmes,
  residents,
  permits,
  identityRequirement,
  slots,
  unmetSearches,
}: AvailabilityRouteDependencies): StaffRoute[] {
  /** What the telephone may give away at a venue: by the same rules as the citizens' site, and as the hold decides. */
  async function phoneScopes(
    { document }: ProgrammeVersion,
    { staffId }: StaffSession,
    dose: number,
    residentId: string | undefined,
  ): Promise<ScopeAt | StaffRefusal> {
    const now = new Date();
    const at = (venueCode: string): Place => ({ venueCode, channel, dose });
    const whole = (venueCode: string) => ({ range: bookingWindow(document, now, at(venueCode)), limit: null });
    if (residentId === undefined) return whole;
    const refusal = await identityRequirement.refusal(staffId, residentId);
    if (refusal) return refusal;
    const [resident, inForce] = await Promise.all([residents.find(residentId), permits.of(residentId)]);
    if (!resident) return refuseStaff('resident_unknown');
    const isPermitted = inForce.some((permit) => permit.dose === dose);
    // Whom a supervisor lets in takes no part in what is kept back for a group, where their own group may not book.
    return (venueCode) =>
      scopeAt(document, resident, at(venueCode), now) ?? (isPermitted ? whole(venueCode) : undefined);
  }

  /** The telephone's slots within what is open at each venue, in `[from, until)`. */
  async function phoneSlots(
    programmeId: string,
    dose: number,
    at: ScopeAt,
    { venueId, from, until }: { venueId: string | undefined; from: string; until: string },
  ): Promise<FreeSlot[]> {
    const venues = (await slots.venues(programmeId)).filter((venue) => venueId === undefined || venue.id === venueId);
    const lists = await Promise.all(
      scopesOf(venues, at).map(async ({ venues: here, range, limit }) => {
        const within = { from: later(from, range.first), until: earlier(until, addDays(range.last, 1)) };
        return within.from < within.until
          ? slots.freeSlots({ programmeId, dose, channel, venueIds: here.map((venue) => venue.id), limit, ...within })
          : [];
      }),
    );
    return lists.flat();
  }

  /** One operator serves one caller at a time: what is looked at within five minutes is the same call. */
  function foundNothing(
    { staffId }: StaffSession,
    programmeId: string,
    dose: number,
    venueId?: string,
    residentId?: string,
  ): void {
    unmetSearches.note({
      programmeId,
      venueId,
      dose,
      channel: 'phone',
      residentId,
      who: `${staffId} ${String(Math.floor(Date.now() / 300_000))}`,
    });
  }

  return [
    staffRoute({
      method: 'get',
      path: '/venues',
      summary: 'The venues of the programme: the active ones, and those switched off that have bookings',
      roles: staffRoles,
      answer: z.object({ venues: z.array(venueShape) }),
      handle: async () => ({
        answer: { venues: (await slots.venuesWithBookings((await programmes.current()).programmeId)).map(venueJson) },
      }),
    }),
    staffRoute({
      method: 'get',
      path: '/slots',
      summary:
        'Slots of one dose with the telephone’s seats and all seats; `from` and `to` included, within the days that can be booked',
      roles: deskRoles,
      query: z.object({ ...seatQuery, venue: uuid.optional() }),
      answer: z.object({ slots: z.array(slotShape) }),
      async handle({ query: { dose, venue, resident, from, to }, staff }) {
        const version = await programmes.current();
        const { programmeId, document } = version;
        const at = await phoneScopes(version, staff, dose, resident);
        if (typeof at !== 'function') return at;
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? addDays(first, usualDays - 1), window.last), 1);
        if (first >= until) return { answer: { slots: [] } };
        const lists = await Promise.all(
          document.channels.map(async (way) => ({
            channel: way,
            slots: await slots.freeSlots({
              programmeId,
              dose,
              channel: way,
              ...defined({ venueId: venue }),
              from: first,
              until,
            }),
          })),
        );
        const open = new Map(
          (await phoneSlots(programmeId, dose, at, { venueId: venue, from: first, until })).map((slot) => [
            slot.id,
            slot.free,
          ]),
        );
        const bySlot = new Map<string, z.input<typeof slotShape>>();
        for (const { channel: way, slots: list } of lists) {
          for (const { id, venueId, startsAt, endsAt, free, capacity } of list) {
            const known = bySlot.get(id) ?? {
              id,
              venueId,
              dose,
              startsAt: startsAt.toISOString(),
              endsAt: endsAt.toISOString(),
              phone: { free: 0, capacity: 0 },
              all: { free: 0, capacity: 0 },
            };
            bySlot.set(id, {
              ...known,
              all: { free: known.all.free + free, capacity: known.all.capacity + capacity },
              ...(way === channel ? { phone: { free: open.get(id) ?? 0, capacity } } : {}),
            });
          }
        }
        if ([...bySlot.values()].every((slot) => slot.phone.free <= 0))
          foundNothing(staff, programmeId, dose, venue, resident);
        return {
          answer: {
            slots: [...bySlot.values()].sort((a, b) =>
              a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : a.venueId < b.venueId ? -1 : 1,
            ),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/slots/days',
      summary:
        'Days of one dose with the telephone’s seats and all seats; `from` and `to` included, within the days that can be booked',
      roles: deskRoles,
      query: z.object({ ...seatQuery, venue: uuid.optional() }),
      answer: z.object({ days: z.array(dayShape) }),
      async handle({ query: { dose, venue, resident, from, to }, staff }) {
        const version = await programmes.current();
        const { programmeId, document } = version;
        const at = await phoneScopes(version, staff, dose, resident);
        if (typeof at !== 'function') return at;
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? window.last, window.last), 1);
        if (first >= until) return { answer: { days: [] } };
        const open = new Map<string, number>();
        for (const { startsAt, free } of await phoneSlots(programmeId, dose, at, {
          venueId: venue,
          from: first,
          until,
        }))
          open.set(cityDate(startsAt), (open.get(cityDate(startsAt)) ?? 0) + free);
        const days = new Map<string, z.input<typeof dayShape>>();
        for (const { day, channel: way, free, capacity } of await slots.freeByDay({
          programmeId,
          dose,
          ...defined({ venueId: venue }),
          from: first,
          until,
        })) {
          const known = days.get(day) ?? { day, phone: noSeats, all: noSeats };
          days.set(day, {
            day,
            phone: way === channel ? { free: open.get(day) ?? 0, capacity } : known.phone,
            all: plus(known.all, { free, capacity }),
          });
        }
        if ([...days.values()].every((day) => day.phone.free <= 0))
          foundNothing(staff, programmeId, dose, venue, resident);
        return { answer: { days: [...days.values()] } };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/slots/venues',
      summary:
        'Venues with the telephone’s seats and all seats of one dose; `from` and `to` included, within the days that can be booked',
      roles: deskRoles,
      query: z.object(seatQuery),
      answer: z.object({ venues: z.array(venueSeatsShape) }),
      async handle({ query: { dose, resident, from, to }, staff }) {
        const version = await programmes.current();
        const { programmeId, document } = version;
        const at = await phoneScopes(version, staff, dose, resident);
        if (typeof at !== 'function') return at;
        const window = bookingWindow(document, new Date(), { channel: 'phone' });
        const first = from !== undefined && from > window.first ? from : window.first;
        const until = addDays(earlier(to ?? window.last, window.last), 1);
        const [venues, ...byChannel] = await Promise.all([
          slots.venues(programmeId),
          ...document.channels.map(async (way) => ({
            channel: way,
            list: first < until ? await slots.freeByVenue({ programmeId, dose, channel: way, from: first, until }) : [],
          })),
        ]);
        const open = (
          await Promise.all(
            scopesOf(venues, at).map(async ({ venues: here, range, limit }) => {
              const within = { from: later(first, range.first), until: earlier(until, addDays(range.last, 1)) };
              return within.from < within.until
                ? slots.freeByVenue({
                    programmeId,
                    dose,
                    channel,
                    venueIds: here.map((venue) => venue.id),
                    limit,
                    ...within,
                  })
                : [];
            }),
          )
        ).flat();
        if (open.every((item) => item.free <= 0)) foundNothing(staff, programmeId, dose, undefined, resident);
        return {
          answer: {
            venues: venues.map((venue) => {
              const seats = byChannel.map(({ channel: way, list }) => ({
                way,
                found: list.find((item) => item.venueId === venue.id),
              }));
              const phone = open.find((item) => item.venueId === venue.id);
              return {
                venue: venueJson(venue),
                phone: {
                  free: phone?.free ?? 0,
                  capacity: seats.find((item) => item.way === channel)?.found?.capacity ?? 0,
                },
                nextDay: phone?.nextDay ?? null,
                all: seats.reduce(
                  (sum, { found }) => plus(sum, { free: found?.free ?? 0, capacity: found?.capacity ?? 0 }),
                  noSeats,
                ),
              };
            }),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/form',
      summary: 'The fields that `answers` must hold when a booking is confirmed',
      roles: [...deskRoles, 'reception'],
      answer: z.object({
        fields: z.array(
          z.object({
            name: z.string(),
            kind: z.string(),
            required: z.boolean(),
            label: z.string(),
            help: z.string().nullable(),
            maxLength: z.int().nullable(),
          }),
        ),
      }),
      async handle() {
        const { document } = await programmes.current();
        return {
          answer: {
            fields: document.form.fields
              .filter((field) => field.kind !== 'note')
              .map((field) => ({
                // A tick is a tick; what has a condition may be left empty here, the confirmation asks for it where it holds.
                name: field.name,
                kind: field.kind === 'checkbox' ? 'consent' : field.kind,
                required: field.required && field.showWhen === undefined,
                label: field.label,
                help:
                  field.kind === 'choice' || field.kind === 'choices'
                    ? [
                        field.help ?? '',
                        `${field.options.map((option) => option.label).join('・')} の${field.kind === 'choice' ? 'どれか' : 'うちいくつでも'}`,
                      ]
                        .filter((part) => part !== '')
                        .join(' ')
                    : (field.help ?? null),
                maxLength: field.kind === 'text' ? field.maxLength : null,
              })),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/form/asked',
      summary:
        'The fields to show, notes among them, given what is answered so far; by the same conditions by which the answers are checked',
      roles: [...deskRoles, 'reception'],
      body: z.object({
        channel: z.enum(['phone', 'venue']),
        dose: z.int().min(1).max(9).optional(),
        groups: z.array(z.string().max(40)).max(50).optional(),
        answers: z.record(z.string().max(100), z.unknown()),
      }),
      answer: z.object({ fields: z.array(askedField) }),
      async handle({ body: { answers, dose, groups, channel: way } }) {
        const { document } = await programmes.current();
        const context = {
          channel: way,
          today: cityDate(new Date()),
          ...defined({ dose, groups }),
        };
        return { answer: { fields: fieldsAsked(document, answers, context).map(fieldJson) } };
      },
    }),
  ];
}

/** As the citizens' site says it in Japanese where the programme has no word of its own. */
const usualNone = '選びません';

/** A field as the operators' desk and the reception show it. */
function fieldJson(field: FormField): z.input<typeof askedField> {
  return {
    name: field.name,
    kind: field.kind,
    required: field.kind !== 'note' && field.required,
    label: field.label,
    help: field.help ?? null,
    maxLength: field.kind === 'text' ? field.maxLength : null,
    options:
      field.kind === 'choice' || field.kind === 'choices'
        ? field.options.map(({ value, label }) => ({ value, label }))
        : [],
    none: field.kind === 'choice' && !field.required ? (field.none ?? usualNone) : null,
  };
}

interface Seats {
  readonly free: number;
  readonly capacity: number;
}

const noSeats: Seats = { free: 0, capacity: 0 };

function plus(a: Seats, b: Seats): Seats {
  return { free: a.free + b.free, capacity: a.capacity + b.capacity };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
