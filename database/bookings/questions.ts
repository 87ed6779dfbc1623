import { daysToNextDose, type HoldWish } from '../../domain/bookings/plan-hold';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type { ProgrammeVersion } from '../../domain/programmes/version';
import type { Answer, BookingChange } from './change';
import type { ContextQuestion } from './load';

/** The doses that a programme can have. */
export const everyDose = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What has to be known for a hold: its slots, what it replaces, and a permit where an operator books. */
export function holdQuestion(
  { slotId, dose, channel, actor, next, replaces }: HoldWish,
  published: readonly ProgrammeVersion[],
): ContextQuestion {
  const days = published.flatMap((version) => daysToNextDose(version, dose));
  return {
    slotIds: [slotId, ...(next?.slotId === undefined ? [] : [next.slotId])],
    channels: [channel],
    ...(days.length > 0 ? { daysToNextDose: days } : {}),
    ...(replaces === undefined ? {} : { bookingIds: [replaces] }),
    ...(actor === 'operator' ? { doses: [dose, dose + 1] } : {}),
  };
}

/** Where no answers were given, none can be invalid. */
export function plain(answer: Answer): BookingChange | Refusal {
  return !answer.ok && 'faults' in answer ? refuse('invalid_answers') : answer;
}
