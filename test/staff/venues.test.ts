import type { Visitor } from '../api/support/visitor';
import { validAnswers } from '../support/test-city';
import { createStaffSite, type StaffSite } from './support/staff-site';

interface Venue { id: string; version: number; upcoming: number; active: boolean; name: string }
let site: StaffSite;
let admin: Visitor;
beforeAll(async () => {
  site = await createStaffSite();
  admin = await site.colleague('city_admin');
});
afterAll(() => site.close());

const patch = (id: string, body: object) => admin.send('PATCH', `/api/v1/city/venues/${id}`, JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
const known = async (): Promise<Venue> => (await admin.get(`/api/v1/city/venues/${site.city.venueId}`)).json<Venue & Record<string, unknown>>();
const fresh = { code: 'nishi', name: '西会場', ward: '西区', address: '新潟市西区1番地', features: ['parking'] };

test('a venue is added once under its code', async () => {
  const added = await admin.post('/api/v1/city/venues', fresh);
  expect([added.status, added.json()]).toEqual([201, expect.objectContaining({ ...fresh, access: '', mapUrl: null, active: true, version: 1, upcoming: 0 })]);
  expect((await admin.post('/api/v1/city/venues', fresh)).json()['code']).toBe('venue_code_taken');
  const wrong = await admin.post('/api/v1/city/venues', { ...fresh, code: 'Nishi!', features: ['pool'], mapUrl: 'javascript:alert(1)', name: ' ' });
  expect(wrong.json<{ faults: { field: string }[] }>().faults.map((fault) => fault.field).sort()).toEqual(['code', 'features.0', 'mapUrl', 'name']);
});

test('the second of two people who edit the same venue is told, and nothing is overwritten', async () => {
  const venue = await known();
  const first = await patch(venue.id, { version: venue.version, access: '新しい行き方' });
  expect(first.json()).toMatchObject({ access: '新しい行き方', name: venue.name, version: venue.version + 1 });
  const second = await patch(venue.id, { version: venue.version, access: '別の行き方' });
  expect([second.status, second.json()['facts']]).toEqual([412, { version: venue.version + 1 }]);
  expect(await known()).toMatchObject({ access: '新しい行き方', version: venue.version + 1 });
  const events = await site.audit.list({ action: 'venue.update', limit: 10 });
  expect(events).toMatchObject([{ subjectId: venue.id, detail: { fields: 'access' } }]);
});

test('two at the very same moment: one wins', async () => {
  const venue = await known();
  const answers = await Promise.all(['a', 'b', 'c'].map((access) => patch(venue.id, { version: venue.version, access })));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
});

test('nothing changed is no change', async () => {
  const venue = await known();
  expect((await patch(venue.id, { version: venue.version, name: venue.name })).json()).toMatchObject({ version: venue.version });
});

test('a venue with bookings to come cannot be switched off', async () => {
  const residentId = await site.city.addResident();
  const held = await site.city.bookings.hold({ residentId, slotId: await site.city.addSlot(), dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  await site.city.bookings.confirm({ residentId, bookingId: held.booking.id, answers: validAnswers, channel: 'web', actor: 'citizen' });
  const venue = await known();
  expect(venue.upcoming).toBe(1);
  const refused = await patch(venue.id, { version: venue.version, active: false });
  expect([refused.status, refused.json()['code'], refused.json()['facts']]).toEqual([409, 'venue_in_use', { bookings: 1 }]);
  await site.city.bookings.cancelByCity(held.booking.id, 'city');
  expect((await patch(venue.id, { version: venue.version, active: false })).json()).toMatchObject({ active: false, upcoming: 0 });
});
