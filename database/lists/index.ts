import type { Database } from '../foundation/connection';
import { createListedBookings, type ListedBookings } from './listed-bookings';

export { catchUp, copyBookings, holdLists, type ListedBookings } from './listed-bookings';

/** The copy of bookings that lists, figures and searches read. */
export interface ListServices {
  readonly listedBookings: ListedBookings;
}

export function createListServices({ database }: { readonly database: Database }): ListServices {
  return { listedBookings: createListedBookings(database) };
}
