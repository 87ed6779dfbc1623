import { z } from 'zod';

import type { PlanConflict, PlanLine, PlanPreview, ScheduleView, TouchedBooking } from '../../../database/schedule';
import { byChannel } from '../../../domain/contracts/channels';
import type { Seats } from '../../../domain/schedule/compare-slots';
import { scheduleTemplate } from '../../../domain/schedule/week-plan';
import { disclosureTo } from '../../../domain/staff/visibility';
import { channel, instant, uuid } from '../frame/shapes';

const count = z.int();
export const seatsByChannel = z.object(byChannel(() => count)).meta({ id: 'SeatsByChannel' });

export const touchedShape = z
  .object({
    /** Null, as the reference: of a protected resident. */
    bookingId: uuid.nullable(),
    isProtected: z.boolean(),
    slotId: uuid,
    reference: z.string().nullable(),
    channel,
    state: z.enum(['held', 'confirmed', 'attended', 'no_show']),
    holdExpiresAt: instant.nullable(),
  })
  .meta({ id: 'TouchedBooking' });

export const scheduleShape = z
  .object({
    id: uuid,
    venueId: uuid,
    name: z.string(),
    validFrom: z.string(),
    validUntil: z.string(),
    template: scheduleTemplate,
    version: z.int(),
  })
  .meta({ id: 'Schedule' });

const lineFields = {
  dose: z.int(),
  startsAt: instant,
  endsAt: instant,
  before: seatsByChannel.nullable(),
  after: seatsByChannel.nullable(),
};
const line = z.object(lineFields).meta({ id: 'PlanLine' });
const conflict = z
  .object({
    ...lineFields,
    kind: z.enum(['below_booked', 'length_booked', 'removed_booked', 'overlap']),
    other: z.object({ startsAt: instant, endsAt: instant, scheduleName: z.string().nullable() }).nullable(),
    touched: z.array(touchedShape),
  })
  .meta({ id: 'PlanConflict' });
export const previewShape = z
  .object({
    fingerprint: z.string(),
    counts: z.object({
      added: count,
      changed: count,
      removed: count,
      kept: count,
      conflicts: count,
      unchanged: count,
    }),
    added: z.array(line),
    changed: z.array(line),
    removed: z.array(line),
    kept: z.array(line),
    conflicts: z.array(conflict),
    reopened: z.array(line),
    reopenedSlots: count,
    seats: z.array(z.object({ dose: z.int(), seats: count })),
  })
  .meta({ id: 'PlanPreview' });

export function touchedJson(booking: TouchedBooking): z.input<typeof touchedShape> {
  const isWhole = disclosureTo('review', booking) === 'whole';
  return {
    ...booking,
    bookingId: isWhole ? booking.bookingId : null,
    reference: isWhole ? booking.reference : null,
    holdExpiresAt: booking.holdExpiresAt?.toISOString() ?? null,
  };
}

export function seatsJson(seats: Seats | null): z.input<typeof seatsByChannel> | null {
  return seats;
}

function lineJson({ dose, startsAt, endsAt, before, after }: PlanLine): z.input<typeof line> {
  return {
    dose,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    before: seatsJson(before),
    after: seatsJson(after),
  };
}

function conflictJson(item: PlanConflict): z.input<typeof conflict> {
  const { other } = item;
  return {
    ...lineJson(item),
    kind: item.kind,
    touched: item.touched.map(touchedJson),
    other: other && {
      startsAt: other.startsAt.toISOString(),
      endsAt: other.endsAt.toISOString(),
      scheduleName: other.scheduleName,
    },
  };
}

export function previewJson(preview: PlanPreview): z.input<typeof previewShape> {
  return {
    fingerprint: preview.fingerprint,
    counts: preview.counts,
    added: preview.added.map(lineJson),
    changed: preview.changed.map(lineJson),
    removed: preview.removed.map(lineJson),
    kept: preview.kept.map(lineJson),
    conflicts: preview.conflicts.map(conflictJson),
    reopened: preview.reopened.map(lineJson),
    reopenedSlots: preview.reopenedSlots,
    seats: [...preview.seats],
  };
}

export function scheduleJson(schedule: ScheduleView): z.input<typeof scheduleShape> {
  return schedule;
}
