import { type Draft, liveBookings, type PlannedStep, type ReopenedSeat, versionOf } from '../../domain/bookings/plan';
import { takesSeat } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { SeatShare } from '../../domain/programmes/seat-stages';
import { createBatch } from '../foundation/batch';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';
import { didNothing, type Sql } from '../foundation/transaction';
import { telephoneKeyOfAnswers } from '../residents';
import type { LoadedContext } from './load';

/** A decided change, ready to be written. */
export interface PlanToApply {
  readonly context: LoadedContext;
  readonly draft: Draft;
  readonly key?: { readonly key: string; readonly operation: string; readonly bookingId: string };
  /** The caller itself takes the events to the workflow. */
  readonly isDelivered?: boolean;
}

/**
 * `changed`: it rests on what is no longer so; `full`: a seat is gone; `busy`: another transaction has what it needs. Then nothing of the
 * plan was written.
 */
export type Outcome = 'done' | 'changed' | 'full' | 'busy';

interface SeatCount {
  readonly slot: string;
  readonly channel: Channel;
  more: number;
}

const applyText = 'SELECT apply_booking_plans($1::jsonb, $2) AS outcomes';

/** Residents changed together. One batch at a time: two would want the same seats. */
const batch = { most: 48, width: 1, waitMs: 5_000 } as const;

export type ApplyPlan = ReturnType<typeof createPlanApplier>;

/** Writes plans: outside of a transaction those of many requests together, inside one that one alone, waiting for what others hold. */
export function createPlanApplier({ database, keys }: { database: Database; keys: KeyRing }) {
  const applyTogether = createBatch<PlanToApply, Outcome>({
    ...batch,
    keyOf: (plan) => plan.context.resident.id,
    isUndone: didNothing,
    async run(plans) {
      const values = [JSON.stringify(jsonOf(plans, keys)), false];
      const [row] = await preparedQuery<{ outcomes: Outcome[] }>(database, 'booking-plans', applyText, values);
      return row?.outcomes ?? [];
    },
  });
  return async (plan: PlanToApply, sql?: Sql): Promise<Outcome> => {
    if (!sql) return applyTogether(plan);
    const [row] = await sql<{ outcomes: Outcome[] }>(applyText, [JSON.stringify(jsonOf([plan], keys)), true]);
    return row?.outcomes[0] ?? 'changed';
  };
}

/** The seats of a plan as they are counted: how many more, or less, are taken of each. */
export function seatsOf(draft: Draft): SeatCount[] {
  return summed(countedSteps(draft).map((item) => ({ slot: item.slotId, channel: item.channel, more: item.more })));
}

interface CountedSeat {
  readonly slotId: string;
  readonly channel: Channel;
  readonly shareCode: string | null;
  readonly limit?: SeatShare | undefined;
  readonly more: 1 | -1;
}

function countedSteps({ steps, reopened }: Draft): CountedSeat[] {
  return [
    ...steps.filter(isCounted).map(({ after, seat, limit }) => ({
      slotId: after.slot.id,
      channel: after.channel,
      shareCode: after.shareCode,
      limit,
      more: seat === 'taken' ? (1 as const) : (-1 as const),
    })),
    ...reopened.map((item: ReopenedSeat) => ({ ...item, more: -1 as const })),
  ];
}

function isCounted({ seat }: PlannedStep): boolean {
  return seat === 'taken' || seat === 'given back';
}

function summed<Count extends SeatCount & { readonly code?: string }>(counts: readonly Count[]): Count[] {
  const sums = new Map<string, Count>();
  for (const item of counts) {
    const name = `${item.slot} ${item.channel} ${item.code ?? ''}`;
    const known = sums.get(name);
    if (known) known.more += item.more;
    else sums.set(name, { ...item });
  }
  return [...sums.values()];
}

/** All plans as the lists that the function in the database takes; `n` says to which plan an item belongs. */
function jsonOf(plans: readonly PlanToApply[], keys: KeyRing): Record<string, object[]> {
  const lists: Record<string, object[]> = {};
  for (const [n, plan] of plans.entries())
    for (const [name, items] of Object.entries(listsOf(plan, keys)))
      for (const item of items) (lists[name] ??= []).push({ n, ...item });
  return lists;
}

function listsOf({ context, draft, key, isDelivered }: PlanToApply, keys: KeyRing): Record<string, object[]> {
  const { steps, reopened } = draft;
  const counted = countedSteps(draft);
  const holds = steps.filter((step) => !step.before);
  return {
    plans: [
      {
        resident: context.resident.id,
        row_version: context.rowVersion,
        seen: Object.fromEntries(liveBookings(context).map((item) => [item.id, item.version])),
      },
    ],
    places: holds.map(({ after: { slot } }) => ({ slot: slot.id, venue: slot.venue.id })),
    seats: seatsOf(draft),
    shares: summed(
      counted.flatMap(({ slotId, channel, shareCode, limit, more }) =>
        shareCode === null ? [] : [{ slot: slotId, channel, code: shareCode, more, percent: limit?.share }],
      ),
    ),
    opened: reopened.map((item) => ({ booking: item.bookingId })),
    steps: steps.flatMap((step, index) => (step.before ? [stepJson(step, roundOf(steps, index), draft, keys)] : [])),
    holds: holds.map((step) => holdJson(step, context)),
    events: steps.map(({ event: { bookingId, ...event } }) => ({
      booking: bookingId,
      ...event,
      delivered: isDelivered,
    })),
    cooled: steps.flatMap(({ after, seat, reopensAt }) =>
      seat === 'cooled'
        ? [{ booking: after.id, slot: after.slot.id, channel: after.channel, share: after.shareCode, reopensAt }]
        : [],
    ),
    keys: key
      ? [{ resident: context.resident.id, key: key.key, operation: key.operation, booking: key.bookingId }]
      : [],
  };
}

/** When a step is written: 0 before the new holds, where it frees a place; later ones after the booking's own steps before. */
function roundOf(steps: readonly PlannedStep[], index: number): number {
  const step = steps[index];
  const before = steps.slice(0, index).filter((item) => item.after.id === step?.after.id).length;
  return before === 0 && step && !takesSeat(step.after.state) ? 0 : Math.max(1, before);
}

function stepJson({ after, answers, event }: PlannedStep, round: number, draft: Draft, keys: KeyRing): object {
  return {
    round,
    id: after.id,
    version: after.version,
    state: after.state,
    reason: after.endReason,
    replacedBy: after.replacedBy,
    programmeVersion: after.programmeVersionId,
    reference: after.reference,
    at: event.at,
    ...(answers
      ? {
          answers: keys.seal(JSON.stringify(answers)).toString('base64'),
          telephone: telephoneKeyOfAnswers(keys, versionOf(draft.context, after).document, answers),
        }
      : {}),
  };
}

function holdJson({ after, groupCode, event }: PlannedStep, context: LoadedContext): object {
  return {
    id: after.id,
    programme: context.resident.programmeId,
    programmeVersion: after.programmeVersionId,
    resident: after.residentId,
    dose: after.dose,
    slot: after.slot.id,
    channel: after.channel,
    expiresAt: after.holdExpiresAt,
    replaces: after.replaces,
    changes: after.changes,
    at: event.at,
    group: groupCode,
    share: after.shareCode,
    pair: after.pairOf,
  };
}
