import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { v7 as uuidv7 } from 'uuid';

import { createBookingRepository } from '../../../database/bookings/bookings';
import { type Database, migrate, openDatabase } from '../../../database/foundation/connection';
import { type KeyRing, makeKeys, parseKeys } from '../../../database/foundation/keys';
import { timeLimits } from '../../../database/foundation/time-limits';
import { createProgrammes, type ProgrammeVersion } from '../../../database/programmes/programmes';
import { createSlotRepository } from '../../../database/schedule/slots';
import { createVenueRepository } from '../../../database/schedule/venues';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { planSlots } from '../../../domain/schedule/plan-slots';
import { sameHours } from '../../../domain/schedule/week-plan';
import { projectRoot } from '../../root';

export interface BenchCity {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly keysText: string;
  readonly keys: KeyRing;
  readonly programmes: ReturnType<typeof createProgrammes>;
  readonly bookings: ReturnType<typeof createBookingRepository>;
  readonly version: ProgrammeVersion;
  /** Slots of dose 1, far more seats than are asked for. */
  readonly slotIds: readonly string[];
  close(): Promise<void>;
}

/** Connections in use by either side of a comparison: the same for both. */
export const benchConcurrency = 16;

/** A migrated database with a plain programme and one large venue with 30 days of slots. */
export async function createBenchCity(serverUrl: string, name: string): Promise<BenchCity> {
  const administrator = openDatabase({
    url: serverUrl,
    applicationName: 'bench',
    poolSize: 1,
    limits: timeLimits.upkeep,
  });
  await administrator.raw(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await administrator.raw(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = openDatabase({
    url: url.toString(),
    applicationName: 'bench',
    poolSize: benchConcurrency,
    limits: timeLimits.upkeep,
  });
  await migrate(database);
  const keysText = makeKeys('bench');
  const keys = parseKeys(keysText);
  const programmes = createProgrammes(database);
  const version = await programmes.publish(
    'bench',
    JSON.parse(readFileSync(join(projectRoot, 'test/data/plain-programme.json'), 'utf8')),
  );
  const venueId = await createVenueRepository(database).save({
    code: 'bench',
    name: '計測会場',
    ward: '中央区',
    address: '新潟市中央区',
    access: '',
    features: [],
    mapUrl: null,
    position: 0,
  });
  const from = addDays(cityDate(new Date()), 3);
  const slots = planSlots(
    {
      week: sameHours([0, 1, 2, 3, 4, 5, 6], [{ from: '09:00', until: '17:00' }]),
      breaks: [],
      exceptions: [],
      closedOnHolidays: false,
      blockMinutes: 60,
      vaccine: null,
      seats: [{ dose: 1, channel: 'web', capacity: 1_000_000 }],
    },
    from,
    addDays(from, 30),
    () => false,
  );
  await createSlotRepository(database).addSlots(version.programmeId, venueId, null, slots);
  const rows = await database('slot').select<{ id: string }[]>('id');
  return {
    databaseUrl: url.toString(),
    database,
    keysText,
    keys,
    programmes,
    bookings: createBookingRepository({ database, keys, programmes }),
    version,
    slotIds: rows.map((row) => row.id),
    async close() {
      await database.destroy();
      await administrator.raw(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await administrator.destroy();
    },
  };
}

/** Adds residents who have nothing booked; returns their ids. */
export async function addResidents(city: BenchCity, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => {
    const number = randomBytes(5).toString('hex');
    return {
      id: uuidv7(),
      programme_id: city.version.programmeId,
      coupon_index: city.keys.blindIndex(number),
      sealed: city.keys.seal(JSON.stringify({ number, birthDate: '1947-04-01' })),
      digest: randomBytes(32),
      key_id: 'bench',
      group_code: 'seniors',
    };
  });
  await city.database.batchInsert('resident', rows, 1_000);
  return rows.map((row) => row.id);
}

export const benchAnswers = {
  telephone: '090-1234-5678',
  email: 'bench@example.jp',
  consentRules: true,
  consentUse: true,
};
