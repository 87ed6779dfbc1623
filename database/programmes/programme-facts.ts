import { isPlainDate } from '../../domain/calendar/plain-date';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import {
  type Check,
  type CheckFacts,
  checksOf,
  type SampleFailure,
  sampleFailures,
  seatsAndPeople,
} from '../../domain/programmes/editing/checks';
import type { OfferedSeats } from '../../domain/rehearsal/invent-people';
import { parseCouponNumber } from '../../domain/residents/coupon-number';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { openResident, type SealedResident } from '../residents';
import { plannedSeatsSql } from '../schedule';

export interface ProgrammeFactsOptions {
  readonly database: Database;
  readonly keys: KeyRing;
  /** The address that citizens get, and what its printed QR code says when it is read back. */
  readonly site: () => Promise<CheckFacts['site']>;
}

/** Residents whose log-in is tried for the check. */
const sampleSize = 200;

export type ProgrammeFacts = ReturnType<typeof createProgrammeFacts>;

/** What surrounds a programme's document: seats, venues, people; read for its checks. */
export function createProgrammeFacts({ database, keys, site }: ProgrammeFactsOptions) {
  async function sampleOf(programmeId: string, document: unknown, residents: number): Promise<CheckFacts['sample']> {
    const digits = (document as Partial<ProgrammeDocument> | null)?.identification?.couponNumber.digits;
    const groups = new Set(((document as Partial<ProgrammeDocument> | null)?.groups ?? []).map((group) => group.code));
    // Of a large table a part that is surely enough; of a small one all rows.
    const percent = Math.min(100, (sampleSize * 300) / Math.max(residents, 1));
    const { rows } = await database.raw<{ rows: { coupon_index: Buffer; sealed: Buffer; group_code: string }[] }>(
      `SELECT coupon_index, sealed, group_code FROM resident TABLESAMPLE BERNOULLI (${String(percent)}) WHERE programme_id = ? AND status = 'active' LIMIT ${String(sampleSize)}`,
      [programmeId],
    );
    const failed = new Map<SampleFailure, number>();
    for (const row of rows) {
      const why = failureOf(row, digits, groups);
      if (why) failed.set(why, (failed.get(why) ?? 0) + 1);
    }
    return {
      tried: rows.length,
      failed: sampleFailures.flatMap((why) => (failed.has(why) ? [{ why, count: failed.get(why) ?? 0 }] : [])),
    };
  }

  function failureOf(
    row: { coupon_index: Buffer; sealed: Buffer; group_code: string },
    digits: number | undefined,
    groups: ReadonlySet<string>,
  ): SampleFailure | undefined {
    let person: SealedResident;
    try {
      person = openResident(keys, row.sealed);
    } catch {
      return 'unreadable';
    }
    // As at the log-in: what is typed is indexed and looked for.
    if (!keys.blindIndexes(person.number).some((index) => index.equals(row.coupon_index))) return 'unreadable';
    if (digits !== undefined && !parseCouponNumber(person.number, { digits }).ok) return 'number';
    if (!isPlainDate(person.birthDate)) return 'birth_date';
    return groups.has(row.group_code) || row.group_code === 'none' ? undefined : 'group';
  }

  /** Counted at this moment; the sample is another one each time. Undefined when there is no such programme. */
  async function read(code: string, document: unknown): Promise<CheckFacts | undefined> {
    const programme = await database('programme')
      .where({ code })
      .first<{ id: string; seat_share: string } | undefined>('id', 'seat_share');
    if (!programme) return undefined;
    const [seats, venues, residents] = await Promise.all([
      database.raw<{ rows: { date: string; dose: number; seats: number }[] }>(
        `SELECT to_char(s.starts_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS date, s.dose, sum(${plannedSeatsSql})::int AS seats
         FROM slot s JOIN slot_quota q ON q.slot_id = s.id WHERE s.programme_id = ? AND s.starts_at > now() GROUP BY 1, 2`,
        [programme.id],
      ),
      database('venue as v')
        .whereExists(
          database('slot as s')
            .whereRaw('s.venue_id = v.id')
            .where('s.programme_id', programme.id)
            .where('s.starts_at', '>', database.fn.now())
            .select(database.raw('1')),
        )
        .orderBy(['v.position', 'v.code'])
        .select<{ id: string; name: string; address: string; active: boolean }[]>(
          'v.id',
          'v.name',
          'v.address',
          'v.active',
        ),
      database('resident')
        .where({ programme_id: programme.id, status: 'active' })
        .groupBy('group_code')
        .select<{ group_code: string; count: number }[]>('group_code', database.raw('count(*)::int AS count')),
    ]);
    const people = residents.reduce((sum, row) => sum + row.count, 0);
    return {
      now: new Date(),
      venues,
      seats: seats.rows,
      residents: new Map(residents.map((row) => [row.group_code, row.count])),
      seatShare: Number(programme.seat_share),
      site: await site(),
      sample: await sampleOf(programme.id, document, people),
    };
  }

  return {
    read,

    /** Every check of a document of the programme `code`. */
    async checks(code: string, document: unknown): Promise<Check[] | undefined> {
      const facts = await read(code, document);
      return facts && checksOf(document, facts);
    },

    /** The same, with the figures behind the check of seats. `share`: wanted, 0–1. */
    async checklist(
      code: string,
      document: unknown,
    ): Promise<
      | {
          readonly checks: Check[];
          readonly seats: { readonly seats: number; readonly people: number; readonly share: number };
        }
      | undefined
    > {
      const facts = await read(code, document);
      return (
        facts && { checks: checksOf(document, facts), seats: { ...seatsAndPeople(facts), share: facts.seatShare } }
      );
    },

    /** Slots of a programme from a moment on with their seats of all channels, at most `limit`, the earliest first. */
    async slotsFrom(programmeId: string, from: Date, limit: number): Promise<OfferedSeats[]> {
      const rows = await database('slot as s')
        .join('slot_quota as q', 'q.slot_id', 's.id')
        .join('venue as v', 'v.id', 's.venue_id')
        .where('s.programme_id', programmeId)
        .where('s.starts_at', '>=', from)
        .where({ 'v.active': true, 's.stopped': false })
        .groupBy('s.id', 'v.id')
        .orderBy('s.starts_at')
        .limit(limit)
        .select<
          { dose: number; starts_at: Date; ends_at: Date; code: string; name: string; address: string; seats: number }[]
        >(
          's.dose',
          's.starts_at',
          's.ends_at',
          'v.code',
          'v.name',
          'v.address',
          database.raw('sum(q.capacity)::int AS seats'),
        );
      return rows.map((row) => ({
        dose: row.dose,
        startsAt: row.starts_at,
        endsAt: row.ends_at,
        venueCode: row.code,
        venueName: row.name,
        venueAddress: row.address,
        seats: row.seats,
      }));
    },

    async seatShare(code: string): Promise<number | undefined> {
      const row = await database('programme').where({ code }).first<{ seat_share: string } | undefined>('seat_share');
      return row && Number(row.seat_share);
    },

    async setSeatShare(code: string, share: number): Promise<boolean> {
      return (await database('programme').where({ code }).update({ seat_share: share })) > 0;
    },
  };
}
