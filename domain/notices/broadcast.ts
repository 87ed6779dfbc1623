import { addDays, cityDate, formatDateJa, instantOf, weekdayOf } from '../calendar/city-time';
import type { ProgrammeBroadcast, ProgrammeDocument } from '../programmes/document';
import { weekdays } from '../programmes/parts/broadcasts';
import { renderTemplate } from '../programmes/parts/template';

/** Minutes after its time in which a broadcast still leaves: free seats of the morning are no news at noon. */
export const broadcastWithinMinutes = 60;

export interface VenueSeats {
  readonly venueName: string;
  readonly seats: number;
}

function isOn(broadcast: ProgrammeBroadcast, day: string): boolean {
  if (broadcast.from !== undefined && day < broadcast.from) return false;
  if (broadcast.until !== undefined && day > broadcast.until) return false;
  return broadcast.days === undefined || broadcast.days.some((name) => weekdays.indexOf(name) === weekdayOf(day));
}

/** Whether a broadcast of this city date may still leave. */
export function isInTime(broadcast: Pick<ProgrammeBroadcast, 'at'>, day: string, now: Date): boolean {
  const due = instantOf(day, broadcast.at).getTime();
  return now.getTime() >= due && now.getTime() < due + broadcastWithinMinutes * 60_000;
}

/** The broadcasts whose time has come, with the city date that each is for. */
export function dueBroadcasts(
  document: ProgrammeDocument,
  now: Date,
): { readonly broadcast: ProgrammeBroadcast; readonly day: string }[] {
  const today = cityDate(now);
  // One that is due late in the evening may still leave after midnight.
  return [addDays(today, -1), today].flatMap((day) =>
    (document.broadcasts ?? [])
      .filter((broadcast) => isOn(broadcast, day) && isInTime(broadcast, day, now))
      .map((broadcast) => ({ broadcast, day })),
  );
}

/** When a broadcast leaves next, after `now`; undefined: not within two weeks. */
export function nextBroadcastAt(broadcast: ProgrammeBroadcast, now: Date): Date | undefined {
  const today = cityDate(now);
  for (let ahead = 0; ahead <= 14; ahead++) {
    const day = addDays(today, ahead);
    const at = instantOf(day, broadcast.at);
    if (at > now && isOn(broadcast, day)) return at;
  }
  return undefined;
}

/** The text of a broadcast of the city date `day`. `siteUrl` without a slash at the end. */
export function writeBroadcast(
  document: ProgrammeDocument,
  broadcast: ProgrammeBroadcast,
  venues: readonly VenueSeats[],
  day: string,
  siteUrl: string,
): string {
  const total = venues.reduce((sum, venue) => sum + venue.seats, 0);
  return renderTemplate(broadcast.text, {
    cityName: document.city,
    programmeName: document.name,
    date: formatDateJa(day),
    siteUrl,
    callCentreTelephone: document.callCentre.telephone,
    callCentreHours: document.callCentre.hours,
    ...(total === 0 ? {} : { totalSeats: String(total) }),
    venues: venues.map(({ venueName, seats }) => ({ venueName, seats: String(seats) })),
  }).trim();
}
