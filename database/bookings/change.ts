import { randomInt } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { type BookingView, viewOf } from '../../domain/bookings/booking';
import {
  type Decision,
  type InvalidAnswers,
  type Makers,
  needsSeatsAlone,
  type Plan,
} from '../../domain/bookings/plan';
import { referenceFrom } from '../../domain/bookings/reference';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import type { ProgrammeVersion } from '../../domain/programmes/version';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { didNothing, inTransaction, type Sql } from '../foundation/transaction';
import type { Programmes } from '../programmes';
import { lockQuotas, shareSlots } from '../schedule';
import { createPlanApplier, type PlanToApply, seatsOf } from './apply';
import { type ContextQuestion, createContextLoader, type LoadedContext } from './load';

/**
 * `events`: what the change appended, to be handed to the workflows after the commit.
 * `replayed`: the answer to an earlier request with the same key.
 */
export interface BookingChange {
  readonly ok: true;
  readonly booking: BookingView;
  /** The next dose, held or confirmed in the same go. */
  readonly pair?: BookingView;
  readonly events: readonly BookingEvent[];
  readonly replayed: boolean;
}

/** A change of one resident's bookings: what is to be known, and how it is decided. */
export interface WantedChange {
  readonly question: ContextQuestion;
  /** Operation and content of the request in one short text: the same key with another one is refused. */
  readonly operation?: string;
  readonly isDelivered?: boolean;
  /** Where there is no such resident or booking. */
  readonly unknown: Refusal;
  readonly decide: (context: LoadedContext) => Decision;
}

export type Answer = BookingChange | Refusal | InvalidAnswers;

/** What a change read was changed before it could be written: `inTransaction` looks again. */
class StaleRowError extends Error {
  override name = 'StaleRowError';
  readonly code = '40001';
}

/** In a transaction of its own a plan is made at most this often: from the second time on its seats are its own. */
const looks = 4;
/**
 * First of every change in a transaction: changes of one resident come one after the other. A statement of its own, so that
 * what follows sees what the one before committed.
 */
const lockResidentText = `SELECT 1 FROM resident WHERE id = coalesce($1::uuid, (SELECT resident_id FROM booking WHERE id = $2::uuid)) FOR NO KEY UPDATE`;

export const makers: Makers = { newId: () => uuidv7(), newReference: () => referenceFrom(randomInt(100_000_000)) };

export type ChangeBooking = ReturnType<typeof createBookingChanger>;

/**
 * Every change of a booking: read once, decided by the rules in `domain/bookings`, written once. Reading locks nothing, and writing looks
 * whether what was read is still so; where it is not, or somebody else is at the same rows, the change is made again in a transaction that
 * waits its turn.
 */
export function createBookingChanger(parts: { database: Database; keys: KeyRing; programmes: Programmes }) {
  const { database, programmes } = parts;
  const load = createContextLoader(parts);
  const apply = createPlanApplier(parts);

  async function change(wanted: WantedChange): Promise<Answer> {
    // Before any transaction: see `programmes.version`.
    const published = await programmes.allPublished();
    const context = await load(wanted.question, published);
    if (!context) return wanted.unknown;
    const decision = decided(wanted, context);
    if (!('draft' in decision)) return answerOf(decision);
    if (!needsSeatsAlone(decision)) {
      try {
        if ((await apply(toApply(wanted, context, decision))) === 'done') return answerOf(decision);
      } catch (error) {
        // The server has refused it and nothing was written; in a transaction of its own it is tried again, or the reason is its own.
        if (!didNothing(error)) throw error;
      }
    }
    return inTransaction(database, (sql) => changeIn(sql, wanted, published));
  }

  /** The same inside a transaction. What it writes is kept or given up with it; a refusal has written nothing. */
  async function changeIn(sql: Sql, wanted: WantedChange, published: readonly ProgrammeVersion[]): Promise<Answer> {
    const { question } = wanted;
    await sql(lockResidentText, [question.residentId ?? null, question.bookingIds?.[0] ?? null]);
    let mayApply = false;
    for (let look = 0; look < looks; look++) {
      const context = await load(question, published, sql);
      if (!context) return wanted.unknown;
      const decision = decided(wanted, context);
      if (!('draft' in decision)) return answerOf(decision);
      const isAlone = mayApply || !needsSeatsAlone(decision);
      if (isAlone && (await apply(toApply(wanted, context, decision), sql)) === 'done') return answerOf(decision);
      await lockSeats(sql, decision);
      mayApply = true;
    }
    throw new StaleRowError('what a change rests on was changed again and again');
  }

  return { change, changeIn, load, apply };
}

/** Takes the seats of a plan, so that the next plan finds them as they are and stays true. */
async function lockSeats(sql: Sql, { draft }: Plan): Promise<void> {
  await shareSlots(
    sql,
    draft.steps.filter((step) => !step.before).map((step) => step.after.slot.id),
  );
  await lockQuotas(
    sql,
    seatsOf(draft).map(({ slot, channel }) => ({ slotId: slot, channel })),
  );
}

/** An earlier request with the same key is answered as it was. */
function decided({ operation, decide, question }: WantedChange, context: LoadedContext): Decision {
  const { known } = context;
  if (!known || question.idempotencyKey === undefined) return decide(context);
  if (known.operation !== operation) return refuse('idempotency_mismatch');
  const booking = context.bookings.find((item) => item.id === known.bookingId);
  return booking ? { ok: true, known: booking } : refuse('booking_unknown');
}

function toApply({ question, operation, isDelivered }: WantedChange, context: LoadedContext, plan: Plan): PlanToApply {
  const { idempotencyKey: key } = question;
  return {
    context,
    draft: plan.draft,
    ...(key !== undefined && operation !== undefined ? { key: { key, operation, bookingId: plan.booking.id } } : {}),
    ...(isDelivered ? { isDelivered } : {}),
  };
}

function answerOf(decision: Decision): Answer {
  if (!decision.ok) return decision;
  if ('known' in decision) return { ok: true, booking: viewOf(decision.known), events: [], replayed: true };
  return {
    ok: true,
    booking: viewOf(decision.booking),
    ...(decision.pair ? { pair: viewOf(decision.pair) } : {}),
    events: decision.draft.steps.map((step) => step.event),
    replayed: false,
  };
}
