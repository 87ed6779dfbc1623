import { Model, type QueryBuilder } from 'objection';
import { v7 as uuidv7 } from 'uuid';

import type { VenueView } from '../../domain/schedule/venue-view';
import type { Database } from '../foundation/connection';

export type { VenueView };

/** Which column holds what: the only place that says so. */
const columns = {
  id: 'id',
  code: 'code',
  name: 'name',
  ward: 'ward',
  address: 'address',
  access: 'access',
  features: 'features',
  mapUrl: 'map_url',
  citizenNotes: 'citizen_notes',
} as const satisfies Record<keyof VenueView, string>;
type Columns = typeof columns;

/** A row with the columns of a view. */
export type VenueRow = { [Field in keyof VenueView as Columns[Field]]: VenueView[Field] };

const fields = Object.entries(columns) as [keyof VenueView, string][];

export function venueColumns(alias: string): string[] {
  return fields.map(([, column]) => `${alias}.${column}`);
}

/** For statements: a venue as one JSON object, which is a `VenueView` as it arrives. */
export function venueJson(alias: string): string {
  return `json_build_object(${fields.map(([field, column]) => `'${field}', ${alias}.${column}`).join(', ')})`;
}

export function readVenue(row: VenueRow): VenueView {
  return Object.fromEntries(
    fields.map(([field, column]) => [field, row[column as keyof VenueRow]]),
  ) as unknown as VenueView;
}

/** What everybody may know of a venue, of all that is known of it. */
export function venueView(venue: VenueView): VenueView {
  return Object.fromEntries(fields.map(([field]) => [field, venue[field]])) as unknown as VenueView;
}

/** The columns of what is given of a venue; fields of the city's own (`active`, `position`, `capacityNotes`) are welcome. */
export function venueValues(venue: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names: Readonly<Record<string, string>> = { ...columns, capacityNotes: 'capacity_notes' };
  return Object.fromEntries(
    Object.entries(venue).flatMap(([field, value]) => (value === undefined ? [] : [[names[field] ?? field, value]])),
  );
}

/** Never leaves this folder: callers see VenueView. */
class VenueModel extends Model {
  static override tableName = 'venue';
  declare id: string;
  declare QueryBuilderType: QueryBuilder<this>;
}

export type VenueRepository = ReturnType<typeof createVenueRepository>;

export function createVenueRepository(database: Database) {
  const read = (row: VenueModel | undefined) => row && readVenue(row as unknown as VenueRow);
  return {
    /** Adds a venue, or brings the one of the same code up to date. Returns its id. */
    async save(
      venue: Omit<VenueView, 'id' | 'citizenNotes'> & { readonly position: number; readonly citizenNotes?: string },
    ): Promise<string> {
      const known = await VenueModel.query(database).findOne({ code: venue.code });
      if (known) {
        await known.$query(database).patch(venueValues({ ...venue }));
        return known.id;
      }
      const added = await VenueModel.query(database).insert({ id: uuidv7(), ...venueValues({ ...venue }) });
      return added.id;
    },

    async findByCode(code: string): Promise<VenueView | undefined> {
      return read(await VenueModel.query(database).findOne({ code }));
    },

    async find(id: string): Promise<VenueView | undefined> {
      return read(await VenueModel.query(database).findById(id));
    },
  };
}
