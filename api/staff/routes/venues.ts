import { z } from 'zod';
import type { StaffVenueRepository, VenueOutcome, VenueRecord } from '../../../database/staff-venues';
import { refuseStaff } from '../../../domain/staff/refusals';
import { venueFeatures } from '../../../domain/staff/venue-features';
import { staffRoute, type Outcome, type StaffRoute } from '../define-route';
import { byId, uuid } from '../shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;

const fields = z.object({
  name: z.string().trim().min(1).max(100),
  ward: z.string().trim().min(1).max(40),
  address: z.string().trim().min(1).max(200),
  access: z.string().trim().max(500),
  features: z.array(z.enum(venueFeatures)).max(venueFeatures.length),
  // Citizens follow it: no other scheme.
  mapUrl: z.url({ protocol: /^https$/ }).max(500).nullable(),
  active: z.boolean(),
  position: z.int().min(0).max(9_999),
});
const venueRecord = fields.extend({ id: uuid, code: z.string(), version: z.int(), upcoming: z.int() }).meta({ id: 'VenueRecord' });

/** The city's venues, those that are off too. */
export function venueRoutes({ venues }: { venues: StaffVenueRepository }): StaffRoute[] {
  return [
    staffRoute({
      method: 'get', path: '/city/venues', summary: 'All venues, with the number of bookings to come', roles: readers, answer: z.object({ venues: z.array(venueRecord) }),
      handle: async () => ({ answer: { venues: (await venues.list()).map(venueJson) } }),
    }),
    staffRoute({
      method: 'get', path: '/city/venues/:id', summary: 'One venue', roles: readers, params: byId, answer: venueRecord,
      async handle({ params }) {
        const venue = await venues.find(params.id);
        return venue ? { answer: venueJson(venue) } : refuseStaff('venue_unknown');
      },
    }),
    staffRoute({
      method: 'post', path: '/city/venues', summary: 'Add a venue', roles: writers, status: 201, answer: venueRecord,
      body: fields.extend({ code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), access: fields.shape.access.default(''), mapUrl: fields.shape.mapUrl.default(null), active: z.boolean().default(true), position: fields.shape.position.default(0) }),
      handle: async ({ body: { code, ...input }, actor }) => venueOutcome(await venues.add(actor, code, input)),
    }),
    staffRoute({
      method: 'patch', path: '/city/venues/:id', summary: 'Change a venue; 412 when somebody else changed it since `version`, 409 when one with bookings to come is switched off', roles: writers,
      params: byId, body: fields.partial().extend({ version: z.int().min(1) }), answer: venueRecord,
      handle: async ({ params, body: { version, ...input }, actor }) => venueOutcome(await venues.update(actor, params.id, version, input)),
    }),
  ];
}

function venueOutcome(result: VenueOutcome): Outcome<z.input<typeof venueRecord>> {
  return result.ok ? { answer: venueJson(result.venue) } : result;
}

function venueJson({ features, ...venue }: VenueRecord): z.input<typeof venueRecord> {
  return { ...venue, features: [...features] };
}
