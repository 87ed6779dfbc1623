import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { v7 as uuidv7 } from 'uuid';

import type { BookingRepository } from '../../database/bookings/bookings';
import { type Database, openDatabase } from '../../database/foundation/connection';
import { type KeyRing, makeKeys, parseKeys } from '../../database/foundation/keys';
import { defaultLimits } from '../../database/foundation/time-limits';
import type { ProgrammeVersion } from '../../database/programmes/programmes';
import { digestTextOf, type SealedResident } from '../../database/residents/residents';
import { searchKeysOf } from '../../database/residents/search-keys';
import { createDatabaseServices, type DatabaseServices } from '../../database/services';
import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { projectRoot } from '../../runtime/root';
import { patienceMs } from '../support/patience';
import { createTestDatabase } from '../support/test-database';

export const testKeysText = makeKeys('test');
export const testKeys: KeyRing = parseKeys(testKeysText);

/** A plain programme with two doses (`test/data/plain-programme.json`), to be changed for a test. */
export function testDocument(change: (document: ProgrammeDocument) => void = () => undefined): ProgrammeDocument {
  const document = JSON.parse(
    readFileSync(join(projectRoot, 'test', 'data', 'plain-programme.json'), 'utf8'),
  ) as ProgrammeDocument;
  change(document);
  return document;
}

export const validAnswers = {
  telephone: '090-1234-5678',
  email: 'hana@example.jp',
  consentRules: true,
  consentUse: true,
};

export interface TestCity {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly keys: KeyRing;
  readonly version: ProgrammeVersion;
  readonly services: DatabaseServices;
  readonly bookings: BookingRepository;
  readonly venueId: string;
  /** Adds a resident; returns the id. */
  addResident(resident?: Partial<SealedResident> & { groupCode?: string; programmeId?: string }): Promise<string>;
  /** Adds a slot `daysAhead` days from today at `time` (city time) with seats for `channel`; returns the id. */
  addSlot(slot?: {
    dose?: number;
    daysAhead?: number;
    time?: string;
    capacity?: number;
    channel?: Channel;
    programmeId?: string;
  }): Promise<string>;
  /** taken and capacity of a slot's quota. */
  seats(slotId: string, channel?: Channel): Promise<{ taken: number; capacity: number }>;
  close(): Promise<void>;
}

let couponNumber = 9_800_000_000;

/** A small city on a fresh database: one venue, the plain programme (or a changed one), no slots, no residents. */
export async function createTestCity({
  change,
  poolSize = 20,
}: { change?: (document: ProgrammeDocument) => void; poolSize?: number } = {}): Promise<TestCity> {
  const testDatabase = await createTestDatabase();
  const database = openDatabase({
    url: testDatabase.databaseUrl,
    applicationName: 'test',
    poolSize,
    limits: { ...defaultLimits, connectionMs: patienceMs },
  });
  const services = createDatabaseServices({ database, keys: testKeys });
  const { programmes, slots, bookings, venueRepository } = services;
  const version = await programmes.publish('test-programme', testDocument(change));
  const venueId = await venueRepository.save({
    code: 'sakuragi',
    name: '桜木会場',
    ward: '中央区',
    address: '新潟市中央区1番地',
    access: '駅から5分',
    features: ['step_free'],
    mapUrl: null,
    position: 0,
  });
  return {
    database,
    databaseUrl: testDatabase.databaseUrl,
    keys: testKeys,
    version,
    services,
    bookings,
    venueId,
    async addResident({ groupCode = 'seniors', programmeId = version.programmeId, ...sealed } = {}) {
      const id = uuidv7();
      const person: SealedResident = { number: String(couponNumber++), birthDate: '1947-04-01', ...sealed };
      await database('resident').insert({
        id,
        programme_id: programmeId,
        coupon_index: testKeys.blindIndex(person.number),
        sealed: testKeys.seal(JSON.stringify(person)),
        digest: testKeys.blindIndex(digestTextOf(person)),
        search_keys: searchKeysOf(testKeys, person),
        key_id: testKeys.currentKeyId,
        group_code: groupCode,
      });
      return id;
    },
    async addSlot({
      dose = 1,
      daysAhead = 5,
      time = '10:30',
      capacity = 5,
      channel = 'web',
      programmeId = version.programmeId,
    } = {}) {
      const startsAt = instantOf(addDays(cityDate(new Date()), daysAhead), time);
      const endsAt = new Date(startsAt.getTime() + 30 * 60_000);
      await slots.addSlots(programmeId, venueId, null, [{ dose, startsAt, endsAt, quotas: [{ channel, capacity }] }]);
      const row = await database('slot')
        .where({ programme_id: programmeId, venue_id: venueId, dose, starts_at: startsAt })
        .first<{ id: string }>('id');
      return row.id;
    },
    async seats(slotId, channel = 'web') {
      return database('slot_quota')
        .where({ slot_id: slotId, channel })
        .first<{ taken: number; capacity: number }>('taken', 'capacity');
    },
    async close() {
      await database.destroy();
      await testDatabase.drop();
    },
  };
}
