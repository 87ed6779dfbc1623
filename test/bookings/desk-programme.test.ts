import { createSlotRepository } from '../../database/schedule/slots';
import { createVenueRepository } from '../../database/schedule/venues';
import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { createTestCity, type TestCity } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

/** The desk obeys a programme as the citizens' site does: openings per venue and channel, open shares, declarations, conditional fields. */
let city: TestCity;
let site: StaffSite;
let operator: Visitor & { readonly staffId: string };
const opensLater = '2099-01-04T08:30:00+09:00';
const day = addDays(cityDate(new Date()), 6);

beforeAll(async () => {
  city = await createTestCity({
    change: (document) => {
      document.schema = 2;
      document.groups[0]!.openings = [{ venues: ['web-only'], channels: ['phone'], opensAt: opensLater }];
      document.groups.push({
        code: 'illness',
        label: '基礎疾患のある方',
        importedAs: [],
        members: [
          { kind: 'declared', statement: '基礎疾患があり、通院しています', help: '証明するものはいりません。' },
        ],
        opensAt: '2021-04-19T08:30:00+09:00',
      });
      document.releases = [
        {
          code: 'half',
          groups: ['seniors'],
          channels: ['phone'],
          stages: [{ at: '2021-04-19T08:30:00+09:00', share: 50 }],
        },
      ];
      document.form.fields.unshift(
        {
          name: 'medicine',
          kind: 'choice',
          label: '飲んでいる薬',
          required: true,
          options: [
            { value: 'yes', label: 'ある' },
            { value: 'no', label: 'ない' },
          ],
        },
        {
          name: 'medicineName',
          kind: 'text',
          label: '薬の名前',
          required: true,
          maxLength: 100,
          showWhen: [{ kind: 'one_of', field: 'medicine', values: ['yes'] }],
        },
        {
          name: 'illnessNote',
          kind: 'note',
          label: '主治医に相談してください',
          required: false,
          showWhen: [{ kind: 'group', groups: ['illness'] }],
        },
        {
          name: 'atVenue',
          kind: 'text',
          label: '受付の記入欄',
          required: true,
          maxLength: 20,
          showWhen: [{ kind: 'channel', channels: ['venue'] }],
        },
      );
    },
  });
  site = await createStaffSite({ city });
  operator = await site.colleague('operator');
});
afterAll(async () => {
  await site.close();
  await city.close();
});

interface Seats {
  phone: { free: number; capacity: number };
  all: { free: number };
}

async function caller(resident: { groupCode?: string; birthDate?: string } = {}): Promise<string> {
  const residentId = await city.addResident(resident);
  await site.identified(operator.staffId, residentId);
  return residentId;
}

/** Seats of the telephone as the three lists of the desk tell them, for one caller. */
async function seen(
  resident: string,
  venue: string,
): Promise<{ slot: number; day: number; venue: number; capacity: number }> {
  // The lists may be a second old.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const query = `dose=1&from=${day}&to=${day}&resident=${resident}`;
  const [slots, days, venues] = await Promise.all([
    operator.get(`/api/v1/slots?${query}&venue=${venue}`),
    operator.get(`/api/v1/slots/days?${query}&venue=${venue}`),
    operator.get(`/api/v1/slots/venues?${query}`),
  ]);
  const [slot] = slots.json<{ slots: Seats[] }>().slots;
  const [first] = days.json<{ days: Seats[] }>().days;
  const here = venues
    .json<{ venues: (Seats & { venue: { id: string } })[] }>()
    .venues.find((item) => item.venue.id === venue);
  return {
    slot: slot?.phone.free ?? -1,
    day: first?.phone.free ?? -1,
    venue: here?.phone.free ?? -1,
    capacity: slot?.phone.capacity ?? -1,
  };
}

test('what is kept back for others, and a venue that is the web’s at first, are not offered to a caller; the hold says the same', async () => {
  const webOnly = await createVenueRepository(city.database).save({
    code: 'web-only',
    name: 'ウェブだけの会場',
    ward: '中央区',
    address: '新潟市',
    access: '',
    features: [],
    mapUrl: null,
    position: 1,
  });
  const startsAt = instantOf(day, '10:30');
  await createSlotRepository(city.database).addSlots(city.version.programmeId, webOnly, null, [
    {
      dose: 1,
      startsAt,
      endsAt: new Date(startsAt.getTime() + 1_800_000),
      quotas: [{ channel: 'phone', capacity: 4 }],
    },
  ]);
  const slotId = await city.addSlot({ daysAhead: 6, channel: 'phone', capacity: 4 });
  const [first, second, third] = [await caller(), await caller(), await caller()];
  expect(await seen(first, city.venueId)).toEqual({ slot: 2, day: 2, venue: 2, capacity: 4 });
  expect(await seen(first, webOnly)).toEqual({ slot: 0, day: 0, venue: 0, capacity: 4 });
  const hold = (resident: string, slot: string) =>
    operator.post(`/api/v1/residents/${resident}/bookings`, { slotId: slot, dose: 1 });
  const there = await city.database('slot').where({ venue_id: webOnly }).first<{ id: string }>('id');
  expect((await hold(first, there.id)).json()).toMatchObject({ code: 'not_open_yet' });
  expect([(await hold(first, slotId)).status, (await hold(second, slotId)).status]).toEqual([201, 201]);
  expect(await seen(third, city.venueId)).toEqual({ slot: 0, day: 0, venue: 0, capacity: 4 });
  expect((await hold(third, slotId)).json()['code']).toBe('slot_full');
  // Nobody's seats are told before the identity check.
  const stranger = await city.addResident();
  expect((await operator.get(`/api/v1/slots/venues?dose=1&resident=${stranger}`)).json()['code']).toBe(
    'identity_required',
  );
});

test('a caller declares as on the site: after the identity check, recorded, and only what can be declared', async () => {
  const residentId = await city.addResident({ groupCode: 'none' });
  const declare = (...groups: string[]) => operator.post(`/api/v1/residents/${residentId}/declarations`, { groups });
  expect((await declare('illness')).json()['code']).toBe('identity_required');
  await site.identified(operator.staffId, residentId);
  interface Opened {
    resident: { groups: string[]; declarable: { code: string; statement: string }[] };
    doses: { state: string }[];
  }
  const opened = async () =>
    (await operator.get(`/api/v1/residents/${residentId}`)).json<Opened & Record<string, unknown>>();
  const before = await opened();
  expect([
    before.resident.groups,
    before.resident.declarable.map((item) => item.statement),
    before.doses[0]?.state,
  ]).toEqual([[], ['基礎疾患があり、通院しています'], 'refused']);
  expect((await declare('seniors', 'nonsense')).json()).toEqual({ declared: [] });
  expect((await declare('illness')).json()).toEqual({ declared: ['illness'] });
  expect((await declare('illness')).json()).toEqual({ declared: ['illness'] });
  const after = await opened();
  expect([after.resident.groups, after.resident.declarable, after.doses[0]?.state]).toEqual([['illness'], [], 'open']);
  const recorded = (await site.audit.list({ residentId, limit: 100 }))
    .reverse()
    .filter((event) => event.action === 'resident.declare')
    .map((event) => `${event.result} ${JSON.stringify(event.detail)}`);
  expect(recorded).toEqual(['identity_required {}', 'done {"added":0}', 'done {"added":1}', 'done {"added":0}']);
});

test('the fields of the moment, with choices, notes and help', async () => {
  const asked = async (body: object) =>
    (await operator.post('/api/v1/form/asked', { channel: 'phone', answers: {}, ...body })).json<{
      fields: { name: string; kind: string; options: object[] }[];
    }>().fields;
  expect((await asked({ groups: ['seniors'] })).map((field) => field.name)).toEqual([
    'medicine',
    'telephone',
    'email',
    'consentRules',
    'consentUse',
  ]);
  expect(
    (await asked({ groups: ['illness'], answers: { medicine: 'yes' } }))
      .map((field) => `${field.name} ${field.kind}`)
      .slice(0, 3),
  ).toEqual(['medicine choice', 'medicineName text', 'illnessNote note']);
  expect(
    (await asked({ channel: 'venue', groups: [], answers: { medicine: 'no' } })).map((field) => field.name),
  ).toContain('atVenue');
  expect((await asked({}))[0]?.options).toEqual([
    { value: 'yes', label: 'ある' },
    { value: 'no', label: 'ない' },
  ]);
});
