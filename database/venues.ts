import { Model, type QueryBuilder } from 'objection';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from './connection';

export interface VenueView {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly ward: string;
  readonly address: string;
  readonly access: string;
  readonly features: string[];
  readonly mapUrl: string | null;
}

export interface VenueRow {
  id: string;
  code: string;
  name: string;
  ward: string;
  address: string;
  access: string;
  features: string[];
  map_url: string | null;
}

/** Never leaves this folder: callers see VenueView. */
class VenueModel extends Model {
  static override tableName = 'venue';
  declare id: string;
  declare code: string;
  declare name: string;
  declare ward: string;
  declare address: string;
  declare access: string;
  declare features: string[];
  declare map_url: string | null;
  declare active: boolean;
  declare position: number;
  declare QueryBuilderType: QueryBuilder<this>;
}

export function venueColumns(alias: string): string[] {
  return ['id', 'code', 'name', 'ward', 'address', 'access', 'features', 'map_url'].map((column) => `${alias}.${column}`);
}

export function readVenue(row: VenueRow): VenueView {
  return {
    id: row.id, code: row.code, name: row.name, ward: row.ward, address: row.address, access: row.access, features: row.features, mapUrl: row.map_url,
  };
}

export type VenueRepository = ReturnType<typeof createVenueRepository>;

export function createVenueRepository(database: Database) {
  return {
    /** Adds a venue, or brings the one of the same code up to date. Returns its id. */
    async save(venue: Omit<VenueView, 'id'> & { readonly position: number }): Promise<string> {
      const { mapUrl, ...rest } = venue;
      const values = { ...rest, map_url: mapUrl };
      const known = await VenueModel.query(database).findOne({ code: venue.code });
      if (known) {
        await known.$query(database).patch(values);
        return known.id;
      }
      const added = await VenueModel.query(database).insert({ id: uuidv7(), ...values });
      return added.id;
    },

    async findByCode(code: string): Promise<VenueView | undefined> {
      const row = await VenueModel.query(database).findOne({ code });
      return row && readVenue(row);
    },

    async find(id: string): Promise<VenueView | undefined> {
      const row = await VenueModel.query(database).findById(id);
      return row && readVenue(row);
    },
  };
}
