import type { JourneyPlan } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programme/document';

/**
 * What a booking's workflow needs to know of a programme version. Invitations are left out where there is no next dose
 * to be invited to.
 */
export function planJourney(document: ProgrammeDocument, dose: number): JourneyPlan {
  const hasNextDose = document.doses.some((item) => item.number === dose + 1);
  return {
    noShowAfterHours: document.policies.noShowAfterHours,
    steps: document.journey
      .filter((step) => hasNextDose || !step.onlyWithoutNextDose)
      .map((step) => ({
        id: step.id,
        on: step.on,
        ...(step.when.kind === 'days_before' ? { before: { days: step.when.days, at: step.when.at } } : {}),
        ...(step.notWithinHours === undefined ? {} : { notWithinHours: step.notWithinHours }),
        ...(step.onlyWithoutNextDose ? { invites: true as const } : {}),
      })),
  };
}
