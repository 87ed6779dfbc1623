import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import type { Channel } from '../../domain/contracts/booking-workflow';
import { channels } from '../../domain/contracts/booking-workflow';
import type { Seats } from '../../domain/schedule/compare-slots';
import type { AuditActor } from '../audit';
import type { Database } from '../foundation/connection';

export const slotChangeKinds = ['capacity', 'plan', 'sheet', 'plan_removed'] as const;
export type SlotChangeKind = (typeof slotChangeKinds)[number];

export interface SlotChangeItem {
  readonly dose: number;
  readonly startsAt: Date;
  /** null: it was not there. */
  readonly before: Seats | null;
  readonly after: Seats | null;
  /** true: no new bookings from then on; false: taken again. */
  readonly stopped?: boolean | null;
}

export interface SlotChangeRecord {
  readonly programmeId: string;
  readonly venueId: string;
  readonly scheduleId: string | null;
  readonly kind: SlotChangeKind;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly stopped?: number;
  readonly reopened?: number;
  /** The plan itself, before and after. */
  readonly before: unknown;
  readonly after: unknown;
  readonly items: readonly SlotChangeItem[];
}

export interface SlotChangeView {
  readonly id: string;
  readonly at: Date;
  /** Who did it, as colleagues know them; null for a program. */
  readonly by: string | null;
  readonly kind: SlotChangeKind;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Slots that took no new bookings from then on, and those that took them again. */
  readonly stopped: number;
  readonly reopened: number;
  /** At most 50 of its slots, in order. */
  readonly items: readonly SlotChangeItem[];
}

const batch = 2_000;
const shownItems = 50;

/** Writes down a change of seats in its own transaction: who, when, before and after. */
export async function appendSlotChange(
  trx: Knex.Transaction,
  actor: AuditActor,
  change: SlotChangeRecord,
): Promise<string> {
  const id = uuidv7();
  const { items, before, after } = change;
  await trx('slot_change').insert({
    id,
    programme_id: change.programmeId,
    venue_id: change.venueId,
    schedule_id: change.scheduleId,
    actor_kind: actor.kind,
    actor_id: actor.id,
    kind: change.kind,
    added: change.added,
    changed: change.changed,
    removed: change.removed,
    stopped: change.stopped ?? 0,
    reopened: change.reopened ?? 0,
    before: textOf(before),
    after: textOf(after),
  });
  for (let start = 0; start < items.length; start += batch) {
    const part = items.slice(start, start + batch);
    await trx.raw(
      `INSERT INTO slot_change_item (change_id, dose, starts_at, before, after, stopped)
       SELECT CAST(? AS uuid), i.dose, i.starts_at, nullif(i.before, '')::jsonb, nullif(i.after, '')::jsonb, nullif(i.stopped, '')::boolean
         FROM unnest(?::smallint[], ?::timestamptz[], ?::text[], ?::text[], ?::text[]) AS i (dose, starts_at, before, after, stopped)`,
      [
        id,
        part.map((item) => item.dose),
        part.map((item) => item.startsAt.toISOString()),
        part.map((item) => textOf(item.before && shortSeats(item.before)) ?? ''),
        part.map((item) => textOf(item.after && shortSeats(item.after)) ?? ''),
        part.map((item) => textOf(item.stopped) ?? ''),
      ],
    );
  }
  return id;
}

export type SlotHistory = ReturnType<typeof createSlotHistory>;

export function createSlotHistory(database: Database) {
  return {
    /** Changes at one venue, the newest first. `slot`: only those of one dose and start. `before`: the id after which to go on. */
    async list(filter: {
      readonly programmeId: string;
      readonly venueId: string;
      readonly slot?: { readonly dose: number; readonly startsAt: Date } | undefined;
      readonly before?: string | undefined;
      readonly limit: number;
    }): Promise<SlotChangeView[]> {
      const { slot } = filter;
      const { rows } = await database.raw<{
        rows: {
          id: string;
          at: Date;
          by: string | null;
          kind: SlotChangeKind;
          added: number;
          changed: number;
          removed: number;
          stopped: number;
          reopened: number;
          items: {
            dose: number;
            starts_at: string;
            before: Partial<Seats> | null;
            after: Partial<Seats> | null;
            stopped: boolean | null;
          }[];
        }[];
      }>(
        `SELECT c.id, c.at, s.display_name AS by, c.kind, c.added, c.changed, c.removed, c.stopped, c.reopened,
                coalesce((SELECT jsonb_agg(i ORDER BY i.starts_at, i.dose) FROM (
                   SELECT dose, starts_at, before, after, stopped FROM slot_change_item WHERE change_id = c.id AND (CAST(:dose AS int) IS NULL OR (dose = :dose AND starts_at = :startsAt))
                    ORDER BY starts_at, dose LIMIT ${String(shownItems)}) AS i), '[]') AS items
           FROM slot_change c LEFT JOIN staff s ON s.id = c.actor_id
          WHERE c.venue_id = :venueId AND c.programme_id = :programmeId AND (CAST(:before AS uuid) IS NULL OR c.id < :before)
            AND (CAST(:dose AS int) IS NULL OR EXISTS (SELECT 1 FROM slot_change_item WHERE change_id = c.id AND dose = :dose AND starts_at = :startsAt))
          ORDER BY c.id DESC LIMIT :limit`,
        {
          programmeId: filter.programmeId,
          venueId: filter.venueId,
          before: filter.before ?? null,
          dose: slot?.dose ?? null,
          startsAt: slot?.startsAt ?? null,
          limit: filter.limit,
        },
      );
      return rows.map((row) => ({
        ...row,
        items: row.items.map((item) => ({
          dose: item.dose,
          startsAt: new Date(item.starts_at),
          before: item.before && fullSeats(item.before),
          after: item.after && fullSeats(item.after),
          stopped: item.stopped,
        })),
      }));
    },
  };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function shortSeats(seats: Seats): Partial<Seats> {
  return Object.fromEntries(
    channels.filter((channel) => seats[channel] > 0).map((channel) => [channel, seats[channel]]),
  );
}

function fullSeats(seats: Partial<Seats>): Seats {
  return Object.fromEntries(channels.map((channel: Channel) => [channel, seats[channel] ?? 0])) as unknown as Seats;
}
