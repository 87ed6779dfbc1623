import type { Database } from '../../database/foundation/connection';
import type { ProgrammeVersion } from '../../database/programmes';
import type { FreeSlot, FreeSlotQuery } from '../../database/schedule';
import type { DatabaseServices } from '../../database/services';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { isHoliday } from '../../domain/calendar/holidays';
import type { Channel } from '../../domain/contracts/booking-workflow';
import { seatStageFor } from '../../domain/programmes/seat-stages';
import { planSlots } from '../../domain/schedule/plan-slots';
import { noSiteSettings, type SiteSettings } from '../../domain/site/settings';
import { inParallel } from '../../engine/loops/in-parallel';
import { demoProgramme } from './programme';
import { demoPerson, type DemoResident, demoResidents, demoResidentsCsv } from './residents';
import { crowdedVenue, demoVenues, todaysVenues } from './venues';

export const demoProgrammeCode = 'covid-19-vaccination';
export const demoResidentCount = 5_000;
const slotDays = 60;
const crowdedDays = 8;
/** Of those who come today. */
const peoplePerTime = 2;
/** Bookings of one time follow each other, those of several do not. */
const timesAtOnce = 4;

/**
 * Publishes the demo programme where there is none yet, and makes its venues and slots for 60 days from today. Run again
 * later it adds the days that are missing and leaves the rest alone: staff may have published another version since.
 */
export async function prepareDemoCity({
  database,
  services,
  now,
}: Omit<DemoBookingsInput, 'version'>): Promise<ProgrammeVersion> {
  const { programmes, venueRepository: venues, schedules, slots } = services;
  const known = (await programmes.allPublished()).find((item) => item.programmeCode === demoProgrammeCode);
  const version = known ?? (await programmes.publish(demoProgrammeCode, demoProgramme(cityDate(now))));
  const today = cityDate(now);
  const until = addDays(today, slotDays);
  for (const [position, { schedule, ...venue }] of demoVenues.entries()) {
    // What is there may have been edited by staff since.
    const venueId = (await venues.findByCode(venue.code))?.id ?? (await venues.save({ ...venue, position }));
    const plan = await schedules.lengthen({
      programmeId: version.programmeId,
      venueId,
      name: 'いつもの週',
      validFrom: today,
      validUntil: until,
      template: schedule,
    });
    if (plan)
      await slots.addSlots(
        version.programmeId,
        venueId,
        plan.id,
        planSlots(schedule, plan.missingFrom, until, isHoliday),
      );
  }
  await showReviewedLanguages(database);
  return version;
}

/** A person has read the site in these languages; the programme says more in them, too. Staff may have set something else since. */
async function showReviewedLanguages(database: Database): Promise<void> {
  const settings: SiteSettings = { ...noSiteSettings, reviewedLanguages: ['ja-easy', 'en'] };
  await database('site_settings')
    .insert({ version: 1, settings: JSON.stringify(settings) })
    .onConflict('version')
    .ignore();
}

interface DemoBookingsInput {
  readonly database: Database;
  readonly services: DatabaseServices;
  readonly version: ProgrammeVersion;
  readonly now: Date;
}

/**
 * The city's residents, through the same import as any city's file, then some bookings of theirs, so that one venue's
 * first days are nearly full, and that a person comes today. Leaves alone what is there. `importFile` runs the
 * eligibility import of one CSV file and approves it.
 */
export async function loadDemoResidents(
  deps: DemoBookingsInput & { importFile: (file: { name: string; content: Buffer }) => Promise<void> },
): Promise<void> {
  const { database, version } = deps;
  const known = await database('resident')
    .where({ programme_id: version.programmeId })
    .first<{ id: string } | undefined>('id');
  if (!known)
    await deps.importFile({
      name: 'demo-residents.csv',
      content: Buffer.from(demoResidentsCsv(demoResidentCount), 'utf8'),
    });
  const booked = await database('booking')
    .where({ programme_id: version.programmeId })
    .first<{ id: string } | undefined>('id');
  if (!booked) await fillCrowdedVenue(deps);
  await fillToday(deps);
}

/** Every third time of the crowded venue has nothing left of what is open to those over 30, the others one seat. */
async function fillCrowdedVenue(deps: DemoBookingsInput): Promise<void> {
  const { document } = deps.version;
  const group = document.groups[0];
  const limit =
    (group && seatStageFor(document, [group], { venueCode: crowdedVenue, channel: 'web' }, deps.now)?.limit) ?? null;
  const today = cityDate(deps.now);
  const from = addDays(today, document.bookingWindow.firstDay);
  const slots = await freeSlots(deps, crowdedVenue, { channel: 'web', from, until: addDays(from, crowdedDays), limit });
  const book = bookingsOf(deps, demoResidents(demoResidentCount).reverse());
  await inParallel([...slots.entries()], timesAtOnce, async ([index, slot]) => {
    for (let seat = index % 3 === 0 ? 0 : 1; seat < slot.free; seat++) await book(slot.id, 'web');
  });
}

/** Seats of the same day are given by telephone: a few people for each time that is still to come, unless a person is booked today. */
async function fillToday(deps: DemoBookingsInput): Promise<void> {
  const today = cityDate(deps.now);
  const slots = (
    await Promise.all(
      todaysVenues.map((venue) =>
        freeSlots(deps, venue, { channel: 'phone', from: today, until: addDays(today, 1), limit: null }),
      ),
    )
  ).flat();
  const booked = await deps
    .database('booking as b')
    .join('slot as s', 's.id', 'b.slot_id')
    .where('b.programme_id', deps.version.programmeId)
    .whereRaw(`(s.starts_at AT TIME ZONE 'Asia/Tokyo')::date = ?`, [today])
    .first<{ id: string } | undefined>('b.id');
  if (booked) return;
  // Not the person whose coupon is printed at the start.
  const book = bookingsOf(
    deps,
    demoResidents(demoResidentCount).filter((person) => person !== demoPerson),
  );
  await inParallel(slots, timesAtOnce, async (slot) => {
    for (let seat = 0; seat < Math.min(peoplePerTime, slot.free); seat++) await book(slot.id, 'phone');
  });
}

async function freeSlots(
  { services: { slots }, version }: DemoBookingsInput,
  venueCode: string,
  query: Pick<FreeSlotQuery, 'channel' | 'from' | 'until' | 'limit'>,
): Promise<FreeSlot[]> {
  const venue = (await slots.venues(version.programmeId)).find((item) => item.code === venueCode);
  return venue ? slots.freeSlots({ programmeId: version.programmeId, venueId: venue.id, dose: 1, ...query }) : [];
}

/** Books the next of `people` who may be booked there, by the rules that hold for everybody. */
function bookingsOf(
  { services: { bookings, residents }, version }: DemoBookingsInput,
  people: DemoResident[],
): (slotId: string, channel: Channel) => Promise<void> {
  const answers = { telephone: '090-1234-5678', consentRules: true, consentUse: true };
  const refusals = new Set(['not_open_yet', 'not_eligible', 'already_booked']);
  const actor = (channel: Channel) => (channel === 'phone' ? 'operator' : 'citizen');
  return async (slotId, channel) => {
    for (let person = people.shift(); person; person = people.shift()) {
      const resident = await residents.findByCoupon(version.programmeId, person.couponNumber);
      if (!resident) continue;
      const held = await bookings.hold({ residentId: resident.id, slotId, dose: 1, channel, actor: actor(channel) });
      if (!held.ok && refusals.has(held.code)) continue;
      // Its time has come meanwhile, or another process was there first.
      if (!held.ok && (held.code === 'slot_past' || held.code === 'slot_full')) return;
      if (!held.ok) throw new Error(`the demo city's booking was refused: ${held.code}`);
      const confirmed = await bookings.confirm({
        residentId: resident.id,
        bookingId: held.booking.id,
        answers,
        channel,
        actor: actor(channel),
      });
      if (!confirmed.ok) throw new Error(`the demo city's booking was not confirmed: ${confirmed.code}`);
      return;
    }
  };
}
