import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import { type CountBroadcastSeats, createBroadcastSeats } from './free-seats-of-a-day';
import { createScheduleRepository, type ScheduleRepository } from './schedules';
import { createSlotCapacityRepository, type SlotCapacityRepository } from './slot-capacities';
import { createSlotGrid, type SlotGrid } from './slot-grid';
import { createSlotHistory, type SlotHistory } from './slot-history';
import { createSlotPlanRepository, type SlotPlanRepository } from './slot-plans';
import { createSlotRepository, type SlotRepository } from './slots';
import { createVenueRecords, type VenueRecords } from './venue-records';
import { createVenueRepository, type VenueRepository } from './venues';

export type { CountBroadcastSeats } from './free-seats-of-a-day';
export type { TouchedBooking } from './known-slots';
export type { ScheduleInput, ScheduleRepository, ScheduleView } from './schedules';
export { type CountedSeat, freeSeatsSql, lockQuotas, plannedSeatsSql, reopenSeats, shareSlots } from './seats';
export type { ShortSeats, SlotCapacityRepository } from './slot-capacities';
export type { SlotGrid } from './slot-grid';
export { slotChangeKinds, type SlotHistory } from './slot-history';
export {
  type PlanConflict,
  type PlanLine,
  type PlanPreview,
  type PlanToSave,
  sheetFingerprint,
  type SheetPart,
  type SlotPlanRepository,
} from './slot-plans';
export type { FreeSlot, FreeSlotQuery, SlotRepository, VenueAvailability } from './slots';
export type { VenueOutcome, VenueRecord, VenueRecords, VenueSheetRow } from './venue-records';
export { venueJson, type VenueView, venueView } from './venues';

/** Venues, weeks and slots. */
export interface ScheduleServices {
  readonly slots: SlotRepository;
  readonly venues: VenueRecords;
  readonly venueRepository: VenueRepository;
  readonly schedules: ScheduleRepository;
  readonly plans: SlotPlanRepository;
  readonly capacities: SlotCapacityRepository;
  readonly grid: SlotGrid;
  readonly history: SlotHistory;
  readonly broadcastSeats: CountBroadcastSeats;
}

export function createScheduleServices({
  database,
  audit,
}: {
  readonly database: Database;
  readonly audit: Audit;
}): ScheduleServices {
  const slots = createSlotRepository(database);
  return {
    slots,
    venues: createVenueRecords({ database, audit }),
    venueRepository: createVenueRepository(database),
    schedules: createScheduleRepository(database),
    plans: createSlotPlanRepository({ database, audit }),
    capacities: createSlotCapacityRepository({ database, audit }),
    grid: createSlotGrid(database),
    history: createSlotHistory(database),
    broadcastSeats: createBroadcastSeats(slots),
  };
}
