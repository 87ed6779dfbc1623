import { cityDate } from '../../domain/calendar/city-time';
import { type CitySite, createCitySite } from '../worlds/city-site';

let site: CitySite;
beforeAll(async () => {
  site = await createCitySite();
});
afterAll(() => site.close());

const counted = async () => {
  await site.unmetSearches.flush();
  const rows = await site.city
    .database('unmet_search')
    .orderByRaw('venue_id NULLS FIRST')
    .select<{ venue_id: string | null; dose: number; channel: string; people: number; day: string }[]>(
      'venue_id',
      'dose',
      'channel',
      'people',
      site.city.database.raw(`to_char(day, 'YYYY-MM-DD') AS day`),
    );
  return rows.map(({ venue_id: venueId, dose, channel, people, day }) => [venueId, dose, channel, people, day]);
};

test('who finds no seat in the city, or at a venue, is counted once a day; who has a booking is not', async () => {
  const { city } = site;
  const [anna, bert] = [await site.citizen(), await site.citizen()];
  const slotId = await city.addSlot({ capacity: 1 });
  await anna.get('/book/1/venues');
  await anna.get(`/book/1/times?venue=${city.venueId}`);
  expect(await counted()).toEqual([]);

  const held = await anna.post('/api/v1/bookings', { slotId, dose: 1 });
  await anna.post(`/api/v1/bookings/${String(held.json()['id'])}/confirm`, {
    answers: { telephone: '090-1234-5678', consentRules: true, consentUse: true },
  });
  // What is read may lag by a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (let click = 0; click < 3; click++) {
    await bert.get('/book/1/venues');
    await bert.get(`/book/1/times?venue=${city.venueId}`);
  }
  // She only looks for a better time.
  await anna.get('/book/1/venues');
  const today = cityDate(new Date());
  expect(await counted()).toEqual([
    [null, 1, 'web', 1, today],
    [city.venueId, 1, 'web', 1, today],
  ]);
});
