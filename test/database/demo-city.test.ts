import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database } from '../../database/connection';
import { digestTextOf } from '../../database/residents';
import { cityDate } from '../../domain/calendar/city-time';
import { loadDemoResidents, prepareDemoCity } from '../../runtime/demo/load-demo-city';
import { demoResidents } from '../../runtime/demo/residents';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testKeys } from '../support/test-city';

describe('the demo city', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const now = new Date();
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = openDatabase({ url: testDatabase.databaseUrl, applicationName: 'test', poolSize: 5 });
  });
  afterAll(async () => {
    await database.destroy();
    await testDatabase.drop();
  });

  it('has eight venues with 60 days of slots, and one venue whose first days are nearly full by real bookings', async () => {
    const version = await prepareDemoCity({ database, now });
    await loadDemoResidents({
      database, keys: testKeys, version, now,
      // The import itself has tests of its own; here the last residents stand in for all, as the demo's bookings are theirs.
      importFile: async () => {
        const people = demoResidents(5_000).slice(-300);
        await database.batchInsert('resident', people.map((person) => {
          const sealed = { number: person.couponNumber, birthDate: person.birthDate, kana: person.kana };
          return {
            id: uuidv7(), programme_id: version.programmeId, coupon_index: testKeys.blindIndex(sealed.number), sealed: testKeys.seal(JSON.stringify(sealed)),
            digest: testKeys.blindIndex(digestTextOf(sealed)), key_id: testKeys.currentKeyId, group_code: 'seniors',
          };
        }));
      },
    });
    const venues = await database('venue').select<{ ward: string }[]>('ward');
    expect(new Set(venues.map((venue) => venue.ward))).toEqual(new Set(['北区', '東区', '中央区', '江南区', '秋葉区', '南区', '西区', '西蒲区']));
    const days = await database('slot').select<{ starts_at: Date }[]>('starts_at');
    expect(new Set(days.map((slot) => cityDate(slot.starts_at))).size).toBeGreaterThanOrEqual(59);

    const states = await database('booking').select<{ state: string }[]>('state');
    expect(states.length).toBeGreaterThan(60);
    expect(new Set(states.map((booking) => booking.state))).toEqual(new Set(['confirmed']));
    const { rows } = await database.raw<{ rows: { left: number }[] }>(`SELECT DISTINCT q.capacity - q.taken AS left FROM slot_quota q WHERE q.taken > 0 ORDER BY 1`);
    expect(rows.map((row) => row.left)).toEqual([0, 1]);

    const before = await database('slot').count<{ count: number }[]>('* as count');
    await prepareDemoCity({ database, now });
    expect(await database('slot').count<{ count: number }[]>('* as count')).toEqual(before);
  });
});
