import { byChannel, type Channel, channels } from '../contracts/channels';
import type { PlannedSlot } from './plan-slots';

export type Seats = Readonly<Record<Channel, number>>;

/** A slot as it is, with its seats. `taken`: held, booked, attended. */
export interface KnownSlot {
  readonly id: string;
  readonly scheduleId: string | null;
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly vaccine: string | null;
  /** Seats were changed one by one since the plan made it. */
  readonly setByHand: boolean;
  /** Takes no new bookings. */
  readonly stopped: boolean;
  readonly capacity: Seats;
  readonly taken: Seats;
}

/** Why a planned slot cannot be made as planned, or one that is there cannot go. */
export type SlotConflict =
  /** More seats are taken than the plan leaves. */
  | {
      readonly kind: 'below_booked';
      readonly slot: KnownSlot;
      readonly planned: PlannedSlot;
      readonly channels: readonly Channel[];
    }
  /** Its end would move while people have it. */
  | { readonly kind: 'length_booked'; readonly slot: KnownSlot; readonly planned: PlannedSlot }
  /** The plan no longer has it, but people do. */
  | { readonly kind: 'removed_booked'; readonly slot: KnownSlot }
  /** It runs into another slot of the same dose at the same venue. */
  | { readonly kind: 'overlap'; readonly slot: KnownSlot; readonly planned: PlannedSlot };

export interface SlotDifference {
  readonly added: readonly PlannedSlot[];
  readonly changed: readonly { readonly slot: KnownSlot; readonly planned: PlannedSlot; readonly capacity: Seats }[];
  readonly removed: readonly KnownSlot[];
  /** Differ from the plan because a person set their seats by hand; left alone. */
  readonly kept: readonly { readonly slot: KnownSlot; readonly planned: PlannedSlot }[];
  readonly conflicts: readonly SlotConflict[];
  /** Of the conflicts those slots that take new bookings until now, and will not if they are left. */
  readonly stopped: readonly KnownSlot[];
  /** Stopped slots that are planned again: they take bookings again, whatever else is done with them. */
  readonly reopened: readonly KnownSlot[];
  readonly unchanged: number;
}

export interface ComparisonRules {
  /** The plan whose slots these are; null for a sheet, which may change any slot and takes none away. */
  readonly scheduleId: string | null;
  /** Slots that have begun are history: neither added, changed nor removed. */
  readonly now: Date;
  readonly overwriteHandSet: boolean;
}

/**
 * What making the planned slots would do to the slots of one venue and programme.
 * Making them and comparing again gives no difference but the conflicts and what is kept.
 */
export function compareSlots(
  planned: readonly PlannedSlot[],
  known: readonly KnownSlot[],
  rules: ComparisonRules,
): SlotDifference {
  const added: PlannedSlot[] = [];
  const changed: { slot: KnownSlot; planned: PlannedSlot; capacity: Seats }[] = [];
  const removed: KnownSlot[] = [];
  const kept: { slot: KnownSlot; planned: PlannedSlot }[] = [];
  const conflicts: SlotConflict[] = [];
  const reopened: KnownSlot[] = [];
  let unchanged = 0;

  const future = planned.filter((slot) => slot.startsAt > rules.now);
  const byKey = new Map(known.map((slot) => [keyOf(slot), slot]));
  const plannedKeys = new Set(future.map(keyOf));
  const isOwn = (slot: KnownSlot) =>
    rules.scheduleId === null || slot.scheduleId === null || slot.scheduleId === rules.scheduleId;
  const gone = known.filter(
    (slot) =>
      rules.scheduleId !== null &&
      slot.scheduleId === rules.scheduleId &&
      slot.startsAt > rules.now &&
      !plannedKeys.has(keyOf(slot)),
  );
  for (const slot of gone) {
    if (total(slot.taken) > 0) conflicts.push({ kind: 'removed_booked', slot });
    else if (total(slot.capacity) > 0) removed.push(slot);
  }
  const removedSlots = new Set(removed);
  const stays = known.filter((slot) => !removedSlots.has(slot) && total(slot.capacity) > 0);
  const overlapping = overlapFinder(stays);

  for (const item of future) {
    const slot = byKey.get(keyOf(item));
    const other = slot && !isOwn(slot) && total(slot.capacity) > 0 ? slot : overlapping(item);
    if (other) {
      conflicts.push({ kind: 'overlap', slot: other, planned: item });
      continue;
    }
    if (!slot) {
      added.push(item);
      continue;
    }
    if (slot.stopped && total(seatsOf(item)) > 0) reopened.push(slot);
    // A sheet without a column for a channel does not speak of it; a plan without one means none.
    const capacity =
      rules.scheduleId === null
        ? { ...slot.capacity, ...Object.fromEntries(item.quotas.map((quota) => [quota.channel, quota.capacity])) }
        : seatsOf(item);
    const isLonger = slot.endsAt.getTime() !== item.endsAt.getTime();
    const isSame =
      !isLonger &&
      channels.every((channel) => capacity[channel] === slot.capacity[channel]) &&
      (item.vaccine === undefined || item.vaccine === slot.vaccine);
    const short = channels.filter((channel) => capacity[channel] < slot.taken[channel]);
    if (isSame) unchanged++;
    else if (slot.setByHand && !rules.overwriteHandSet) kept.push({ slot, planned: item });
    else if (isLonger && total(slot.taken) > 0) conflicts.push({ kind: 'length_booked', slot, planned: item });
    else if (short.length > 0) conflicts.push({ kind: 'below_booked', slot, planned: item, channels: short });
    else changed.push({ slot, planned: item, capacity });
  }
  const stopped = gone.filter((slot) => total(slot.taken) > 0 && !slot.stopped);
  return { added, changed, removed, kept, conflicts, stopped, reopened, unchanged };
}

/** Planned seats by channel; a channel that the plan does not name has none. */
export function seatsOf(slot: PlannedSlot): Seats {
  return byChannel((channel) => slot.quotas.find((quota) => quota.channel === channel)?.capacity ?? 0);
}

export function total(seats: Seats): number {
  return channels.reduce((sum, channel) => sum + seats[channel], 0);
}

function keyOf({ dose, startsAt }: { readonly dose: number; readonly startsAt: Date }): string {
  return `${String(dose)} ${String(startsAt.getTime())}`;
}

/** Finds a slot of the same dose that a planned one runs into without beginning with it. */
function overlapFinder(slots: readonly KnownSlot[]): (planned: PlannedSlot) => KnownSlot | undefined {
  const byDose = new Map<number, KnownSlot[]>();
  for (const slot of slots) {
    const list = byDose.get(slot.dose);
    if (list) list.push(slot);
    else byDose.set(slot.dose, [slot]);
  }
  const longest = Math.max(0, ...slots.map((slot) => slot.endsAt.getTime() - slot.startsAt.getTime()));
  for (const list of byDose.values()) list.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  return (planned) => {
    const list = byDose.get(planned.dose) ?? [];
    const earliest = planned.startsAt.getTime() - longest;
    let low = 0;
    for (let high = list.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((list[middle]?.startsAt.getTime() ?? 0) < earliest) low = middle + 1;
      else high = middle;
    }
    for (let slot = list[low]; slot && slot.startsAt < planned.endsAt; slot = list[++low]) {
      if (slot.endsAt > planned.startsAt && slot.startsAt.getTime() !== planned.startsAt.getTime()) return slot;
    }
    return undefined;
  };
}
