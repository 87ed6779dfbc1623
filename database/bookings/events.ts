import type { BookingEventType } from '../../domain/contracts/booking-lifecycle';
import type { ActorKind, BookingEvent, BookingFacts, EndReason } from '../../domain/contracts/booking-workflow';

interface EventRow {
  booking_id: string;
  version: number;
  type: BookingEventType;
  at: Date;
  actor: ActorKind;
  reason: EndReason | null;
  facts: BookingFacts;
}

export const eventColumns = 'e.booking_id, e.version, e.type, e.at, e.actor, e.reason, e.facts';

/** A row of `booking_event` as the event that travels to the workflow. */
export function readEvent(row: EventRow): BookingEvent {
  return {
    bookingId: row.booking_id,
    version: row.version,
    type: row.type,
    at: row.at.toISOString(),
    actor: row.actor,
    ...(row.reason === null ? {} : { reason: row.reason }),
    facts: row.facts,
  };
}

export type { EventRow };
