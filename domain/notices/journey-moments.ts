import { addDays, cityDate, instantOf } from '../calendar/city-time';
import type { BookingEvent, EndReason, JourneyPlan, JourneyPlanStep } from '../contracts/booking-workflow';

const hourMs = 3_600_000;

/** What the citizen is told at once when this has happened. */
export function stepsAt(plan: JourneyPlan, event: Pick<BookingEvent, 'type' | 'reason' | 'facts'>): JourneyPlanStep[] {
  const moment = momentOf(event);
  return plan.steps.filter(
    (step) => step.on === moment && step.before === undefined && step.after === undefined && isBy(step, event.reason),
  );
}

function isBy(step: JourneyPlanStep, reason: EndReason | undefined): boolean {
  return step.by === undefined || (reason !== undefined && step.by.includes(reason));
}

/** The moment of the journey that an event is; undefined for those nobody is told of. */
function momentOf({
  type,
  reason,
  facts,
}: Pick<BookingEvent, 'type' | 'reason' | 'facts'>): JourneyPlanStep['on'] | undefined {
  switch (type) {
    case 'confirmed':
      return facts.replaces === undefined ? 'confirmed' : 'changed';
    case 'cancelled':
      // The new booking tells of the change; a second mail about the old one would frighten people.
      return reason === 'moved' ? undefined : 'cancelled';
    case 'attended':
    case 'no_show':
    case 'held':
      return type;
    case 'check_in_undone':
    case 'programme_changed':
    case 'expired':
    case 'released':
      return undefined;
  }
}

export interface Reminder {
  readonly step: JourneyPlanStep;
  /** ms since the epoch */
  readonly dueAt: number;
  /** Why it is left out from the start. */
  readonly leftOut?: 'booked_shortly_before' | 'past';
}

/**
 * The reminders of an appointment, in order of time. Left out: those due too shortly after the booking (the programme
 * says how short), and those whose time had passed when it was made.
 */
export function remindersOf(plan: JourneyPlan, confirmedAt: string, slotStartsAt: string): Reminder[] {
  const confirmed = Date.parse(confirmedAt);
  const start = Date.parse(slotStartsAt);
  return plan.steps
    .flatMap((step): Reminder[] => {
      if (step.before === undefined || step.on !== 'confirmed') return [];
      const dueAt = instantOf(addDays(cityDate(slotStartsAt), -step.before.days), step.before.at).getTime();
      if (dueAt <= confirmed || dueAt >= start) return [{ step, dueAt, leftOut: 'past' }];
      if (dueAt - confirmed < (step.notWithinHours ?? 0) * hourMs)
        return [{ step, dueAt, leftOut: 'booked_shortly_before' }];
      return [{ step, dueAt }];
    })
    .sort((a, b) => a.dueAt - b.dueAt);
}

/** What is told some days after an event, in order of time. Left out: what would be due before the event itself. */
export function laterSteps(
  plan: JourneyPlan,
  event: Pick<BookingEvent, 'type' | 'reason' | 'facts' | 'at'>,
): Reminder[] {
  const moment = momentOf(event);
  // Days are counted from the appointment where there was one, else from what happened.
  const day = cityDate(moment === 'attended' || moment === 'no_show' ? event.facts.slotStartsAt : event.at);
  return plan.steps
    .flatMap((step): Reminder[] => {
      if (step.after === undefined || step.on !== moment || !isBy(step, event.reason)) return [];
      const dueAt = instantOf(addDays(day, step.after.days), step.after.at).getTime();
      return [dueAt <= Date.parse(event.at) ? { step, dueAt, leftOut: 'past' } : { step, dueAt }];
    })
    .sort((a, b) => a.dueAt - b.dueAt);
}

/**
 * What a confirmed booking still gets when another journey takes the place of its own at `changedAt`: what is due after that moment.
 * What was due before belonged to the journey of then, sent or not.
 */
export function stepsAfterChange(
  plan: JourneyPlan,
  confirmation: Pick<BookingEvent, 'type' | 'reason' | 'facts' | 'at'>,
  slotStartsAt: string,
  changedAt: string,
): Reminder[] {
  const changed = Date.parse(changedAt);
  return [...remindersOf(plan, confirmation.at, slotStartsAt), ...laterSteps(plan, confirmation)].filter(
    ({ dueAt, leftOut }) => dueAt > changed && leftOut !== 'past',
  );
}

/** When a person who has not been checked in counts as not come, ms since the epoch. */
export function noShowAt(plan: JourneyPlan, slotEndsAt: string): number {
  return Date.parse(slotEndsAt) + plan.noShowAfterHours * hourMs;
}
