import { createHash } from 'node:crypto';

import type { Answers } from '../../domain/bookings/form';
import { draftOf, type InvalidAnswers } from '../../domain/bookings/plan';
import { planConfirm, planWalkIn } from '../../domain/bookings/plan-confirm';
import { type HoldWish, planHold } from '../../domain/bookings/plan-hold';
import { planCancel } from '../../domain/bookings/plan-steps';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type { ActorKind, Channel } from '../../domain/contracts/booking-workflow';
import { defined } from '../../domain/text/defined';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import type { Programmes } from '../programmes';
import { createAssignments } from './assignments';
import { createBookingReader } from './booking-reader';
import { type BookingChange, createBookingChanger, makers } from './change';
import { everyDose, holdQuestion, plain } from './questions';
import { createStaffSteps } from './staff-steps';
import { createWorkflowSteps } from './workflow-steps';

export { bookingForRules, type BookingView } from '../../domain/bookings/booking';
export type { InvalidAnswers } from '../../domain/bookings/plan';
export type { AssignInput } from './assignments';
export type { BookingChange } from './change';
export type { SystemChange, VersionChange } from './workflow-steps';

interface Change {
  readonly residentId: string;
  readonly channel: Channel;
  readonly actor: ActorKind;
  readonly idempotencyKey?: string;
}

type HoldInput = Change & Omit<HoldWish, 'isWalkIn'>;

interface ConfirmInput extends Change {
  readonly bookingId: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

interface WalkInInput {
  readonly residentId: string;
  readonly slotId: string;
  readonly dose: number;
  readonly answers: Answers | Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

export type BookingRepository = ReturnType<typeof createBookingRepository>;

/**
 * Every change of a booking: what it needs is read once, decided by the plans in `domain/bookings`, and written once, with its events. The
 * capacity, the one live booking and the allowed steps are also constraints of the tables.
 */
export function createBookingRepository(parts: { database: Database; keys: KeyRing; programmes: Programmes }) {
  const { keys, programmes } = parts;
  const changer = createBookingChanger(parts);
  const reader = createBookingReader(parts);
  const noResident = refuse('not_logged_in');

  return {
    ...reader,
    ...createStaffSteps(changer),
    ...createWorkflowSteps({ ...parts, changer, reader }),
    ...createAssignments({ ...parts, changer }),

    /**
     * Takes a seat for the hold time of the programme's published version. The booking pins that version.
     * With `replaces`: a hold is given back in the same go; a confirmed booking stays until the new one is confirmed.
     * With `next`, and where the programme assigns the next dose's seat: both are held, or neither is.
     */
    async hold(input: HoldInput): Promise<BookingChange | Refusal> {
      const { residentId, idempotencyKey, ...wish } = input;
      return plain(
        await changer.change({
          question: {
            ...holdQuestion(wish, await programmes.allPublished()),
            residentId,
            ...defined({ idempotencyKey }),
          },
          operation: operationOf('hold', [
            wish.slotId,
            wish.dose,
            wish.replaces ?? null,
            wish.channel,
            ...(wish.next ? [wish.next.slotId ?? 'by rule'] : []),
          ]),
          unknown: noResident,
          decide: (context) => planHold(draftOf(context), wish, makers),
        }),
      );
    },

    /** Confirms a hold whose time is not over. A booking that it replaces is cancelled in the same go. */
    confirm: ({
      residentId,
      idempotencyKey,
      ...wish
    }: ConfirmInput): Promise<BookingChange | Refusal | InvalidAnswers> =>
      changer.change({
        question: {
          residentId,
          bookingIds: [wish.bookingId],
          ...(wish.actor === 'operator' ? { doses: everyDose } : {}),
          ...defined({ idempotencyKey }),
        },
        operation: operationOf('confirm', [wish.bookingId, digestOf(keys, wish.answers)]),
        unknown: noResident,
        decide: (context) => planConfirm(draftOf(context), wish, makers),
      }),

    /** Gives a hold back, or cancels a confirmed booking within the cut-off. What has ended already is answered as it is. */
    async cancel(input: Change & { bookingId: string }): Promise<BookingChange | Refusal> {
      const { residentId, idempotencyKey, bookingId } = input;
      return plain(
        await changer.change({
          question: { residentId, bookingIds: [bookingId], ...defined({ idempotencyKey }) },
          operation: operationOf('cancel', [bookingId]),
          unknown: noResident,
          decide: (context) => planCancel(context, input),
        }),
      );
    },

    /**
     * A person without a booking is there: hold, confirmation and check-in in one go, on a seat of the venue's own for
     * today. All of it or nothing.
     */
    async walkIn(input: WalkInInput): Promise<BookingChange | Refusal | InvalidAnswers> {
      const { residentId, idempotencyKey, slotId, dose } = input;
      const wish = { slotId, dose, channel: 'venue', actor: 'venue' } as const;
      return changer.change({
        question: {
          ...holdQuestion(wish, await programmes.allPublished()),
          residentId,
          ...defined({ idempotencyKey }),
        },
        operation: operationOf('walk-in', [slotId, dose]),
        unknown: noResident,
        decide: (context) => planWalkIn(draftOf(context), input, makers),
      });
    },
  };
}

/** Operation and content of a request in one short text: the same key with another one is refused. */
function operationOf(name: string, content: readonly unknown[]): string {
  return `${name} ${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}`;
}

/** Answers are personal: their digest is keyed. */
function digestOf(keys: KeyRing, answers: Readonly<Record<string, unknown>>): string {
  return keys
    .blindIndex(JSON.stringify(Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))))
    .toString('base64url');
}
