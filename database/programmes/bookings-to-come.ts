import type { BookingToCome } from '../../domain/bookings/still-allowed';
import { cityDate } from '../../domain/calendar/city-time';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Person } from '../../domain/programmes/eligibility';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';

/** A booking to come that is held or confirmed, with what the rules need to know beside it. */
export interface BookingToComeRow {
  id: string;
  programme_version_id: string;
  created_at: Date;
  protected: boolean;
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

/** Where a page ended. */
export interface SlotCursor {
  readonly startsAt: Date;
  readonly slotId: string;
}

/** Slots whose bookings are read at once. */
const slotsAtOnce = 400;
export const firstSlot: SlotCursor = { startsAt: new Date(0), slotId: '00000000-0000-0000-0000-000000000000' };

/** The bookings to come of some slots after `after`, in the order of their appointments, and where the next ones begin. The first page catches up. */
export async function bookingsToCome(
  database: Database,
  programmeId: string,
  after: SlotCursor,
): Promise<{ readonly rows: BookingToComeRow[]; readonly next: SlotCursor | undefined }> {
  if (after === firstSlot) await catchUp(database);
  const { rows: slots } = await database.raw<{ rows: { id: string; starts_at: Date }[] }>(
    `SELECT id, starts_at FROM slot WHERE programme_id = ? AND starts_at > now() AND starts_at >= ? AND (starts_at, id) > (?, ?) ORDER BY starts_at, id LIMIT ?`,
    [programmeId, after.startsAt, after.startsAt, after.slotId, slotsAtOnce],
  );
  const last = slots.at(-1);
  if (!last) return { rows: [], next: undefined };
  const { rows } = await database.raw<{ rows: BookingToComeRow[] }>(
    `SELECT b.id, b.programme_version_id, b.created_at, r.protected, b.reference, b.state, b.dose, b.channel, s.id AS slot_id, s.starts_at, v.code AS venue_code, v.name AS venue_name,
            r.group_code, r.declared, r.search_keys[1]::text AS birth_key,
            EXISTS (SELECT 1 FROM booking_permit p WHERE p.resident_id = b.resident_id AND p.programme_id = b.programme_id AND p.dose = b.dose) AS permitted,
            previous.id AS previous_id, previous.state AS previous_state, previous.starts_at AS previous_starts_at, previous.venue_code AS previous_venue
       FROM slot s JOIN listed_booking b ON b.slot_id = s.id AND b.state IN ('held', 'confirmed') AND (b.state = 'confirmed' OR b.hold_expires_at > now())
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

/** What is known of the person by the keys of birth dates: nothing that is sealed is opened. */
export function personOfRow(row: BookingToComeRow, dates: ReadonlyMap<string, string>): Person {
  return {
    groupCode: row.group_code,
    declared: row.declared,
    birthDate: row.birth_key === null ? undefined : dates.get(row.birth_key),
  };
}

export function bookingToComeOf(row: BookingToComeRow, dates: ReadonlyMap<string, string>): BookingToCome {
  return {
    dose: row.dose,
    channel: row.channel,
    slotStartsAt: row.starts_at,
    venueCode: row.venue_code,
    isPermitted: row.permitted,
    person: personOfRow(row, dates),
    previous:
      row.previous_id === null
        ? undefined
        : {
            id: row.previous_id,
            dose: row.dose - 1,
            state: row.previous_state,
            slotStartsAt: row.previous_starts_at,
            venueCode: row.previous_venue,
            holdExpiresAt: row.starts_at,
            replaces: null,
            changes: 0,
          },
  };
}

/**
 * The rules look at days, not times, and at the groups of a person, not at the person: thousands of bookings are alike to them. This
 * names the kind of a booking, so that each is judged once. `groups`: the groups of the person, however they are told apart.
 */
export function createKinds(
  groups: (person: Person) => string,
  dates: ReadonlyMap<string, string>,
): (row: BookingToComeRow) => string {
  const days = new Map<number, string>();
  const people = new Map<string, string>();
  const dayOf = (moment: Date): string => remembered(days, moment.getTime(), () => cityDate(moment));
  return (row) => {
    const person = remembered(people, `${row.birth_key ?? ''} ${row.group_code} ${row.declared.join()}`, () =>
      groups(personOfRow(row, dates)),
    );
    const previous =
      row.previous_id === null ? '' : `${row.previous_state} ${dayOf(row.previous_starts_at)} ${row.previous_venue}`;
    return `${String(row.dose)} ${row.channel} ${row.venue_code} ${dayOf(row.starts_at)} ${String(row.permitted)} ${previous} / ${person}`;
  };
}

export function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (known.has(key)) return known.get(key) as Value;
  const value = make();
  known.set(key, value);
  return value;
}
