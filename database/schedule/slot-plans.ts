import { createHash } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { channels } from '../../domain/contracts/booking-workflow';
import {
  compareSlots,
  type KnownSlot,
  type Seats,
  seatsOf,
  type SlotConflict,
  type SlotDifference,
} from '../../domain/schedule/compare-slots';
import { type PlannedSlot, planSlots } from '../../domain/schedule/plan-slots';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import { knownSlots, lockSeats, lockSlots, type TouchedBooking, touchedBookings } from './known-slots';
import { readSchedule, scheduleColumns, type ScheduleInput, type ScheduleRow, type ScheduleView } from './schedules';
import { appendSlotChange, type SlotChangeItem } from './slot-history';

export interface PlanLine {
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly before: Seats | null;
  readonly after: Seats | null;
}

export interface PlanConflict extends PlanLine {
  readonly kind: SlotConflict['kind'];
  /** What it runs into: another plan's slot. */
  readonly other: { readonly startsAt: Date; readonly endsAt: Date; readonly scheduleName: string | null } | null;
  readonly touched: readonly TouchedBooking[];
}

/** What saving would do, in full in numbers and at most 100 lines of each kind. `fingerprint` covers all of it. */
export interface PlanPreview {
  readonly fingerprint: string;
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly kept: number;
    readonly conflicts: number;
    readonly unchanged: number;
  };
  readonly added: readonly PlanLine[];
  readonly changed: readonly PlanLine[];
  readonly removed: readonly PlanLine[];
  readonly kept: readonly PlanLine[];
  readonly conflicts: readonly PlanConflict[];
  /** Slots that took no new bookings and will take them again, whatever else is done with them. */
  readonly reopened: readonly PlanLine[];
  readonly reopenedSlots: number;
  /** Seats of what is planned to come, by dose: all of this plan, or of the sheet. */
  readonly seats: readonly { readonly dose: number; readonly seats: number }[];
}

/** `plan`: undefined for a sheet, which has none. */
export interface PlanWork {
  readonly programmeId: string;
  readonly venueId: string;
  readonly now: Date;
  readonly overwriteHandSet: boolean;
}

export interface PlanToSave extends PlanWork {
  readonly schedule: ScheduleInput;
  /** Set for one that is there: its id, and the version that a person saw. */
  readonly known?: { readonly id: string; readonly version: number } | undefined;
  readonly isHoliday: (date: string) => boolean;
}

export interface Consent {
  readonly fingerprint: string;
  /** Slots in conflict stay with their bookings, and the rest is done. Those that the plan no longer has take no new bookings. Otherwise nothing is done. */
  readonly leaveConflicts: boolean;
}

export type PlanOutcome =
  { readonly ok: true; readonly preview: PlanPreview; readonly schedule: ScheduleView } | StaffRefusal;
export type SheetPart = { readonly venueId: string; readonly slots: readonly PlannedSlot[] };
export type SheetOutcome =
  | { readonly ok: true; readonly previews: readonly { readonly venueId: string; readonly preview: PlanPreview }[] }
  | StaffRefusal;

const shownLines = 100;
const shownBookings = 200;
const batch = 2_000;

export type SlotPlanRepository = ReturnType<typeof createSlotPlanRepository>;

/**
 * Makes slots of plans and sheets. What is shown before is what is done: everything is computed again in the transaction, under
 * locks on the venue and on the seats that change, and compared with what was shown. A slot that was ever made stays in the
 * table: taken away means that it has no seats left, because bookings of the past refer to it.
 */
export function createSlotPlanRepository({ database, audit }: { database: Database; audit: Audit }) {
  async function compare(
    connection: Knex,
    work: PlanWork,
    scheduleId: string | null,
    planned: readonly PlannedSlot[],
  ): Promise<SlotDifference> {
    const known = await knownSlots(
      connection,
      work.programmeId,
      work.venueId,
      new Date(work.now.getTime() - 24 * 3_600_000),
    );
    return compareSlots(planned, known, { scheduleId, now: work.now, overwriteHandSet: work.overwriteHandSet });
  }

  async function describe(
    connection: Knex,
    difference: SlotDifference,
    planned: readonly PlannedSlot[],
    now: Date,
  ): Promise<PlanPreview> {
    const { added, changed, removed, kept, conflicts, reopened } = difference;
    const shown = conflicts.slice(0, shownLines);
    const touched = await touchedBookings(
      connection,
      shown.filter((item) => item.kind !== 'overlap').map((item) => item.slot.id),
      shownBookings,
    );
    const names = new Map(
      (
        await connection('schedule')
          .whereIn(
            'id',
            shown.flatMap((item) => item.slot.scheduleId ?? []),
          )
          .select<{ id: string; name: string }[]>('id', 'name')
      ).map((row) => [row.id, row.name]),
    );
    const doses = [...new Set(planned.map((slot) => slot.dose))].sort();
    return {
      fingerprint: fingerprintOf(difference),
      counts: {
        added: added.length,
        changed: changed.length,
        removed: removed.length,
        kept: kept.length,
        conflicts: conflicts.length,
        unchanged: difference.unchanged,
      },
      added: added.slice(0, shownLines).map((slot) => ({ ...timesOf(slot), before: null, after: seatsOf(slot) })),
      changed: changed
        .slice(0, shownLines)
        .map(({ slot, planned: item, capacity }) => ({ ...timesOf(item), before: slot.capacity, after: capacity })),
      removed: removed.slice(0, shownLines).map((slot) => ({ ...timesOf(slot), before: slot.capacity, after: null })),
      kept: kept
        .slice(0, shownLines)
        .map(({ slot, planned: item }) => ({ ...timesOf(slot), before: slot.capacity, after: seatsOf(item) })),
      conflicts: shown.map((item) => ({
        kind: item.kind,
        ...timesOf(item.kind === 'removed_booked' ? item.slot : item.planned),
        before: item.kind === 'overlap' ? null : item.slot.capacity,
        after: item.kind === 'removed_booked' ? null : seatsOf(item.planned),
        other:
          item.kind === 'overlap'
            ? {
                startsAt: item.slot.startsAt,
                endsAt: item.slot.endsAt,
                scheduleName: names.get(item.slot.scheduleId ?? '') ?? null,
              }
            : null,
        touched: touched.filter(
          (booking) =>
            item.kind !== 'overlap' &&
            booking.slotId === item.slot.id &&
            (item.kind !== 'below_booked' || item.channels.includes(booking.channel)),
        ),
      })),
      reopened: reopened
        .slice(0, shownLines)
        .map((slot) => ({ ...timesOf(slot), before: slot.capacity, after: slot.capacity })),
      reopenedSlots: reopened.length,
      seats: doses.map((dose) => ({
        dose,
        seats: planned
          .filter((slot) => slot.dose === dose && slot.startsAt > now)
          .reduce((sum, slot) => sum + slot.quotas.reduce((all, quota) => all + quota.capacity, 0), 0),
      })),
    };
  }

  /** The difference as it is with everything that it touches locked. */
  async function compareLocked(
    trx: Knex.Transaction,
    work: PlanWork,
    scheduleId: string | null,
    planned: readonly PlannedSlot[],
  ): Promise<SlotDifference> {
    const first = await compare(trx, work, scheduleId, planned);
    const { changed, removed, stopped, reopened } = first;
    if (changed.length + removed.length + stopped.length + reopened.length === 0) return first;
    // What goes may be booked in this moment: it then stays and is stopped. Holds under way come first, later ones see the stop.
    await lockSlots(
      trx,
      [...removed, ...stopped].map((slot) => slot.id),
    );
    await lockSeats(
      trx,
      [...changed.map((item) => item.slot), ...removed].map((slot) => slot.id),
    );
    return compare(trx, work, scheduleId, planned);
  }

  async function apply(
    trx: Knex.Transaction,
    work: PlanWork,
    scheduleId: string | null,
    { added, changed, removed, stopped, reopened }: SlotDifference,
  ): Promise<SlotChangeItem[]> {
    const rows = added.map((slot) => ({ id: uuidv7(), slot }));
    for (let start = 0; start < rows.length; start += batch) {
      await trx('slot').insert(
        rows.slice(start, start + batch).map(({ id, slot }) => ({
          id,
          programme_id: work.programmeId,
          venue_id: work.venueId,
          schedule_id: scheduleId,
          dose: slot.dose,
          starts_at: slot.startsAt,
          ends_at: slot.endsAt,
          vaccine: slot.vaccine ?? null,
        })),
      );
    }
    const quotas = [
      ...rows.flatMap(({ id, slot }) =>
        slot.quotas.filter((quota) => quota.capacity > 0).map((quota) => ({ id, ...quota })),
      ),
      ...changed.flatMap(({ slot, capacity }) =>
        channels
          .filter((channel) => capacity[channel] !== slot.capacity[channel])
          .map((channel) => ({ id: slot.id, channel, capacity: capacity[channel] })),
      ),
    ];
    for (let start = 0; start < quotas.length; start += batch)
      await writeSeats(trx, quotas.slice(start, start + batch));
    if (changed.length > 0) {
      await trx.raw(
        `UPDATE slot s SET ends_at = c.ends_at, vaccine = nullif(c.vaccine, ''), set_by_hand = false, schedule_id = coalesce(?, s.schedule_id)
           FROM unnest(?::uuid[], ?::timestamptz[], ?::text[]) AS c (id, ends_at, vaccine) WHERE s.id = c.id`,
        [
          scheduleId,
          changed.map((item) => item.slot.id),
          changed.map((item) => item.planned.endsAt.toISOString()),
          changed.map((item) => (item.planned.vaccine === undefined ? item.slot.vaccine : item.planned.vaccine) ?? ''),
        ],
      );
    }
    if (removed.length > 0) {
      const ids = removed.map((slot) => slot.id);
      await trx('slot_quota').whereIn('slot_id', ids).update({ capacity: 0 });
      await trx('slot').whereIn('id', ids).update({ set_by_hand: false, stopped: false });
    }
    for (const [slots, isStopped] of [
      [stopped, true],
      [reopened, false],
    ] as const)
      await trx.raw(
        'UPDATE slot SET stopped = ?, schedule_id = CASE WHEN stopped THEN coalesce(?, schedule_id) ELSE schedule_id END WHERE id = ANY (?::uuid[])',
        [isStopped, scheduleId, slots.map((slot) => slot.id)],
      );
    const again = new Set(reopened.map((slot) => slot.id));
    const changedIds = new Set(changed.map(({ slot }) => slot.id));
    return [
      ...added.map((slot) => ({ dose: slot.dose, startsAt: slot.startsAt, before: null, after: seatsOf(slot) })),
      ...changed.map(({ slot, capacity }) => ({
        dose: slot.dose,
        startsAt: slot.startsAt,
        before: slot.capacity,
        after: capacity,
        stopped: again.has(slot.id) ? false : null,
      })),
      ...removed.map((slot) => ({ dose: slot.dose, startsAt: slot.startsAt, before: slot.capacity, after: null })),
      ...stopped.map((slot) => ({ ...unchangedItem(slot), stopped: true })),
      ...reopened
        .filter((slot) => !changedIds.has(slot.id))
        .map((slot) => ({ ...unchangedItem(slot), stopped: false })),
    ];
  }

  /** Plans and seats of one venue are changed by one person at a time; bookings go on. */
  async function lockVenue(trx: Knex.Transaction, venueId: string): Promise<boolean> {
    const row = await trx('venue').where({ id: venueId }).forNoKeyUpdate().first<{ id: string } | undefined>('id');
    return row !== undefined;
  }

  const plannedBy = ({ schedule, isHoliday }: PlanToSave) =>
    planSlots(schedule.template, schedule.validFrom, schedule.validUntil, isHoliday);

  return {
    /** What saving the plan would do. Changes nothing. */
    async preview(plan: PlanToSave): Promise<PlanPreview> {
      const planned = plannedBy(plan);
      await catchUp(database);
      return describe(database, await compare(database, plan, plan.known?.id ?? uuidv7(), planned), planned, plan.now);
    },

    /** Saves the plan and makes its slots: what was shown, or nothing and what it would be now. */
    async save(actor: AuditActor, plan: PlanToSave, consent: Consent): Promise<PlanOutcome> {
      return refusable(database, async (trx) => {
        if (!(await lockVenue(trx, plan.venueId))) return refuseStaff('venue_unknown');
        const { known } = plan;
        const before =
          known &&
          (await trx('schedule')
            .where({ id: known.id, programme_id: plan.programmeId })
            .forUpdate()
            .first<ScheduleRow | undefined>(trx.raw(scheduleColumns)));
        if (known && !before) return refuseStaff('schedule_unknown');
        if (known && before && before.version !== known.version)
          return refuseStaff('changed_meanwhile', { version: before.version }, { schedule: readSchedule(before) });
        const id = before?.id ?? uuidv7();
        const planned = plannedBy(plan);
        const difference = await compareLocked(trx, plan, id, planned);
        const preview = await describe(trx, difference, planned, plan.now);
        if (preview.fingerprint !== consent.fingerprint)
          return refuseStaff('changed_meanwhile', undefined, { preview });
        if (difference.conflicts.length > 0 && !consent.leaveConflicts)
          return refuseStaff('plan_in_conflict', { conflicts: difference.conflicts.length }, { preview });
        const { schedule } = plan;
        const values = {
          name: schedule.name,
          valid_from: schedule.validFrom,
          valid_until: schedule.validUntil,
          template: JSON.stringify(schedule.template),
        };
        const [row] = before
          ? await trx('schedule')
              .where({ id })
              .update({ ...values, version: before.version + 1, updated_at: trx.fn.now() })
              .returning<ScheduleRow[]>(trx.raw(scheduleColumns))
          : await trx('schedule')
              .insert({ id, programme_id: plan.programmeId, venue_id: plan.venueId, ...values })
              .returning<ScheduleRow[]>(trx.raw(scheduleColumns));
        if (!row) throw new Error(`schedule ${id} was not written`);
        const items = await apply(trx, plan, id, difference);
        const after = readSchedule(row);
        const changeId = await appendSlotChange(trx, actor, {
          programmeId: plan.programmeId,
          venueId: plan.venueId,
          scheduleId: id,
          kind: 'plan',
          added: difference.added.length,
          changed: difference.changed.length,
          removed: difference.removed.length,
          stopped: difference.stopped.length,
          reopened: difference.reopened.length,
          before: before ? readSchedule(before) : null,
          after,
          items,
        });
        await audit.append(trx, actor, {
          action: before ? 'schedule.update' : 'schedule.add',
          subject: { kind: 'venue', id: plan.venueId },
          result: 'done',
          detail: {
            schedule: id,
            change: changeId,
            added: difference.added.length,
            changed: difference.changed.length,
            removed: difference.removed.length,
            leftInConflict: difference.conflicts.length,
            stopped: difference.stopped.length,
            reopened: difference.reopened.length,
          },
        });
        return { ok: true, preview, schedule: after };
      });
    },

    /** What taking the plan away would do: its slots to come go, those that people have are in conflict. */
    async previewRemoval(work: PlanWork, scheduleId: string): Promise<PlanPreview> {
      await catchUp(database);
      return describe(database, await compare(database, work, scheduleId, []), [], work.now);
    },

    /** Takes the plan away with its slots to come. Slots that people have stay, where that is consented to; otherwise nothing happens. */
    async remove(
      actor: AuditActor,
      work: PlanWork,
      known: { readonly id: string; readonly version: number },
      consent: Consent,
    ): Promise<{ readonly ok: true; readonly preview: PlanPreview } | StaffRefusal> {
      return refusable(database, async (trx) => {
        await lockVenue(trx, work.venueId);
        const before = await trx('schedule')
          .where({ id: known.id, venue_id: work.venueId, programme_id: work.programmeId })
          .forUpdate()
          .first<ScheduleRow | undefined>(trx.raw(scheduleColumns));
        if (!before) return refuseStaff('schedule_unknown');
        if (before.version !== known.version)
          return refuseStaff('changed_meanwhile', { version: before.version }, { schedule: readSchedule(before) });
        const difference = await compareLocked(trx, work, known.id, []);
        const preview = await describe(trx, difference, [], work.now);
        if (preview.fingerprint !== consent.fingerprint)
          return refuseStaff('changed_meanwhile', undefined, { preview });
        if (difference.conflicts.length > 0 && !consent.leaveConflicts)
          return refuseStaff('plan_in_conflict', { conflicts: difference.conflicts.length }, { preview });
        const items = await apply(trx, work, known.id, difference);
        await trx('slot').where({ schedule_id: known.id }).update({ schedule_id: null });
        await trx('schedule').where({ id: known.id }).delete();
        const changeId = await appendSlotChange(trx, actor, {
          programmeId: work.programmeId,
          venueId: work.venueId,
          scheduleId: known.id,
          kind: 'plan_removed',
          added: 0,
          changed: 0,
          removed: difference.removed.length,
          stopped: difference.stopped.length,
          before: readSchedule(before),
          after: null,
          items,
        });
        await audit.append(trx, actor, {
          action: 'schedule.remove',
          subject: { kind: 'venue', id: work.venueId },
          result: 'done',
          detail: {
            schedule: known.id,
            change: changeId,
            removed: difference.removed.length,
            leftInConflict: difference.conflicts.length,
            stopped: difference.stopped.length,
            reopened: difference.reopened.length,
          },
        });
        return { ok: true, preview };
      });
    },

    /** What loading a sheet would do at each venue. Changes nothing. */
    async previewSheet(
      work: Omit<PlanWork, 'venueId'>,
      parts: readonly SheetPart[],
    ): Promise<{ readonly venueId: string; readonly preview: PlanPreview }[]> {
      await catchUp(database);
      const previews: { venueId: string; preview: PlanPreview }[] = [];
      for (const { venueId, slots } of parts)
        previews.push({
          venueId,
          preview: await describe(
            database,
            await compare(database, { ...work, venueId }, null, slots),
            slots,
            work.now,
          ),
        });
      return previews;
    },

    /** Loads a sheet: all venues or none. The same sheet twice changes nothing. */
    async loadSheet(
      actor: AuditActor,
      work: Omit<PlanWork, 'venueId'>,
      parts: readonly SheetPart[],
      consent: Consent,
    ): Promise<SheetOutcome> {
      return refusable(database, async (trx) => {
        // Two who load sheets of the same venues wait for each other in one order.
        const ordered = [...parts].sort((a, b) => (a.venueId < b.venueId ? -1 : 1));
        const differences: { part: SheetPart; difference: SlotDifference; preview: PlanPreview }[] = [];
        for (const part of ordered) {
          await lockVenue(trx, part.venueId);
          const difference = await compareLocked(trx, { ...work, venueId: part.venueId }, null, part.slots);
          differences.push({ part, difference, preview: await describe(trx, difference, part.slots, work.now) });
        }
        const previews = parts.map(({ venueId }) => ({
          venueId,
          preview: differences.find((item) => item.part.venueId === venueId)?.preview ?? emptyPreview,
        }));
        if (sheetFingerprint(previews) !== consent.fingerprint)
          return refuseStaff('changed_meanwhile', undefined, { previews });
        const conflicts = differences.reduce((sum, item) => sum + item.difference.conflicts.length, 0);
        if (conflicts > 0 && !consent.leaveConflicts)
          return refuseStaff('plan_in_conflict', { conflicts }, { previews });
        for (const { part, difference } of differences) {
          if (difference.added.length + difference.changed.length + difference.reopened.length === 0) continue;
          const items = await apply(trx, { ...work, venueId: part.venueId }, null, difference);
          const changeId = await appendSlotChange(trx, actor, {
            programmeId: work.programmeId,
            venueId: part.venueId,
            scheduleId: null,
            kind: 'sheet',
            added: difference.added.length,
            changed: difference.changed.length,
            removed: 0,
            reopened: difference.reopened.length,
            before: null,
            after: null,
            items,
          });
          await audit.append(trx, actor, {
            action: 'slots.load',
            subject: { kind: 'venue', id: part.venueId },
            result: 'done',
            detail: {
              change: changeId,
              added: difference.added.length,
              changed: difference.changed.length,
              reopened: difference.reopened.length,
            },
          });
        }
        return { ok: true, previews };
      });
    },
  };
}

/** Seats of slots by channel: what is there is changed, what is missing is made. A row that gets fewer than are taken fails whole, by the constraint. */
export async function writeSeats(
  trx: Knex.Transaction,
  quotas: readonly { readonly id: string; readonly channel: string; readonly capacity: number }[],
): Promise<void> {
  await trx.raw(
    `INSERT INTO slot_quota (slot_id, channel, capacity) SELECT * FROM unnest(?::uuid[], ?::text[], ?::int[])
     ON CONFLICT (slot_id, channel) DO UPDATE SET capacity = excluded.capacity`,
    [quotas.map((quota) => quota.id), quotas.map((quota) => quota.channel), quotas.map((quota) => quota.capacity)],
  );
}

/** A refusal changes nothing: it is rolled back. It may list bookings that are in the way, so the lists catch up first. */
export async function refusable<Result extends { readonly ok: boolean }>(
  database: Database,
  work: (trx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  const refused = new Error('refused');
  await catchUp(database);
  let result: Result | undefined;
  try {
    return await database.transaction(async (trx) => {
      result = await work(trx);
      if (!result.ok) throw refused;
      return result;
    });
  } catch (error) {
    if (error === refused && result) return result;
    throw error;
  }
}

export function sheetFingerprint(
  previews: readonly { readonly venueId: string; readonly preview: PlanPreview }[],
): string {
  return createHash('sha256')
    .update(JSON.stringify(previews.map(({ venueId, preview }) => [venueId, preview.fingerprint])))
    .digest('base64url');
}

const emptyPreview: PlanPreview = {
  fingerprint: '',
  counts: { added: 0, changed: 0, removed: 0, kept: 0, conflicts: 0, unchanged: 0 },
  added: [],
  changed: [],
  removed: [],
  kept: [],
  conflicts: [],
  reopened: [],
  reopenedSlots: 0,
  seats: [],
};

/** What is done, without how many seats are taken: a booking in between changes nothing as long as nothing conflicts. */
function fingerprintOf({ added, changed, removed, kept, conflicts, reopened }: SlotDifference): string {
  const key = (slot: PlannedSlot | KnownSlot) => [
    slot.dose,
    slot.startsAt.getTime(),
    slot.endsAt.getTime(),
    slot.vaccine ?? null,
  ];
  const content = [
    added.map((slot) => [...key(slot), seatsOf(slot)]),
    changed.map((item) => [item.slot.id, item.slot.capacity, ...key(item.planned), item.capacity]),
    removed.map((slot) => [slot.id, slot.capacity]),
    kept.map((item) => item.slot.id),
    conflicts.map((item) => [item.kind, item.slot.id, ...('planned' in item ? key(item.planned) : [])]),
    reopened.map((slot) => slot.id),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

function unchangedItem(slot: KnownSlot): SlotChangeItem {
  return { dose: slot.dose, startsAt: slot.startsAt, before: slot.capacity, after: slot.capacity };
}

function timesOf({
  dose,
  startsAt,
  endsAt,
}: {
  readonly dose: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
}) {
  return { dose, startsAt, endsAt };
}
