import { noticeWords } from '../bookings/booking-words';
import type { BookingEvent, JourneyPlan, JourneyPlanStep } from '../contracts/booking-workflow';
import { stepsAfterChange } from './journey-moments';

export const noticeChangeKinds = ['added', 'dropped', 'moved'] as const;

/** A notice that a booking gets, does not get, or gets at another time, under another version of its programme. */
export interface NoticeChange {
  readonly step: string;
  readonly label: string;
  readonly kind: (typeof noticeChangeKinds)[number];
}

/**
 * What changes for a confirmed booking when the journey `after` takes the place of `before` at `changedAt`: reminders and what follows the
 * confirmation by the moment at which they are due; what hangs on moments to come (attended, not come, cancelled) by what the
 * journeys say. Conditions that are known only at sending count as fulfilled, and words that change are no change here.
 */
export function noticeChanges(
  before: JourneyPlan,
  after: JourneyPlan,
  booking: {
    readonly confirmation: Pick<BookingEvent, 'type' | 'reason' | 'facts' | 'at'>;
    readonly slotStartsAt: string;
    readonly changedAt: string;
  },
): NoticeChange[] {
  const { confirmation, slotStartsAt, changedAt } = booking;
  const earlier = new Set(
    stepsAfterChange(before, confirmation, slotStartsAt, confirmation.at)
      .filter(({ dueAt, leftOut }) => dueAt <= Date.parse(changedAt) && !leftOut)
      .map(({ step }) => step.id),
  );
  const planned = (plan: JourneyPlan): Planned =>
    new Map([
      ...stepsAfterChange(plan, confirmation, slotStartsAt, changedAt)
        .filter(({ leftOut }) => !leftOut)
        .map(({ step, dueAt }) => [step.id, { step, when: String(dueAt) }] as const),
      ...plan.steps
        .filter(isToCome)
        .map((step) => [step.id, { step, when: JSON.stringify([step.on, step.after, step.by]) }] as const),
    ]);
  const [old, next] = [planned(before), planned(after)];
  const changes: NoticeChange[] = [];
  for (const [id, { step, when }] of next) {
    const known = old.get(id);
    // A person who was told already is not told again.
    if (!known && !earlier.has(id)) changes.push({ step: id, label: noticeWords(step), kind: 'added' });
    else if (known && known.when !== when) changes.push({ step: id, label: noticeWords(step), kind: 'moved' });
  }
  for (const [id, { step }] of old)
    if (!next.has(id)) changes.push({ step: id, label: noticeWords(step), kind: 'dropped' });
  return changes;
}

type Planned = ReadonlyMap<string, { readonly step: JourneyPlanStep; readonly when: string }>;

/** Hangs on something that has not happened to a confirmed booking. */
function isToCome(step: JourneyPlanStep): boolean {
  return step.on === 'attended' || step.on === 'no_show' || step.on === 'cancelled';
}
