import type { Programmes } from '../../database/programmes';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { planJourney } from '../../domain/notices/journey-plan';

/**
 * The event as workflows get it: a confirmation carries the journey of its pinned version, and so does the change to another version.
 * It is added here rather than stored, because it is the same for thousands of bookings.
 */
export async function withJourney(programmes: Pick<Programmes, 'version'>, event: BookingEvent): Promise<BookingEvent> {
  if (event.type !== 'confirmed' && event.type !== 'held' && event.type !== 'programme_changed') return event;
  const { document } = await programmes.version(event.facts.programmeVersionId);
  // A hold needs one only where something is told at once.
  if (event.type === 'held' && !document.journey.some((step) => step.on === 'held')) return event;
  const { dose, venueCode, channel, slotStartsAt } = event.facts;
  const journey = planJourney(document, dose, { venueCode, channel, slotStartsAt });
  // A worker that does not know of such changes would send again what was sent: the number makes it leave the booking to one that does.
  return {
    ...event,
    facts: { ...event.facts, journey: event.type === 'programme_changed' ? { ...journey, schema: 3 } : journey },
  };
}
