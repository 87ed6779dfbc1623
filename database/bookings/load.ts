import type { Booking } from '../../domain/bookings/booking';
import type { BookingContext } from '../../domain/bookings/plan';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { ProgrammeVersion } from '../../domain/programmes/version';
import { createBatch } from '../foundation/batch';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';
import { didNothing, type Sql } from '../foundation/transaction';
import type { Programmes } from '../programmes';
import { openResident } from '../residents';
import {
  bookingById,
  type BookingJson,
  bookingJson,
  byId,
  readBooking,
  readSlot,
  type SlotJson,
  slotJson,
} from './booking-json';

/** What a change needs to know before it is decided. */
export interface ContextQuestion {
  /** Left out: the resident of the first booking that is named. */
  readonly residentId?: string;
  readonly bookingIds?: readonly string[];
  readonly slotIds?: readonly string[];
  /** The slots of the next dose so many days after these, at the same venue and time, are wanted too. */
  readonly daysToNextDose?: readonly number[];
  readonly channels?: readonly Channel[];
  /** Doses for which a supervisor's permit may count. */
  readonly doses?: readonly number[];
  readonly idempotencyKey?: string;
}

/** What the database knows, and how an unchanged resident is recognised. */
export interface LoadedContext extends BookingContext {
  /** Of the resident's row: another one after every change of it. */
  readonly rowVersion: string;
  readonly known: { readonly operation: string; readonly bookingId: string } | undefined;
}

interface ContextRow {
  n: number;
  now: Date;
  resident_id: string | null;
  programme_id: string;
  group_code: string;
  declared: string[];
  sealed: Buffer;
  status: 'active' | 'missing';
  row_version: string;
  key_operation: string | null;
  key_booking_id: string | null;
  bookings: BookingJson[] | null;
  slots: SlotJson[] | null;
  permits: { dose: number; isInForce: boolean }[] | null;
}

/**
 * Everything about many changes in one statement, one row each. Nothing is locked: what changed meanwhile is noticed when it is applied.
 * The questions arrive as one JSON text, so that PostgreSQL plans the statement once and not for every number of them.
 */
const contextText = `SELECT r.n, clock_timestamp() AS now, p.*, k.*,
    CASE WHEN p.resident_id IS NOT NULL THEN (SELECT json_agg(${bookingJson}) FROM (
        SELECT o.id FROM booking o WHERE o.resident_id = p.resident_id AND o.state IN ('held', 'confirmed', 'attended')
        UNION SELECT unnest(r.bookings) UNION SELECT k.key_booking_id) i, ${bookingById('i.id')}) END AS bookings,
    CASE WHEN r.slots IS NOT NULL THEN (SELECT json_agg(${slotJson('r.channels')}) FROM unnest(r.slots || CASE WHEN r.days IS NOT NULL THEN ARRAY(
        SELECT n.id FROM unnest(r.slots) AS i(id), ${byId('slot', 'i.id')} f, unnest(r.days) AS d(days),
          LATERAL (SELECT x.id FROM slot x WHERE x.programme_id = f.programme_id AND x.venue_id = f.venue_id AND x.dose = f.dose + 1
            AND x.starts_at = f.starts_at + d.days * interval '24 hours' OFFSET 0) n) END) AS i(id), ${byId('slot', 'i.id')} s, ${byId('venue', 's.venue_id')} v) END AS slots,
    CASE WHEN r.doses IS NOT NULL THEN (SELECT json_agg(json_build_object('dose', m.dose, 'isInForce', m.revoked_at IS NULL AND m.expires_at > clock_timestamp()))
        FROM booking_permit m WHERE m.resident_id = p.resident_id AND m.programme_id = p.programme_id AND m.dose = ANY (r.doses)) END AS permits
  FROM jsonb_to_recordset($1::jsonb) AS r(n int, resident uuid, bookings uuid[], slots uuid[], days int[], channels text[], doses int[], key text)
  LEFT JOIN LATERAL (SELECT o.id AS resident_id, o.programme_id, o.group_code, o.declared, o.sealed, o.status, o.xmin::text AS row_version
      FROM resident o WHERE o.id = coalesce(r.resident, (SELECT b.resident_id FROM booking b WHERE b.id = r.bookings[1])) OFFSET 0) p ON true
  LEFT JOIN LATERAL (SELECT i.operation AS key_operation, (i.response ->> 'bookingId')::uuid AS key_booking_id
      FROM idempotency_key i WHERE i.resident_id = p.resident_id AND i.key = r.key OFFSET 0) k ON true`;

function jsonOf(questions: readonly ContextQuestion[]): string {
  return JSON.stringify(
    questions.map((item, n) => ({
      n,
      resident: item.residentId,
      bookings: item.bookingIds,
      slots: item.slotIds,
      days: item.daysToNextDose,
      channels: item.channels,
      doses: item.doses,
      key: item.idempotencyKey,
    })),
  );
}

/** Residents looked at together, and batches on their way at the same time. */
const batch = { most: 64, width: 1, waitMs: 5_000 } as const;

export type LoadContext = ReturnType<typeof createContextLoader>;

/** Reads what a change is decided from: outside of a transaction for many requests together, inside one for that one alone. */
export function createContextLoader({
  database,
  keys,
  programmes,
}: {
  database: Database;
  keys: KeyRing;
  programmes: Programmes;
}) {
  const rowOf = createBatch<ContextQuestion, ContextRow | undefined>({
    ...batch,
    isUndone: didNothing,
    async run(questions) {
      const rows = await preparedQuery<ContextRow>(database, 'booking-context', contextText, [jsonOf(questions)]);
      const byNumber = new Map(rows.map((row) => [row.n, row]));
      return questions.map((_question, n) => byNumber.get(n));
    },
  });

  async function read(
    row: ContextRow | undefined,
    published: readonly ProgrammeVersion[],
    sql: Sql | undefined,
  ): Promise<LoadedContext | undefined> {
    if (!row || row.resident_id === null) return undefined;
    const bookings = (row.bookings ?? []).map(readBooking);
    const slots = (row.slots ?? []).map(readSlot);
    const stale = slots.flatMap((slot) => slot.seats.flatMap((seats) => seats.stale));
    return {
      now: row.now,
      resident: {
        id: row.resident_id,
        programmeId: row.programme_id,
        groupCode: row.group_code,
        declared: row.declared,
        isActive: row.status === 'active',
        get birthDate() {
          return openResident(keys, row.sealed).birthDate;
        },
      },
      rowVersion: row.row_version,
      bookings,
      slots,
      permits: row.permits ?? [],
      published: published.find((item) => item.programmeId === row.programme_id),
      versions: await versionsOf([...bookings, ...stale], sql),
      known:
        row.key_operation === null || row.key_booking_id === null
          ? undefined
          : { operation: row.key_operation, bookingId: row.key_booking_id },
    };
  }

  async function versionsOf(
    bookings: readonly Booking[],
    sql: Sql | undefined,
  ): Promise<Map<string, ProgrammeVersion>> {
    const versions = new Map<string, ProgrammeVersion>();
    for (const { programmeVersionId: id } of bookings)
      if (!versions.has(id)) versions.set(id, await programmes.version(id, sql));
    return versions;
  }

  /**
   * The context of one change; undefined where there is no such resident or booking.
   * @param published the published versions, read before a transaction: see `programmes.version`
   */
  return async (
    question: ContextQuestion,
    published: readonly ProgrammeVersion[],
    sql?: Sql,
  ): Promise<LoadedContext | undefined> => {
    if (!sql) return read(await rowOf(question), published, undefined);
    const [row] = await sql<ContextRow>(contextText, [jsonOf([question])]);
    return read(row, published, sql);
  };
}
