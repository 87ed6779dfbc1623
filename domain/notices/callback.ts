import { addDays, cityDate, instantOf } from '../calendar/city-time';
import type { ActorKind } from '../contracts/booking-workflow';
import type { JourneyStep } from '../programmes/document';

/** Why a person is to be called: a notice failed for good, there is no address to write to, or it was promised on the telephone. */
export const callbackCauses = ['notice_failed', 'no_address', 'promised'] as const;
export type CallbackCause = (typeof callbackCauses)[number];

/** What came of one call. */
export const callOutcomes = ['reached', 'no_answer', 'busy', 'left_message', 'wrong_number'] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** What an entry ended with. `told_by_notice`: by itself, a later notice left. */
export const callbackEnds = ['reached', 'settled', 'told_by_notice'] as const;
export type CallbackEnd = (typeof callbackEnds)[number];

const lastCallAt = '17:00';
const dayMs = 86_400_000;
const protectedCallMs = 2 * 3_600_000;

/**
 * When a person who could not be told is to be called at the latest: within a day, and before the evening of the day before
 * the appointment. Never in the past: what is late is due now.
 */
export function callbackDueAt(now: Date, slotStartsAt: Date): Date {
  const within = now.getTime() + dayMs;
  if (slotStartsAt <= now) return new Date(within);
  const before = instantOf(addDays(cityDate(slotStartsAt), -1), lastCallAt).getTime();
  return new Date(Math.max(now.getTime(), Math.min(within, before)));
}

/** When a protected resident is called: soon, whenever the appointment is, so that the time says nothing of it. */
export function callbackDueAtProtected(now: Date): Date {
  return new Date(now.getTime() + protectedCallMs);
}

/**
 * Whether a person without an address is to be called instead. What people do themselves, on the screen or with an operator
 * on the line, they know already; what the city does, what comes later and what is an invitation they do not.
 * @param by who took the step that the notice tells of
 */
export function mustBeCalledWithoutAddress(step: Pick<JourneyStep, 'on' | 'when'>, by: ActorKind): boolean {
  if (step.when.kind !== 'now') return true;
  const isOwnStep = step.on === 'confirmed' || step.on === 'changed' || step.on === 'cancelled';
  return !isOwnStep || by === 'city' || by === 'system';
}
