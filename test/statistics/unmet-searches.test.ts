import { removeOutdated } from '../../database/upkeep/housekeeping';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { type CitySite, createCitySite } from '../worlds/city-site';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

/** Practice 8: "242,000 people, about 146,000 booked, 57,000 wanted to and found no seat": a figure that staff need. */
interface Figures {
  readonly eligible: number;
  readonly booked: number;
  readonly looked: number;
  readonly without: number;
}
interface Demand {
  readonly total: Figures;
  readonly groups: readonly (Figures & { code: string })[];
  readonly days: readonly (Omit<Figures, 'eligible'> & { day: string })[];
}

let city: TestCity;
let staff: StaffSite;
let citizens: CitySite;
const today = cityDate(new Date());

beforeAll(async () => {
  city = await createTestCity({
    change: (document) => {
      document.groups = [
        {
          code: 'old',
          label: '75歳以上',
          importedAs: [],
          members: [{ kind: 'born', until: '1952-04-01' }],
          opensAt: '2021-04-19T08:30:00+09:00',
        },
        {
          code: 'young',
          label: '74歳以下',
          importedAs: [],
          isDefault: true,
          members: [{ kind: 'born', from: '1952-04-02' }],
          opensAt: '2021-04-19T08:30:00+09:00',
        },
      ];
    },
  });
  staff = await createStaffSite({ city });
  citizens = await createCitySite({ city });
});
afterAll(async () => {
  await citizens.close();
  await staff.close();
  await city.close();
});

async function read(query = ''): Promise<Demand> {
  await citizens.unmetSearches.flush();
  const auditor = await staff.colleague('auditor');
  const answer = await auditor.get(`/api/v1/numbers/demand?from=${today}&to=${today}${query}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json<Demand>();
}

test('people who wanted a seat and found none in the whole city are counted once, by group and day, until they have one', async () => {
  const [anna, bert, carla, dora] = [
    await citizens.citizen(),
    await citizens.citizen(),
    await citizens.citizen(),
    await citizens.citizen(),
  ];
  for (let more = 0; more < 3; more++) await city.addResident({ birthDate: '1980-05-05' });
  const young = await city.addResident({ birthDate: '1970-01-01' });
  const slotId = await city.addSlot({ capacity: 1 });
  const held = await anna.post('/api/v1/bookings', { slotId, dose: 1 });
  await anna.post(`/api/v1/bookings/${String(held.json()['id'])}/confirm`, { answers: validAnswers });
  // What is read may lag by a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (let click = 0; click < 3; click++) await bert.get('/book/1/venues');
  await carla.get('/book/1/venues');
  // She only looks for a better time, and he looked at one venue alone.
  await anna.get('/book/1/venues');
  await dora.get(`/book/1/times?venue=${city.venueId}`);
  await citizens.unmetSearches.flush();
  // The younger one asked by telephone.
  const operator = await staff.colleague('operator');
  await staff.identified(operator.staffId, young);
  await operator.get(`/api/v1/slots/venues?dose=1&resident=${young}`);
  await staff.services.unmetSearches.flush();

  expect(await read()).toEqual({
    dose: 1,
    total: { eligible: 8, booked: 1, looked: 3, without: 3 },
    groups: [
      { code: 'old', label: '75歳以上', eligible: 4, booked: 1, looked: 2, without: 2 },
      { code: 'young', label: '74歳以下', eligible: 4, booked: 0, looked: 1, without: 1 },
    ],
    days: [{ day: today, booked: 1, looked: 3, without: 3 }],
  });

  // Seats come, and Carla has one: she looked in vain, but is not without.
  const more = await city.addSlot({ daysAhead: 8 });
  const later = await carla.post('/api/v1/bookings', { slotId: more, dose: 1 });
  expect((await read()).total).toMatchObject({ booked: 1, looked: 3, without: 2 });
  await carla.post(`/api/v1/bookings/${String(later.json()['id'])}/confirm`, { answers: validAnswers });
  expect((await read()).total).toEqual({ eligible: 8, booked: 2, looked: 3, without: 2 });
  await carla.post(`/api/v1/bookings/${String(later.json()['id'])}/cancel`, {});
  expect((await read()).total).toEqual({ eligible: 8, booked: 1, looked: 3, without: 3 });

  // Other days and the other dose are other questions; a person who moved away is no longer asked for.
  const yesterday = addDays(today, -1);
  await city.database('unmet_wish').where({ resident_id: bert.residentId }).update({ day: yesterday });
  expect((await read()).total).toMatchObject({ looked: 2 });
  expect((await read('&dose=2')).total).toMatchObject({ eligible: 8, booked: 0, looked: 0 });
  await city.database('resident').where({ id: young }).update({ status: 'missing' });
  expect((await read()).total).toMatchObject({ looked: 1 });

  const supervisor = await staff.colleague('supervisor');
  const file = await supervisor.get(`/api/v1/numbers/demand.csv?from=${yesterday}&to=${today}`);
  expect(file.text.split('\r\n')).toEqual([
    '\uFEFF集計の単位,項目,対象の方,予約した方,空きがなかった方,そのうち、まだ予約のない方',
    expect.stringMatching(/^全体,,\d,1,2,2$/) as unknown,
    expect.stringMatching(/^対象区分,75歳以上,4,1,2,2$/) as unknown,
    expect.stringMatching(/^対象区分,74歳以下,\d,0,0,0$/) as unknown,
    `日,${yesterday},,0,1,1`,
    `日,${today},,1,1,1`,
    '',
  ]);
  expect((await supervisor.get(`/api/v1/numbers/demand?from=${today}&to=${addDays(today, -2)}`)).json()).toMatchObject({
    code: 'range_too_long',
  });
  expect((await operator.get(`/api/v1/numbers/demand?from=${today}&to=${today}`)).status).toBe(403);

  // It is not known for ever.
  await city.database('unmet_wish').update({ day: addDays(today, -401) });
  await removeOutdated(city.database);
  expect(await city.database('unmet_wish').select('dose')).toEqual([]);
});
