import { createHmac, timingSafeEqual } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { type DayTicks, ticksText } from '../../domain/reception/ticks';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';

export interface DayFile {
  readonly id: string;
  readonly programmeId: string;
  readonly venueId: string;
  readonly day: string;
}

interface Row {
  id: string;
  programme_id: string;
  venue_id: string;
  day: string;
}

export type DayFiles = ReturnType<typeof createDayFiles>;

/**
 * The lists that were taken along. Each has a key of its own, derived from its id: the file signs the arrivals with it, so that
 * what is loaded back comes from a person who could open the list, whole and unchanged.
 */
export function createDayFiles({ database, keys }: { database: Database; keys: KeyRing }) {
  const derived = keys.derived('toki/day-file');
  const tickKeys = (fileId: string) => derived.map(({ key }) => createHmac('sha256', key).update(fileId).digest());

  const seatIds = (fileId: string, bookingId: string): string[] =>
    derived.map(({ key }) => {
      const bytes = createHmac('sha256', key).update(`seat ${fileId} ${bookingId}`).digest().subarray(0, 16);
      // As a UUID of version 8, "made by a rule of one's own": ticks carry UUIDs.
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    });

  return {
    /** Notes a list that is given out. `tickKey`: goes into the file's encrypted part, 32 bytes. */
    async add(list: {
      programmeId: string;
      venueId: string;
      day: string;
      bookings: number;
      staffId: string;
    }): Promise<{ id: string; tickKey: Buffer }> {
      const id = uuidv7();
      await database('day_file').insert({
        id,
        programme_id: list.programmeId,
        venue_id: list.venueId,
        day: list.day,
        bookings: list.bookings,
        made_by: list.staffId,
      });
      const [tickKey] = tickKeys(id);
      if (!tickKey) throw new Error('a key ring has at least one key');
      return { id, tickKey };
    },

    /** What a booking is called in one file, where its id would lead to a person: of no use anywhere else. */
    seatId: (fileId: string, bookingId: string): string => seatIds(fileId, bookingId)[0] ?? '',

    /** The same under every key of the ring, for files that are loaded after a rotation. */
    seatIds,

    async find(id: string): Promise<DayFile | undefined> {
      const row = await database('day_file')
        .where({ id })
        .first<Row | undefined>('id', 'programme_id', 'venue_id', database.raw(`to_char(day, 'YYYY-MM-DD') AS day`));
      return row && { id: row.id, programmeId: row.programme_id, venueId: row.venue_id, day: row.day };
    },

    /** Whether ticks are as the file signed them. */
    isSigned(ticks: DayTicks): boolean {
      const given = Buffer.from(ticks.signature, 'base64');
      return tickKeys(ticks.file).some((key) => {
        const expected = createHmac('sha256', key).update(ticksText(ticks)).digest();
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
