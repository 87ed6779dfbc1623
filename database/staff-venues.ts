import { v7 as uuidv7 } from 'uuid';
import { refuseStaff, type StaffRefusal } from '../domain/staff/refusals';
import type { VenueFeature } from '../domain/staff/venue-features';
import type { Audit, AuditActor } from './audit';
import type { Database } from './connection';

/** What staff say of a venue. */
export interface VenueInput {
  readonly name: string;
  readonly ward: string;
  readonly address: string;
  readonly access: string;
  readonly features: readonly VenueFeature[];
  readonly mapUrl: string | null;
  /** A venue that is off is offered to nobody. */
  readonly active: boolean;
  /** Place in the city's order. */
  readonly position: number;
}

export interface VenueRecord extends VenueInput {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  /** Bookings (held or confirmed) that are still to come. */
  readonly upcoming: number;
}

interface VenueRow {
  id: string;
  code: string;
  name: string;
  ward: string;
  address: string;
  access: string;
  features: VenueFeature[];
  map_url: string | null;
  active: boolean;
  position: number;
  version: number;
  upcoming: number;
}

/** All venues in one pass over the bookings, instead of one pass for each. */
const upcomingByVenue = `(SELECT s.venue_id, count(*)::int AS upcoming FROM booking b JOIN slot s ON s.id = b.slot_id
  WHERE s.starts_at > now() AND (b.state = 'confirmed' OR (b.state = 'held' AND b.hold_expires_at > now())) GROUP BY s.venue_id) AS u`;

export type VenueOutcome = { readonly ok: true; readonly venue: VenueRecord } | StaffRefusal;
export type StaffVenueRepository = ReturnType<typeof createStaffVenueRepository>;

/** Venues as the city edits them. Every change is recorded in the audit in the same transaction. */
export function createStaffVenueRepository({ database, audit }: { database: Database; audit: Audit }) {
  const select = (connection: Database) =>
    connection('venue as v').leftJoin(connection.raw(upcomingByVenue), 'u.venue_id', 'v.id').select<VenueRow[]>('v.*', connection.raw('coalesce(u.upcoming, 0) AS upcoming'));

  return {
    /** All of them, those that are off too, in the city's order. */
    async list(): Promise<VenueRecord[]> {
      const rows = await select(database).orderBy(['v.position', 'v.code']);
      return rows.map(readVenue);
    },

    async find(id: string): Promise<VenueRecord | undefined> {
      const [row] = await select(database).where('v.id', id);
      return row && readVenue(row);
    },

    async add(actor: AuditActor, code: string, input: VenueInput): Promise<VenueOutcome> {
      return database.transaction(async (trx) => {
        const [row] = await trx('venue').insert({ id: uuidv7(), code, ...columnsOf(input) }).onConflict('code').ignore().returning<VenueRow[]>('*');
        if (!row) return refuseStaff('venue_code_taken');
        await audit.append(trx, actor, { action: 'venue.add', subject: { kind: 'venue', id: row.id }, result: 'done' });
        return { ok: true, venue: readVenue({ ...row, upcoming: 0 }) };
      });
    },

    /** Changes what is given, if nobody else did since `version`. One with bookings to come cannot be switched off. */
    async update(actor: AuditActor, id: string, version: number, input: { readonly [Field in keyof VenueInput]?: VenueInput[Field] | undefined }): Promise<VenueOutcome> {
      return database.transaction(async (trx) => {
        const [known] = await select(trx).where('v.id', id).forUpdate('v');
        if (!known) return refuseStaff('venue_unknown');
        if (known.version !== version) return refuseStaff('changed_meanwhile', { version: known.version });
        if (input.active === false && known.active && known.upcoming > 0) return refuseStaff('venue_in_use', { bookings: known.upcoming });
        const values = columnsOf(input);
        const fields = Object.keys(values).filter((name) => JSON.stringify(values[name]) !== JSON.stringify(known[name as keyof VenueRow])).sort();
        if (fields.length === 0) return { ok: true, venue: readVenue(known) };
        const [row] = await trx('venue').where({ id }).update({ ...values, version: version + 1, updated_at: trx.fn.now() }).returning<VenueRow[]>('*');
        await audit.append(trx, actor, { action: 'venue.update', subject: { kind: 'venue', id }, result: 'done', detail: { fields: fields.join(',') } });
        return { ok: true, venue: readVenue({ ...known, ...row }) };
      });
    },
  };
}

function columnsOf({ mapUrl, features, ...rest }: { readonly [Field in keyof VenueInput]?: VenueInput[Field] | undefined }): Record<string, unknown> {
  const values = { ...rest, map_url: mapUrl, features: features && [...new Set(features)] };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function readVenue(row: VenueRow): VenueRecord {
  return {
    id: row.id, code: row.code, name: row.name, ward: row.ward, address: row.address, access: row.access, features: row.features, mapUrl: row.map_url, active: row.active,
    position: row.position, version: row.version, upcoming: row.upcoming,
  };
}
