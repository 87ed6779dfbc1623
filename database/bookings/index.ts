import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import type { Programmes } from '../programmes';
import { createDataExports, type DataExports } from './booking-exports';
import { type BookingList, createBookingList } from './booking-list';
import { type BookingPermits, createBookingPermits } from './booking-permits';
import { type BookingRepository, createBookingRepository } from './bookings';
import { createOutbox, type Outbox } from './outbox';
import { createReconciliation, type Reconciliation } from './reconciliation';
import { createRushSigns, type RushSigns } from './rush';

export type { DataExport, DataExports, ExportedBooking, ExportOutcome } from './booking-exports';
export type { BookingLine, BookingList } from './booking-list';
export type { BookingPermits } from './booking-permits';
export {
  type BookingChange,
  bookingForRules,
  type BookingRepository,
  type BookingView,
  type InvalidAnswers,
  type SystemChange,
} from './bookings';
export { createOutbox, type EventKey, type Outbox } from './outbox';
export type { Reconciliation, WatchedBooking } from './reconciliation';
export type { RushSigns } from './rush';
export { createRushWatch, type IsRush } from './rush-watch';

/** Bookings, and what is said of them to workflows and staff. */
export interface BookingServices {
  readonly bookings: BookingRepository;
  readonly bookingLists: BookingList;
  readonly permits: BookingPermits;
  readonly dataExports: DataExports;
  readonly outbox: Outbox;
  readonly reconciliation: Reconciliation;
  readonly rush: RushSigns;
}

export function createBookingServices({
  database,
  firstLook,
  keys,
  audit,
  programmes,
}: {
  readonly database: Database;
  /** The pool for what must not wait behind bookings. */
  readonly firstLook: Database;
  readonly keys: KeyRing;
  readonly audit: Audit;
  readonly programmes: Programmes;
}): BookingServices {
  return {
    bookings: createBookingRepository({ database, keys, programmes }),
    bookingLists: createBookingList(database),
    permits: createBookingPermits({ database, keys }),
    dataExports: createDataExports({ database, keys, audit }),
    outbox: createOutbox(database),
    reconciliation: createReconciliation(database),
    rush: createRushSigns(firstLook),
  };
}
