import { addDays } from '../../domain/calendar/city-time';
import type { VenueSeats } from '../../domain/notices/broadcast';
import type { ProgrammeBroadcast, ProgrammeDocument } from '../../domain/programmes/document';
import { publicScopeAt, scopesOf } from '../../domain/programmes/scopes';
import type { SlotRepository } from './slots';

export type CountBroadcastSeats = (
  programme: { readonly programmeId: string; readonly document: ProgrammeDocument },
  broadcast: ProgrammeBroadcast,
  day: string,
  now: Date,
) => Promise<VenueSeats[]>;

/** The venues with seats that are free on a city date by the channels of a broadcast, in the city's order: all doses together, what is held back or closed left out. */
export function createBroadcastSeats(slots: Pick<SlotRepository, 'venues' | 'freeByVenue'>): CountBroadcastSeats {
  return async ({ programmeId, document }, broadcast, day, now) => {
    const venues = await slots.venues(programmeId);
    const seats = new Map<string, number>();
    const lists = broadcast.seatsOf.flatMap((channel) =>
      document.doses.flatMap(({ number: dose }) =>
        scopesOf(venues, (venueCode) => {
          const scope = publicScopeAt(document, { venueCode, channel, dose }, now);
          return scope.range.first <= day && day <= scope.range.last
            ? { ...scope, range: { first: day, last: day } }
            : undefined;
        }).map((scope) =>
          slots.freeByVenue({
            programmeId,
            dose,
            channel,
            from: day,
            until: addDays(day, 1),
            limit: scope.limit,
            venueIds: scope.venues.map((venue) => venue.id),
          }),
        ),
      ),
    );
    for (const { venueId, free } of (await Promise.all(lists)).flat())
      seats.set(venueId, (seats.get(venueId) ?? 0) + free);
    return venues.flatMap((venue) => {
      const free = seats.get(venue.id) ?? 0;
      return free > 0 ? [{ venueName: venue.name, seats: free }] : [];
    });
  };
}
