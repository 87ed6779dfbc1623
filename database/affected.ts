import type { BookingState } from '../domain/booking/lifecycle';
import { faultOfStanding, type StandingBooking, type StandingFault } from '../domain/booking/standing';
import { cityDate } from '../domain/calendar/city-time';
import type { Channel } from '../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../domain/programme/document';
import { groupsOf, needsBirthDate, type Person } from '../domain/programme/eligibility';
import { haveSameRules, type PeopleAlike } from '../domain/programme/eligible-people';
import { createBirthDateKeys } from './birth-date-keys';
import type { Database } from './connection';
import type { KeyRing } from './keys';

/** The residents of a programme as rules see them, and since which import they are as they are. */
export interface ImportedPeople {
  /** Whoever is still listed. */
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
  readonly reference: string | null;
  readonly state: BookingState;
  readonly dose: number;
  readonly channel: Channel;
  readonly startsAt: Date;
  readonly venueName: string;
  readonly fault: StandingFault;
}

export interface FaultyCounts {
  /** Bookings to come: held or confirmed. */
  readonly checked: number;
  /** What the one allows and the other would not, by reason. */
  readonly faults: ReadonlyMap<StandingFault, number>;
  /** What the published version does not allow either. */
  readonly before: number;
}

/** Where a page ended. */
export interface SlotCursor {
  readonly startsAt: Date;
  readonly slotId: string;
}

interface BookingRow {
  id: string;
  reference: string | null;
  state: BookingState;
  dose: number;
  channel: Channel;
  slot_id: string;
  starts_at: Date;
  venue_code: string;
  venue_name: string;
  group_code: string;
  declared: string[];
  birth_key: string | null;
  permitted: boolean;
  previous_id: string | null;
  previous_state: BookingState;
  previous_starts_at: Date;
  previous_venue: string;
}

/** How long the same count serves: an editor saves every few seconds, residents change with an import. */
const freshForMs = 60_000;
/** Slots whose bookings are read at once. */
const slotsAtOnce = 400;
const firstSlot: SlotCursor = { startsAt: new Date(0), slotId: '00000000-0000-0000-0000-000000000000' };

export type Affected = ReturnType<typeof createAffected>;

/** Whom a change of a programme's rules touches: people of the last import, and bookings to come. */
export function createAffected({ database, keys }: { database: Database; keys: KeyRing }) {
  const birthDates = createBirthDateKeys(keys);
  const counted = new Map<string, { readonly at: number; readonly since: string; readonly people: Promise<ImportedPeople> }>();

  async function count(programmeId: string, lastImport: ImportedPeople['lastImport']): Promise<ImportedPeople> {
    const [dates, { rows }] = await Promise.all([
      birthDates.all(),
      // The birth date's key stands first (`searchTextsOf`).
      database.raw<{ rows: { birth_key: string | null; group_code: string; declared: string[]; count: number }[] }>(
        `SELECT search_keys[1]::text AS birth_key, group_code, declared, count(*)::int AS count FROM resident WHERE programme_id = ? AND status = 'active' GROUP BY search_keys[1], group_code, declared`, [programmeId],
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

  /** The bookings to come of some slots after `after`, in the order of their appointments, and where the next ones begin. */
  async function page(programmeId: string, after: SlotCursor): Promise<{ readonly rows: BookingRow[]; readonly next: SlotCursor | undefined }> {
    const { rows: slots } = await database.raw<{ rows: { id: string; starts_at: Date }[] }>(
      `SELECT id, starts_at FROM slot WHERE programme_id = ? AND starts_at > now() AND starts_at >= ? AND (starts_at, id) > (?, ?) ORDER BY starts_at, id LIMIT ?`,
      [programmeId, after.startsAt, after.startsAt, after.slotId, slotsAtOnce],
    );
    const last = slots.at(-1);
    if (!last) return { rows: [], next: undefined };
    const { rows } = await database.raw<{ rows: BookingRow[] }>(
      `SELECT b.id, b.reference, b.state, b.dose, b.channel, s.id AS slot_id, s.starts_at, v.code AS venue_code, v.name AS venue_name,
              r.group_code, r.declared, r.search_keys[1]::text AS birth_key,
              EXISTS (SELECT 1 FROM booking_permit p WHERE p.resident_id = b.resident_id AND p.programme_id = b.programme_id AND p.dose = b.dose) AS permitted,
              previous.id AS previous_id, previous.state AS previous_state, previous.starts_at AS previous_starts_at, previous.venue_code AS previous_venue
         FROM slot s JOIN booking b ON b.slot_id = s.id AND b.state IN ('held', 'confirmed') AND (b.state = 'confirmed' OR b.hold_expires_at > now())
         JOIN venue v ON v.id = s.venue_id JOIN resident r ON r.id = b.resident_id
         LEFT JOIN LATERAL (
           SELECT p.id, p.state, ps.starts_at, pv.code AS venue_code FROM booking p JOIN slot ps ON ps.id = p.slot_id JOIN venue pv ON pv.id = ps.venue_id
            WHERE b.dose > 1 AND p.resident_id = b.resident_id AND p.programme_id = b.programme_id AND p.dose = b.dose - 1
              AND (p.state IN ('confirmed', 'attended') OR (b.state = 'held' AND p.id = b.pair_of AND p.state = 'held'))
            ORDER BY p.state = 'held' DESC LIMIT 1) previous ON true
        WHERE s.id = ANY(?) ORDER BY s.starts_at, s.id, b.id`,
      [slots.map((slot) => slot.id)],
    );
    return { rows, next: slots.length < slotsAtOnce ? undefined : { startsAt: last.starts_at, slotId: last.id } };
  }

  /**
   * What `document` says against bookings that `published` allows. Thousands of bookings are alike to the rules (they look at days, not
   * times, and at the groups of a person, not at the person), so each kind is judged once.
   */
  function judge(document: ProgrammeDocument, published: ProgrammeDocument, dates: ReadonlyMap<string, string>): (row: BookingRow) => { readonly fault: StandingFault; readonly isOld: boolean } | undefined {
    const days = new Map<number, string>();
    const dayOf = (moment: Date): string => remembered(days, moment.getTime(), () => cityDate(moment));
    const kinds = new Map<string, string>();
    const personOf = (row: BookingRow): Person => ({ groupCode: row.group_code, declared: row.declared, birthDate: row.birth_key === null ? undefined : dates.get(row.birth_key) });
    const kindOf = (row: BookingRow): string =>
      remembered(kinds, `${row.birth_key ?? ''} ${row.group_code} ${row.declared.join()}`, () => [document, published].map((item) => groupsOf(item, personOf(row)).map((group) => group.code).join()).join(' '));
    const found = new Map<string, { readonly fault: StandingFault; readonly isOld: boolean } | undefined>();
    return (row) => {
      const previous = row.previous_id === null ? '' : `${row.previous_state} ${dayOf(row.previous_starts_at)} ${row.previous_venue}`;
      return remembered(found, `${String(row.dose)} ${row.channel} ${row.venue_code} ${dayOf(row.starts_at)} ${String(row.permitted)} ${previous} / ${kindOf(row)}`, () => {
        const booking: StandingBooking = {
          dose: row.dose, channel: row.channel, slotStartsAt: row.starts_at, venueCode: row.venue_code, isPermitted: row.permitted, person: personOf(row),
          previous: row.previous_id === null ? undefined : {
            id: row.previous_id, dose: row.dose - 1, state: row.previous_state, slotStartsAt: row.previous_starts_at, venueCode: row.previous_venue, holdExpiresAt: row.starts_at, replaces: null, changes: 0,
          },
        };
        const fault = faultOfStanding(document, booking);
        return fault && { fault, isOld: faultOfStanding(published, booking) !== undefined };
      });
    };
  }

  async function datesFor(...documents: ProgrammeDocument[]): Promise<ReadonlyMap<string, string>> {
    return documents.some(needsBirthDate) ? birthDates.all() : new Map();
  }

  return {
    /** Counted anew after an import, and otherwise at most a minute old. */
    async people(programmeId: string): Promise<ImportedPeople> {
      const run = await database('import_run').where({ programme_id: programmeId, status: 'applied' }).orderBy('ended_at', 'desc').first<{ id: string; ended_at: Date } | undefined>('id', 'ended_at');
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
    async countFaulty(programmeId: string, document: ProgrammeDocument, published: ProgrammeDocument): Promise<FaultyCounts> {
      const faults = new Map<StandingFault, number>();
      let checked = 0;
      let before = 0;
      if (haveSameRules(document, published)) {
        const row = await database('booking as b').join('slot as s', 's.id', 'b.slot_id').where('s.programme_id', programmeId).where('s.starts_at', '>', database.fn.now())
          .whereRaw(`(b.state = 'confirmed' OR (b.state = 'held' AND b.hold_expires_at > now()))`).first<{ count: number }>(database.raw('count(*)::int AS count'));
        return { checked: row.count, faults, before };
      }
      const dates = await datesFor(document, published);
      const judged = judge(document, published, dates);
      for (let at: SlotCursor | undefined = firstSlot; at; ) {
        const { rows, next }: Awaited<ReturnType<typeof page>> = await page(programmeId, at);
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
      programmeId: string, document: ProgrammeDocument, published: ProgrammeDocument, { fault: wanted, after, limit }: { readonly fault?: StandingFault | undefined; readonly after?: SlotCursor | undefined; readonly limit: number },
    ): Promise<{ readonly bookings: readonly FaultyBooking[]; readonly next: SlotCursor | undefined }> {
      if (haveSameRules(document, published)) return { bookings: [], next: undefined };
      const dates = await datesFor(document, published);
      const judged = judge(document, published, dates);
      const bookings: FaultyBooking[] = [];
      for (let at: SlotCursor | undefined = after ?? firstSlot; at; ) {
        const { rows, next }: Awaited<ReturnType<typeof page>> = await page(programmeId, at);
        for (const [index, row] of rows.entries()) {
          const found = judged(row);
          if (found && !found.isOld && (wanted === undefined || wanted === found.fault)) {
            bookings.push({ id: row.id, reference: row.reference, state: row.state, dose: row.dose, channel: row.channel, startsAt: row.starts_at, venueName: row.venue_name, fault: found.fault });
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

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (known.has(key)) return known.get(key) as Value;
  const value = make();
  known.set(key, value);
  return value;
}
