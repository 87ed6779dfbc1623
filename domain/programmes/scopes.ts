import type { ProgrammeDocument, ProgrammeGroup } from './document';
import { checkOpen, isOpenAt, openingTimes, type Person, type Place } from './eligibility';
import { type SeatShare, seatStageFor } from './seat-stages';
import type { DayRange } from './window';
import { bookingWindow } from './window';

/** Days and seats that are open to a person at the same terms in several venues. */
export interface Scope<Venue> {
  readonly venues: readonly Venue[];
  readonly range: DayRange;
  readonly limit: SeatShare | null;
}

/** What is open to a person at a venue now; undefined: nothing. */
export function scopeAt(
  document: ProgrammeDocument,
  person: Person,
  place: Place,
  now: Date,
): Omit<Scope<never>, 'venues'> | undefined {
  const open = checkOpen(document, person, now, place);
  return open.ok
    ? {
        range: bookingWindow(document, now, place),
        limit: seatStageFor(document, open.groups, place, now)?.limit ?? null,
      }
    : undefined;
}

/** What is open to anybody at a venue: to the groups that may book now; before the first opening, as if it had come. */
export function publicScopeAt(document: ProgrammeDocument, place: Place, now: Date): Omit<Scope<never>, 'venues'> {
  const isOpen = (group: ProgrammeGroup) => openingTimes(group, place).some((times) => isOpenAt(times, now));
  const open = document.groups.filter(isOpen);
  return {
    range: bookingWindow(document, now, place),
    limit: open.length === 0 ? null : (seatStageFor(document, open, place, now)?.limit ?? null),
  };
}

/** The venues sorted by what is open there, so that one question to the database answers for all venues of the same terms: nearly always one. */
export function scopesOf<Venue extends { readonly code: string }>(
  venues: readonly Venue[],
  at: (venueCode: string) => Omit<Scope<never>, 'venues'> | undefined,
): Scope<Venue>[] {
  const scopes = new Map<string, { venues: Venue[]; range: DayRange; limit: SeatShare | null }>();
  for (const venue of venues) {
    const here = at(venue.code);
    if (!here || here.range.first > here.range.last) continue;
    const key = JSON.stringify([here.range.first, here.range.last, here.limit]);
    const known = scopes.get(key);
    if (known) known.venues.push(venue);
    else scopes.set(key, { ...here, venues: [venue] });
  }
  return [...scopes.values()];
}
