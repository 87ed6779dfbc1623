import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBookingRepository } from '../../database/bookings';
import type { Database } from '../../database/connection';
import type { KeyRing } from '../../database/keys';
import { createProgrammes, type ProgrammeVersion } from '../../database/programmes';
import { createResidentRepository } from '../../database/residents';
import { createScheduleRepository } from '../../database/schedules';
import { createSlotRepository } from '../../database/slots';
import { createVenueRepository } from '../../database/venues';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { isHoliday } from '../../domain/calendar/holidays';
import { planSlots } from '../../domain/schedule/plan-slots';
import { projectRoot } from '../root';
import { demoResidents, demoResidentsCsv } from './residents';
import { crowdedVenue, demoVenues } from './venues';

export const demoProgrammeCode = 'covid-19-vaccination';
export const demoResidentCount = 5_000;
const slotDays = 60;
const crowdedDays = 8;

/**
 * Publishes the demo programme and makes its venues and slots for 60 days from today. Run again later it adds the days
 * that are missing and leaves the rest alone.
 */
export async function prepareDemoCity({ database, now }: { database: Database; now: Date }): Promise<ProgrammeVersion> {
  const document: unknown = JSON.parse(readFileSync(join(projectRoot, 'runtime', 'demo', 'programme.json'), 'utf8'));
  const version = await createProgrammes(database).publish(demoProgrammeCode, document);
  const venues = createVenueRepository(database);
  const schedules = createScheduleRepository(database);
  const slots = createSlotRepository(database);
  const today = cityDate(now);
  const until = addDays(today, slotDays);
  for (const [position, { schedule, ...venue }] of demoVenues.entries()) {
    // What is there may have been edited by staff since.
    const venueId = (await venues.findByCode(venue.code))?.id ?? (await venues.save({ ...venue, position }));
    const plan = await schedules.lengthen({ programmeId: version.programmeId, venueId, name: 'いつもの週', validFrom: today, validUntil: until, template: schedule });
    if (plan) await slots.addSlots(version.programmeId, venueId, plan.id, planSlots(schedule, plan.missingFrom, until, isHoliday));
  }
  return version;
}

/**
 * The city's residents, through the same import as any city's file, then some bookings of theirs, so that one venue's
 * first days are nearly full. Does nothing where residents are already loaded. `importFile` runs the eligibility import
 * of one CSV file and approves it.
 */
export async function loadDemoResidents(deps: {
  database: Database;
  keys: KeyRing;
  version: ProgrammeVersion;
  now: Date;
  importFile: (file: { name: string; content: Buffer }) => Promise<void>;
}): Promise<void> {
  const { database, version } = deps;
  const known = await database('resident').where({ programme_id: version.programmeId }).first<{ id: string } | undefined>('id');
  if (!known) await deps.importFile({ name: 'demo-residents.csv', content: Buffer.from(demoResidentsCsv(demoResidentCount), 'utf8') });
  const booked = await database('booking').where({ programme_id: version.programmeId }).first<{ id: string } | undefined>('id');
  if (!booked) await fillCrowdedVenue(deps);
}

async function fillCrowdedVenue({ database, keys, version, now }: { database: Database; keys: KeyRing; version: ProgrammeVersion; now: Date }): Promise<void> {
  const programmes = createProgrammes(database);
  const bookings = createBookingRepository({ database, keys, programmes });
  const residents = createResidentRepository({ database, keys });
  const venue = (await createSlotRepository(database).venues(version.programmeId)).find((item) => item.code === crowdedVenue);
  if (!venue) return;
  const today = cityDate(now);
  const { firstDay } = version.document.bookingWindow;
  const slots = await createSlotRepository(database).freeSlots({
    programmeId: version.programmeId, venueId: venue.id, dose: 1, channel: 'web', from: addDays(today, firstDay), until: addDays(today, firstDay + crowdedDays),
  });
  const people = demoResidents(demoResidentCount).reverse();
  const answers = { telephone: '090-1234-5678', consentRules: true, consentUse: true };
  for (const [index, slot] of slots.entries()) {
    // Every third time is full, the others have one seat left.
    for (let seat = index % 3 === 0 ? 0 : 1; seat < slot.free; seat++) {
      const person = people.shift();
      const resident = person && (await residents.findByCoupon(version.programmeId, person.couponNumber));
      if (!resident) continue;
      const held = await bookings.hold({ residentId: resident.id, slotId: slot.id, dose: 1, channel: 'web', actor: 'citizen' });
      if (!held.ok) throw new Error(`the demo city's booking was refused: ${held.code}`);
      const confirmed = await bookings.confirm({ residentId: resident.id, bookingId: held.booking.id, answers, channel: 'web', actor: 'citizen' });
      if (!confirmed.ok) throw new Error(`the demo city's booking was not confirmed: ${confirmed.code}`);
    }
  }
}
