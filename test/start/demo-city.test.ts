import { v7 as uuidv7 } from 'uuid';

import { type Database, openDatabase } from '../../database/foundation/connection';
import { digestTextOf } from '../../database/residents/residents';
import { createDatabaseServices, type DatabaseServices } from '../../database/services';
import { cityDate } from '../../domain/calendar/city-time';
import { loadDemoResidents, prepareDemoCity } from '../../runtime/demo/load-demo-city';
import { demoResidents } from '../../runtime/demo/residents';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testKeys } from '../worlds/test-city';

describe('the demo city', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let services: DatabaseServices;
  const now = new Date();
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = openDatabase({ url: testDatabase.databaseUrl, applicationName: 'test', poolSize: 5 });
    services = createDatabaseServices({ database, keys: testKeys });
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  it('has eight venues with 60 days of slots, one venue whose first days are nearly full by real bookings, and people who come today', async () => {
    const version = await prepareDemoCity({ database, services, now });
    await loadDemoResidents({
      database,
      services,
      version,
      now,
      // The import itself has tests of its own; here the first and last residents stand in for all, as the demo's bookings are theirs.
      importFile: async () => {
        const everybody = demoResidents(5_000);
        const people = [...everybody.slice(0, 200), ...everybody.slice(-300)];
        await database.batchInsert(
          'resident',
          people.map((person) => {
            const sealed = { number: person.couponNumber, birthDate: person.birthDate, kana: person.kana };
            return {
              id: uuidv7(),
              programme_id: version.programmeId,
              coupon_index: testKeys.blindIndex(sealed.number),
              sealed: testKeys.seal(JSON.stringify(sealed)),
              digest: testKeys.blindIndex(digestTextOf(sealed)),
              key_id: testKeys.currentKeyId,
              group_code: 'thirty-plus',
            };
          }),
        );
      },
    });
    const venues = await database('venue').select<{ ward: string }[]>('ward');
    expect(new Set(venues.map((venue) => venue.ward))).toEqual(
      new Set(['北区', '東区', '中央区', '江南区', '秋葉区', '南区', '西区', '西蒲区']),
    );
    const days = await database('slot').select<{ starts_at: Date }[]>('starts_at');
    expect(new Set(days.map((slot) => cityDate(slot.starts_at))).size).toBeGreaterThanOrEqual(59);

    const states = await database('booking').select<{ state: string }[]>('state');
    expect(new Set(states.map((booking) => booking.state))).toEqual(new Set(['confirmed']));
    // Half of the four seats is open to those over 30, and of these none or one is left; the other half is kept for the younger.
    const { rows } = await database.raw<{ rows: { taken: number; capacity: number }[] }>(
      `SELECT DISTINCT q.taken, q.capacity FROM slot_quota q JOIN slot s ON s.id = q.slot_id JOIN venue v ON v.id = s.venue_id
        WHERE v.code = 'akiha-ward-office' AND q.channel = 'web' AND q.taken > 0 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { taken: 1, capacity: 4 },
      { taken: 2, capacity: 4 },
    ]);
    // How many come today hangs on the hour; at the crowded venue there is a booking behind every seat that is taken.
    const [taken] = await database('slot_quota').where({ channel: 'web' }).sum<{ sum: number }[]>('taken as sum');
    const [booked] = await database('booking').where({ channel: 'web' }).count<{ count: number }[]>('* as count');
    expect(booked?.count).toBe(taken?.sum);
    expect(booked?.count).toBeGreaterThan(20);

    const today = cityDate(now);
    const expected = await database('slot as s')
      .join('venue as v', 'v.id', 's.venue_id')
      .where({ 's.dose': 1, 'v.code': 'chuo-toki-messe' })
      .whereRaw("s.starts_at > now() + interval '1 minute'")
      .whereRaw(`(s.starts_at AT TIME ZONE 'Asia/Tokyo')::date = ?`, [today])
      .select<{ id: string }[]>('s.id');
    const comingToday = await database('booking as b')
      .join('slot as s', 's.id', 'b.slot_id')
      .join('venue as v', 'v.id', 's.venue_id')
      .where({ 'b.channel': 'phone', 'v.code': 'chuo-toki-messe' })
      .whereRaw(`(s.starts_at AT TIME ZONE 'Asia/Tokyo')::date = ?`, [today])
      .select<{ id: string }[]>('b.id');
    expect(comingToday.length).toBeGreaterThanOrEqual(expected.length * 2);

    expect(await database('site_settings').select<{ settings: { reviewedLanguages: string[] } }[]>('settings')).toEqual(
      [{ settings: expect.objectContaining({ reviewedLanguages: ['ja-easy', 'en'] }) as unknown }],
    );

    const before = await database('slot').count<{ count: number }[]>('* as count');
    await prepareDemoCity({ database, services, now });
    expect(await database('slot').count<{ count: number }[]>('* as count')).toEqual(before);

    // Days later there are slots for more days, but what was published stays: staff may have gone on from it.
    const later = await prepareDemoCity({ database, services, now: new Date(now.getTime() + 3 * 86_400_000) });
    expect(later.id).toBe(version.id);
  });
});
