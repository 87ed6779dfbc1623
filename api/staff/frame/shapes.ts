import { z } from 'zod';

import type { BookingView } from '../../../database/bookings';
import type { VenueView } from '../../../database/schedule';
import type { StaffView } from '../../../database/staff';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import { bookingEventTypes, bookingStates } from '../../../domain/contracts/booking-lifecycle';
import { actorKinds, channels, endReasons } from '../../../domain/contracts/booking-workflow';
import { loginPattern, staffRoles } from '../../../domain/staff/roles';
import { uuid } from '../../shared/input';

export { uuid };
export const instant = z.iso.datetime();
/** A city date, `YYYY-MM-DD`. */
export const plainDate = z.string().refine(isPlainDate).meta({ format: 'date' });
export const byId = z.object({ id: uuid });
/** The version that a person saw, in the query: a DELETE has no body. */
export const versionQuery = z.object({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
});
/** What is wrong in a row of a loaded sheet; `column` as in its header. */
export const sheetFault = z
  .object({ column: z.string().nullable(), code: z.string(), sentence: z.string() })
  .meta({ id: 'SheetFault' });
export const doseQuery = z
  .string()
  .regex(/^[1-9]$/)
  .transform(Number);
export const channel = z.enum(channels);
export const role = z.enum(staffRoles);
export const login = z.string().regex(loginPattern);
export const displayName = z.string().trim().min(1).max(100);

export const venueShape = z
  .object({
    id: uuid,
    code: z.string(),
    name: z.string(),
    ward: z.string(),
    address: z.string(),
    access: z.string(),
    features: z.array(z.string()),
    mapUrl: z.string().nullable(),
    citizenNotes: z.string(),
  })
  .meta({ id: 'Venue' });

export const bookingShape = z
  .object({
    id: uuid,
    residentId: uuid,
    state: z.enum(bookingStates),
    dose: z.int(),
    channel,
    reference: z.string().nullable(),
    version: z.int(),
    changes: z.int(),
    /** Set while held. */
    holdExpiresAt: instant.nullable(),
    replaces: uuid.nullable(),
    replacedBy: uuid.nullable(),
    endReason: z.enum(endReasons).nullable(),
    slot: z.object({ id: uuid, startsAt: instant, endsAt: instant, venue: venueShape }),
  })
  .meta({ id: 'Booking' });

export const staffShape = z
  .object({
    id: uuid,
    login: z.string(),
    displayName: z.string(),
    role,
    disabled: z.boolean(),
    isNew: z.boolean(),
    hasTotp: z.boolean(),
    linked: z.boolean(),
    version: z.int(),
    createdAt: instant,
  })
  .meta({ id: 'Staff' });

export const bookingEventShape = z
  .object({
    version: z.int(),
    type: z.enum(bookingEventTypes),
    at: instant,
    actor: z.enum(actorKinds),
    channel,
    reason: z.enum(endReasons).nullable(),
  })
  .meta({ id: 'BookingEvent' });

export const timelineEntryShape = z
  .object({
    kind: z.enum(['event', 'notice', 'deadline']),
    name: z.string(),
    at: z.string(),
    status: z.enum(['done', 'to_come', 'skipped', 'failed']),
    label: z.string(),
  })
  .meta({ id: 'TimelineEntry' });

export const seatsShape = z.object({ free: z.int(), capacity: z.int() }).meta({ id: 'Seats' });

export function venueJson(venue: VenueView): z.input<typeof venueShape> {
  return venue;
}

export function bookingJson(booking: BookingView): z.input<typeof bookingShape> {
  const { startsAt, endsAt, venue, id } = booking.slot;
  return {
    id: booking.id,
    residentId: booking.residentId,
    state: booking.state,
    dose: booking.dose,
    channel: booking.channel,
    reference: booking.reference,
    version: booking.version,
    changes: booking.changes,
    holdExpiresAt: booking.state === 'held' ? booking.holdExpiresAt.toISOString() : null,
    replaces: booking.replaces,
    replacedBy: booking.replacedBy,
    endReason: booking.endReason,
    slot: { id, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), venue: venueJson(venue) },
  };
}

export function staffJson({ createdAt, ...staff }: StaffView): z.input<typeof staffShape> {
  return { ...staff, createdAt: createdAt.toISOString() };
}
