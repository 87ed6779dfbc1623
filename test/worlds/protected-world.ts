import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { createNoticeRepository } from '../../database/notices/notices';
import { createVenueRepository } from '../../database/schedule/venues';
import { formatReference } from '../../domain/bookings/reference';
import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { type StaffRole, staffRoles } from '../../domain/staff/roles';
import { createStaffSite, type StaffSite, tester } from './staff-site';
import { validAnswers } from './test-city';

export const today = cityDate(new Date());
/** Where and when the person of these tests will be; nothing else is there and then. */
const place = { code: 'kakurega', name: 'かくれ会場', ward: '隠区', address: '新潟市隠区77番地' };
const times = { first: '23:47', second: '08:13' };
export const secondDay = addDays(today, 25);
export const person = { number: '9876501234', birthDate: '1951-02-03', kana: 'カクレ　アイ' };
const email = 'kakurete@himitsu.example.jp';

/** One resident with all that staff can come across: two bookings, notices, calls, an import, an assignment, a record. */
export interface ProtectedWorld {
  readonly site: StaffSite;
  readonly venueId: string;
  readonly slots: { readonly first: string; readonly second: string };
  readonly residentId: string;
  /** What must be told to nobody, by what it tells. */
  markers(): Readonly<Record<'place' | 'time' | 'clock' | 'person', readonly string[]>>;
  readonly ids: {
    booking: string;
    second: string;
    reference: string;
    notice: string;
    callback: string;
    importRun: string;
    assignment: string;
  };
  readonly people: ReadonlyMap<StaffRole, string>;
  /** Books both doses and leaves traces everywhere; before it the venue and its slots are there, and nobody in them. */
  book(): Promise<void>;
  /** Protects the resident as a supervisor does. */
  protect(): Promise<void>;
  visitor(role: StaffRole): Promise<ReturnType<StaffSite['visitor']>>;
  close(): Promise<void>;
}

export async function createProtectedWorld(): Promise<ProtectedWorld> {
  const site = await createStaffSite();
  const { city } = site;
  const { database } = city;
  const venueId = await createVenueRepository(database).save({
    ...place,
    access: '',
    features: [],
    mapUrl: null,
    position: 9,
  });
  const residentId = await city.addResident(person);
  const first = await city.addSlot({ daysAhead: 3, time: '10:00' });
  const second = await city.addSlot({ daysAhead: 28, time: '10:00', dose: 2 });
  const startsAt = { first: instantOf(today, times.first), second: instantOf(secondDay, times.second) };
  const people = new Map<StaffRole, string>();
  for (const role of staffRoles) people.set(role, (await site.colleague(role)).staffId);
  const ids = { booking: uuidv7(), second: uuidv7(), reference: '000000000' };
  const others = { notice: uuidv7(), callback: uuidv7(), importRun: uuidv7(), assignment: uuidv7() };
  const references: string[] = [];

  async function confirmed(slotId: string, dose: number): Promise<{ id: string; reference: string }> {
    const held = await city.bookings.hold({ residentId, slotId, dose, channel: 'web', actor: 'citizen' });
    if (!held.ok) throw new Error(held.code);
    const done = await city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: { ...validAnswers, email },
      channel: 'web',
      actor: 'citizen',
    });
    if (!done.ok) throw new Error(done.code);
    return { id: done.booking.id, reference: done.booking.reference ?? '' };
  }

  async function hide(slotId: string, at: Date): Promise<void> {
    await database('slot')
      .where({ id: slotId })
      .update({ venue_id: venueId, starts_at: at, ends_at: new Date(at.getTime() + 600_000) });
  }

  const world: ProtectedWorld = {
    site,
    venueId,
    slots: { first, second },
    residentId,
    people,
    ids: { ...ids, ...others },
    markers: () => ({
      place: [venueId, place.code, place.name, place.address],
      time: [first, second, ...Object.values(startsAt).map((at) => at.toISOString())],
      clock: Object.values(times),
      person: [
        ...references.flatMap((reference) => [reference, formatReference(reference)]),
        world.ids.booking,
        world.ids.second,
        email,
        'k•••@himitsu.example.jp',
      ],
    }),
    async book() {
      // Today cannot be booked any more: the slots are moved there once they are taken.
      await hide(first, instantOf(addDays(today, 3), '10:00'));
      await hide(second, instantOf(addDays(today, 28), '10:00'));
      const one = await confirmed(first, 1);
      const two = await confirmed(second, 2);
      references.push(one.reference, two.reference);
      await hide(first, startsAt.first);
      await hide(second, startsAt.second);
      Object.assign(world.ids, { booking: one.id, second: two.id, reference: one.reference });
      const notices = createNoticeRepository(database);
      const notice = await notices.find({ bookingId: one.id, step: 'confirmation', occurrence: 'first' });
      await notices.markFailed(notice.id, 'smtp 550');
      world.ids.notice = notice.id;
      world.ids.callback = (
        await database('callback').where({ resident_id: residentId }).first<{ id: string }>('id')
      ).id;
      await site.audit.record(tester, {
        action: 'booking.check_in',
        subject: { kind: 'booking', id: one.id },
        residentId,
        result: 'nothing_booked',
        detail: { venueId },
      });
      await leaveFiles();
      await draftWithoutThem();
    },
    async protect() {
      // A member of staff who had identified them, with two answers, has it open when the protection begins.
      for (const staffId of people.values()) await site.identified(staffId, residentId);
      const supervisor = await world.visitor('supervisor');
      const done = await supervisor.post(`/api/v1/residents/${residentId}/protection`, {
        isProtected: true,
        reason: '市からの連絡',
      });
      if (done.status !== 204) throw new Error(done.text);
    },
    async visitor(role) {
      const visitor = site.visitor();
      visitor.cookies.set('toki-staff', await site.services.sessions.open(people.get(role)!));
      return visitor;
    },
    close: () => site.close(),
  };
  await hide(first, startsAt.first);
  await hide(second, startsAt.second);

  async function fileRow(): Promise<string> {
    const id = uuidv7();
    await database('import_file').insert({
      id,
      sealed_name: city.keys.seal('file.csv'),
      size_bytes: 1,
      sha256: randomBytes(32),
      programme_id: city.version.programmeId,
    });
    return id;
  }

  /** An import that gives them a new number, and a file of the city's that named them. */
  async function leaveFiles(): Promise<void> {
    await database('import_run').insert({
      id: world.ids.importRun,
      programme_id: city.version.programmeId,
      programme_version_id: city.version.id,
      file_id: await fileRow(),
      key_id: city.keys.currentKeyId,
      status: 'waiting',
    });
    await database('import_carry_over').insert({
      run_id: world.ids.importRun,
      resident_id: residentId,
      line: 2,
      evidence: 'previous_number',
      is_wanted: true,
    });
    const [one, two] = [await site.colleague('city_admin'), await site.colleague('city_admin')];
    await database('assignment_run').insert({
      id: world.ids.assignment,
      programme_id: city.version.programmeId,
      file_id: await fileRow(),
      channel: 'venue',
      status: 'done',
      started_by: one.staffId,
      approved_by: two.staffId,
    });
    await database('assignment_row').insert({
      run_id: world.ids.assignment,
      line: 2,
      state: 'kept',
      sealed: city.keys.seal(
        JSON.stringify({ number: person.number, venue: place.name, date: today, time: times.first, dose: '1' }),
      ),
      resident_id: residentId,
      slot_id: first,
      dose: 1,
      code: 'booking_changed',
      booking_id: world.ids.booking,
      booking_version: 1,
    });
  }

  /** A draft by which the second booking is too late. */
  async function draftWithoutThem(): Promise<void> {
    const admin = await world.visitor('city_admin');
    const path = '/api/v1/programmes/test-programme/draft';
    const { version, document } = (await admin.post(path, { from: 1 })).json<{
      version: number;
      document: ProgrammeDocument;
    }>();
    document.bookingWindow.notAfter = addDays(today, 10);
    const saved = await admin.send('PATCH', path, JSON.stringify({ version, document }), {
      headers: { 'content-type': 'application/json' },
    });
    if (saved.status !== 200) throw new Error(saved.text);
  }
  return world;
}
