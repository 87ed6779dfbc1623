import { addDays, instantOf } from '../../domain/calendar/city-time';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import { tellsReception, type ToldAnswer, toldAtReception } from '../../domain/reception/told';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { openAnswers } from '../foundation/sealed-answers';
import { catchUp } from '../lists';
import type { Programmes } from '../programmes';
import { openResident } from '../residents';

/** One line of a venue's list: what the reception needs to find a person and to ask who they are. */
export interface DayListEntry {
  readonly bookingId: string;
  readonly residentId: string;
  readonly isProtected: boolean;
  readonly reference: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly dose: number;
  readonly channel: Channel;
  readonly state: Extract<BookingState, 'confirmed' | 'attended' | 'no_show' | 'cancelled'>;
  readonly version: number;
  /** When the person was checked in; null before. */
  readonly arrivedAt: Date | null;
  readonly groupCode: string | null;
  readonly couponNumber: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  /** Null where the city's file had none. */
  readonly kana: string | null;
  /** What the person answered that the reception is to know, by the version that the booking keeps. */
  readonly told: readonly ToldAnswer[];
}

/** What moves on a list during the day; nothing of it says who. */
export type DayListChange = Pick<DayListEntry, 'bookingId' | 'isProtected' | 'state' | 'version' | 'arrivedAt'>;

interface Row {
  id: string;
  resident_id: string;
  protected: boolean;
  reference: string;
  starts_at: Date;
  ends_at: Date;
  dose: number;
  channel: Channel;
  state: DayListEntry['state'];
  version: number;
  updated_at: Date;
  group_code: string | null;
  sealed: Buffer;
  programme_version_id: string;
  sealed_answers: Buffer | null;
}

const columns = `b.id, b.resident_id, r.protected, b.reference, s.starts_at, s.ends_at, b.dose, b.channel, b.state, b.version, b.updated_at, b.group_code, r.sealed, b.programme_version_id`;
const listed = `FROM slot s JOIN listed_booking b ON b.slot_id = s.id JOIN resident r ON r.id = b.resident_id`;
const ofDay = `s.programme_id = ? AND s.venue_id = ? AND s.starts_at >= ? AND s.starts_at < ? AND b.state IN ('confirmed', 'attended', 'no_show', 'cancelled')`;

export type DayLists = ReturnType<typeof createDayLists>;

/** Who is expected at a venue on a day. Cancelled bookings stand in it too: their people come all the same, and must be told why. */
export function createDayLists({
  database,
  keys,
  programmes,
}: {
  database: Database;
  keys: KeyRing;
  programmes: Pick<Programmes, 'version'>;
}) {
  /** The answers stay sealed where the reception is told none of them. */
  async function toldOf(row: Row): Promise<ToldAnswer[]> {
    const { document } = await programmes.version(row.programme_version_id);
    return row.sealed_answers && tellsReception(document)
      ? toldAtReception(document, openAnswers(keys, row.sealed_answers))
      : [];
  }

  async function read(row: Row): Promise<DayListEntry> {
    const { number, birthDate, kana } = openResident(keys, row.sealed);
    return {
      bookingId: row.id,
      residentId: row.resident_id,
      isProtected: row.protected,
      reference: row.reference,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      dose: row.dose,
      channel: row.channel,
      state: row.state,
      version: row.version,
      arrivedAt: row.state === 'attended' ? row.updated_at : null,
      groupCode: row.group_code,
      couponNumber: number,
      birthDate,
      kana: kana ?? null,
      told: await toldOf(row),
    };
  }

  const bounds = (day: string) => [instantOf(day, '00:00'), instantOf(addDays(day, 1), '00:00')];

  return {
    /** In order of time and reference. @param day city date */
    async list(programmeId: string, venueId: string, day: string): Promise<DayListEntry[]> {
      await catchUp(database);
      const { rows } = await database.raw<{ rows: Row[] }>(
        `SELECT ${columns}, a.sealed_answers ${listed} JOIN booking a ON a.id = b.id WHERE ${ofDay} ORDER BY s.starts_at, b.reference`,
        [programmeId, venueId, ...bounds(day)],
      );
      return Promise.all(rows.map(read));
    },

    /** The first day after `day` on which a person is expected at the venue, `YYYY-MM-DD`. */
    async nextDay(programmeId: string, venueId: string, day: string): Promise<string | null> {
      await catchUp(database);
      const { rows } = await database.raw<{ rows: { day: string }[] }>(
        `SELECT to_char(s.starts_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day FROM slot s
          WHERE s.programme_id = ? AND s.venue_id = ? AND s.starts_at >= ? AND EXISTS (SELECT 1 FROM listed_booking b WHERE b.slot_id = s.id AND b.state = 'confirmed')
          ORDER BY s.starts_at LIMIT 1`,
        [programmeId, venueId, instantOf(addDays(day, 1), '00:00')],
      );
      return rows[0]?.day ?? null;
    },

    /** The line of one booking, whatever list it is in; undefined before it was confirmed. */
    async entry(bookingId: string): Promise<DayListEntry | undefined> {
      const { rows } = await database.raw<{ rows: Row[] }>(
        `SELECT ${columns}, b.sealed_answers FROM booking b JOIN slot s ON s.id = b.slot_id JOIN resident r ON r.id = b.resident_id
          WHERE b.id = ? AND b.reference IS NOT NULL`,
        [bookingId],
      );
      return rows[0] && read(rows[0]);
    },

    /**
     * State of every booking of the list that changed after `since`, the moment of the reading before. In a rush and just after it, what
     * was copied late may not have been seen then although it is older: that is told too, some of it twice.
     */
    async changes(programmeId: string, venueId: string, day: string, since: Date): Promise<DayListChange[]> {
      await catchUp(database);
      const { rows } = await database.raw<{
        rows: Pick<Row, 'id' | 'protected' | 'state' | 'version' | 'updated_at'>[];
      }>(
        `SELECT b.id, r.protected, b.state, b.version, b.updated_at ${listed} WHERE ${ofDay}
            AND (b.updated_at > ? OR (b.listed_at > ?::timestamptz - interval '10 seconds'
              AND EXISTS (SELECT 1 FROM rush WHERE rush.until > ?::timestamptz - interval '1 minute')))`,
        [programmeId, venueId, ...bounds(day), since, since, since],
      );
      return rows.map((row) => ({
        bookingId: row.id,
        isProtected: row.protected,
        state: row.state,
        version: row.version,
        arrivedAt: row.state === 'attended' ? row.updated_at : null,
      }));
    },

    /** Bookings of the day whose time is over and whose person was not seen: those that a closing would count as not come. */
    async missing(
      programmeId: string,
      venueId: string,
      day: string,
    ): Promise<{ bookingId: string; residentId: string }[]> {
      await catchUp(database);
      const { rows } = await database.raw<{ rows: { id: string; resident_id: string }[] }>(
        `SELECT b.id, b.resident_id FROM slot s JOIN listed_booking b ON b.slot_id = s.id JOIN booking a ON a.id = b.id AND a.state = 'confirmed'
          WHERE ${ofDay} AND s.ends_at <= now() ORDER BY s.starts_at`,
        [programmeId, venueId, ...bounds(day)],
      );
      return rows.map((row) => ({ bookingId: row.id, residentId: row.resident_id }));
    },

    /** Seats of the venue's own that are left today, in times that are not over. */
    async walkInSlots(
      programmeId: string,
      venueId: string,
      day: string,
    ): Promise<{ id: string; startsAt: Date; endsAt: Date; dose: number; free: number; capacity: number }[]> {
      const { rows } = await database.raw<{
        rows: { id: string; starts_at: Date; ends_at: Date; dose: number; free: number; capacity: number }[];
      }>(
        `SELECT s.id, s.starts_at, s.ends_at, s.dose, q.capacity - q.taken AS free, q.capacity FROM slot s JOIN slot_quota q ON q.slot_id = s.id AND q.channel = 'venue' JOIN venue v ON v.id = s.venue_id AND v.active
          WHERE s.programme_id = ? AND s.venue_id = ? AND s.starts_at >= ? AND s.starts_at < ? AND s.ends_at > now() AND NOT s.stopped ORDER BY s.starts_at, s.dose`,
        [programmeId, venueId, ...bounds(day)],
      );
      return rows.map((row) => ({
        id: row.id,
        startsAt: row.starts_at,
        endsAt: row.ends_at,
        dose: row.dose,
        free: row.free,
        capacity: row.capacity,
      }));
    },
  };
}
