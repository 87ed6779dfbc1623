import { cityDate, daysBetween } from '../calendar/city-time';
import type { Channel, JourneyPlan, JourneyPlanStep } from '../contracts/booking-workflow';
import type { JourneyStep, ProgrammeDocument, StepCondition } from '../programmes/document';
import { earliestAfter, fewestDays } from '../programmes/interval';
import { intervalOf, vaccineAt } from '../programmes/vaccines';
import { defined } from '../text/defined';

/** What is known of the booking whose journey it is. What is not known rules no step out. */
export interface PlannedBooking {
  readonly dose: number;
  readonly venueCode?: string;
  readonly channel?: Channel;
  readonly slotStartsAt?: string;
}

/**
 * What a booking's workflow needs to know of a programme version. Steps whose conditions this booking can never fulfil
 * are left out, and invitations where there is no next dose to be invited to.
 */
export function planJourney(
  document: ProgrammeDocument,
  dose: number,
  booking: Omit<PlannedBooking, 'dose'> = {},
): JourneyPlan {
  const planned = { ...booking, dose };
  const hasNextDose = document.doses.some((item) => item.number === dose + 1);
  const steps = document.journey
    .filter((step) => hasNextDose || !(isInvitation(step) || step.when.kind === 'next_dose_possible'))
    .filter((step) => (step.conditions ?? []).every((condition) => mayHold(condition, planned)))
    .map((step) => planStep(document, step, planned));
  const isPlain = steps.every((step) => step.after === undefined && step.by === undefined && step.on !== 'held');
  return { noShowAfterHours: document.policies.noShowAfterHours, steps, ...(isPlain ? {} : { schema: 2 }) };
}

export function isInvitation(step: JourneyStep): boolean {
  return (
    step.onlyWithoutNextDose === true ||
    (step.conditions ?? []).some((condition) => condition.kind === 'without_next_dose')
  );
}

function planStep(document: ProgrammeDocument, step: JourneyStep, booking: PlannedBooking): JourneyPlanStep {
  return {
    id: step.id,
    on: step.on,
    ...whenOf(document, step, booking),
    ...defined({ by: step.by, label: step.label, notWithinHours: step.notWithinHours }),
    ...(isInvitation(step) ? { invites: true as const } : {}),
  };
}

function whenOf(
  document: ProgrammeDocument,
  { when }: JourneyStep,
  booking: PlannedBooking,
): Pick<JourneyPlanStep, 'before' | 'after'> {
  switch (when.kind) {
    case 'now':
      return {};
    case 'days_before':
      return { before: { days: when.days, at: when.at } };
    case 'days_after':
      return { after: { days: when.days, at: when.at } };
    case 'next_dose_possible': {
      return {
        after: { days: Math.max(0, daysToNextDose(document, booking) - (when.daysAhead ?? 0)), at: when.at },
      };
    }
  }
}

/** Days from the booking's day to the first on which the next dose may be given. */
function daysToNextDose(document: ProgrammeDocument, { dose, venueCode, slotStartsAt }: PlannedBooking): number {
  if (slotStartsAt === undefined) return fewestDays(intervalOf(document, dose + 1, undefined));
  const day = cityDate(slotStartsAt);
  const vaccine = venueCode === undefined ? undefined : vaccineAt(document, venueCode, day);
  return daysBetween(day, earliestAfter(intervalOf(document, dose + 1, vaccine), day));
}

function mayHold(condition: StepCondition, { dose, venueCode, channel }: PlannedBooking): boolean {
  switch (condition.kind) {
    case 'dose':
      return condition.doses.includes(dose);
    case 'venue':
      return venueCode === undefined || condition.venues.includes(venueCode);
    case 'channel':
      return channel === undefined || condition.channels.includes(channel);
    case 'group':
    case 'without_next_dose':
      // Known at sending.
      return true;
  }
}
