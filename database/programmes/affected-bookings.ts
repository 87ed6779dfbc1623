import { type NotAllowedReason, whyNotStillAllowed } from '../../domain/bookings/still-allowed';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { groupsOf, needsBirthDate } from '../../domain/programmes/eligibility';
import { haveSameRules, type PeopleAlike } from '../../domain/programmes/eligible-people';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import type { BirthDateKeys } from '../residents';
import {
  bookingsToCome,
  bookingToComeOf,
  type BookingToComeRow,
  createKinds,
  firstSlot,
  remembered,
  type SlotCursor,
} from './bookings-to-come';

/** The residents of a programme as rules see them, and since which import they are as they are. */
export interface ImportedPeople {
  /** The people who are still listed. */
  readonly residents: number;
  readonly people: readonly PeopleAlike[];
  /** Whose birth date has no key yet ("keys rotate" makes missing ones): they belong to no group that goes by age. */
  readonly withoutBirthDate: number;
  /** The last import that was taken over; null: there was none. */
  readonly lastImport: { readonly id: string; readonly appliedAt: Date } | null;
}

/** A booking to come that a document would not allow. Names nobody. */
export interface FaultyBooking {
  readonly id: string;
  readonly isProtected: boolean;
  readonly reference: string | null;
  readonly state: BookingState;
  readonly dose: number;
  readonly channel: Channel;
  readonly startsAt: Date;
  readonly venueName: string;
  readonly fault: NotAllowedReason;
}

export interface FaultyCounts {
  /** Bookings to come: held or confirmed. */
  readonly checked: number;
  /** What the one allows and the other would not, by reason. */
  readonly faults: ReadonlyMap<NotAllowedReason, number>;
  /** What the published version does not allow either. */
  readonly before: number;
}

/** How long the same count serves: an editor saves every few seconds, residents change with an import. */
const freshForMs = 60_000;
export type Affected = ReturnType<typeof createAffected>;

/** Whom a change of a programme's rules touches: people of the last import, and bookings to come. */
export function createAffected({ database, birthDates }: { database: Database; birthDates: BirthDateKeys }) {
  const counted = new Map<
    string,
    { readonly at: number; readonly since: string; readonly people: Promise<ImportedPeople> }
  >();

  async function count(programmeId: string, lastImport: ImportedPeople['lastImport']): Promise<ImportedPeople> {
    const [dates, { rows }] = await Promise.all([
      birthDates.all(),
      // The birth date's key is first (`searchTextsOf`).
      database.raw<{ rows: { birth_key: string | null; group_code: string; declared: string[]; count: number }[] }>(
        `SELECT search_keys[1]::text AS birth_key, group_code, declared, count(*)::int AS count FROM resident WHERE programme_id = ? AND status = 'active' GROUP BY search_keys[1], group_code, declared`,
        [programmeId],
      ),
    ]);
    let residents = 0;
    let withoutBirthDate = 0;
    const people = rows.map(({ birth_key, group_code, declared, count: size }): PeopleAlike => {
      const birthDate = birth_key === null ? undefined : dates.get(birth_key);
      residents += size;
      if (birthDate === undefined) withoutBirthDate += size;
      return { groupCode: group_code, birthDate, declared, count: size };
    });
    return { residents, people, withoutBirthDate, lastImport };
  }

  /** What `document` says against bookings, and whether `published` says something against them too. */
  function judge(
    document: ProgrammeDocument,
    published: ProgrammeDocument,
    dates: ReadonlyMap<string, string>,
  ): (row: BookingToComeRow) => { readonly fault: NotAllowedReason; readonly isOld: boolean } | undefined {
    const kindOf = createKinds(
      (person) =>
        [document, published]
          .map((item) =>
            groupsOf(item, person)
              .map((group) => group.code)
              .join(),
          )
          .join(' '),
      dates,
    );
    const found = new Map<string, { readonly fault: NotAllowedReason; readonly isOld: boolean } | undefined>();
    return (row) =>
      remembered(found, kindOf(row), () => {
        const booking = bookingToComeOf(row, dates);
        const fault = whyNotStillAllowed(document, booking);
        return fault && { fault, isOld: whyNotStillAllowed(published, booking) !== undefined };
      });
  }

  async function datesFor(...documents: ProgrammeDocument[]): Promise<ReadonlyMap<string, string>> {
    return documents.some(needsBirthDate) ? birthDates.all() : new Map();
  }

  return {
    /** Counted again after an import, and otherwise at most a minute old. */
    async people(programmeId: string): Promise<ImportedPeople> {
      const run = await database('import_run')
        .where({ programme_id: programmeId, status: 'applied' })
        .orderBy('ended_at', 'desc')
        .first<{ id: string; ended_at: Date } | undefined>('id', 'ended_at');
      const lastImport = run ? { id: run.id, appliedAt: run.ended_at } : null;
      const since = lastImport?.id ?? '';
      const known = counted.get(programmeId);
      if (known?.since === since && Date.now() - known.at < freshForMs) return known.people;
      const people = count(programmeId, lastImport);
      counted.set(programmeId, { at: Date.now(), since, people });
      people.catch(() => counted.delete(programmeId));
      return people;
    },

    /** How many bookings to come `document` would not allow, beside those that `published` does not allow either. */
    async countFaulty(
      programmeId: string,
      document: ProgrammeDocument,
      published: ProgrammeDocument,
    ): Promise<FaultyCounts> {
      const faults = new Map<NotAllowedReason, number>();
      let checked = 0;
      let before = 0;
      if (haveSameRules(document, published)) {
        await catchUp(database);
        const row = await database('listed_booking as b')
          .join('slot as s', 's.id', 'b.slot_id')
          .where('s.programme_id', programmeId)
          .where('s.starts_at', '>', database.fn.now())
          .whereRaw(`(b.state = 'confirmed' OR (b.state = 'held' AND b.hold_expires_at > now()))`)
          .first<{ count: number }>(database.raw('count(*)::int AS count'));
        return { checked: row.count, faults, before };
      }
      const dates = await datesFor(document, published);
      const judged = judge(document, published, dates);
      for (let at: SlotCursor | undefined = firstSlot; at;) {
        const { rows, next }: Awaited<ReturnType<typeof bookingsToCome>> = await bookingsToCome(
          database,
          programmeId,
          at,
        );
        for (const row of rows) {
          const found = judged(row);
          if (found?.isOld) before += 1;
          else if (found) faults.set(found.fault, (faults.get(found.fault) ?? 0) + 1);
        }
        checked += rows.length;
        at = next;
      }
      return { checked, faults, before };
    },

    /** Those bookings themselves, the earliest first: at least `limit` of them while there are more, and where to go on. */
    async listFaulty(
      programmeId: string,
      document: ProgrammeDocument,
      published: ProgrammeDocument,
      {
        fault: wanted,
        after,
        limit,
      }: {
        readonly fault?: NotAllowedReason | undefined;
        readonly after?: SlotCursor | undefined;
        readonly limit: number;
      },
    ): Promise<{ readonly bookings: readonly FaultyBooking[]; readonly next: SlotCursor | undefined }> {
      if (haveSameRules(document, published)) return { bookings: [], next: undefined };
      const dates = await datesFor(document, published);
      const judged = judge(document, published, dates);
      const bookings: FaultyBooking[] = [];
      for (let at: SlotCursor | undefined = after ?? firstSlot; at;) {
        const { rows, next }: Awaited<ReturnType<typeof bookingsToCome>> = await bookingsToCome(
          database,
          programmeId,
          at,
        );
        for (const [index, row] of rows.entries()) {
          const found = judged(row);
          if (found && !found.isOld && (wanted === undefined || wanted === found.fault)) {
            bookings.push({
              id: row.id,
              isProtected: row.protected,
              reference: row.reference,
              state: row.state,
              dose: row.dose,
              channel: row.channel,
              startsAt: row.starts_at,
              venueName: row.venue_name,
              fault: found.fault,
            });
          }
          // A page ends with a slot, so that the next one begins with one.
          if (bookings.length >= limit && rows[index + 1]?.slot_id !== row.slot_id) {
            const isLast = index === rows.length - 1 && next === undefined;
            return { bookings, next: isLast ? undefined : { startsAt: row.starts_at, slotId: row.slot_id } };
          }
        }
        at = next;
      }
      return { bookings, next: undefined };
    },
  };
}
