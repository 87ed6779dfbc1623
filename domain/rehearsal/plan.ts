import type { Refusal } from '../contracts/booking-refusals';
import type { Channel } from '../contracts/booking-workflow';
import type { Person } from '../programmes/eligibility';

/** A person who does not exist. */
export interface RehearsedPerson extends Person {
  readonly birthDate: string;
  readonly declared: readonly string[];
  readonly hasEmail: boolean;
  readonly channel: Channel;
}

export interface RehearsedSlot {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly venueCode: string;
  readonly venueName: string;
  readonly venueAddress: string;
}

/** How a rehearsed booking goes on after the hold, and when. `by_itself`: nobody does anything, so its own time ends it. */
export type RehearsedAct =
  | { readonly kind: 'confirm' | 'give_up' | 'cancel' | 'city_cancel' | 'attend'; readonly at: Date }
  /** Another booking takes its place: the next of the list. */
  | { readonly kind: 'moved'; readonly at: Date };

export interface PlannedBooking {
  readonly dose: number;
  readonly slot: RehearsedSlot;
  readonly heldAt: Date;
  readonly holdExpiresAt: Date;
  readonly acts: readonly RehearsedAct[];
  /** Where its life must end, by the rules. */
  readonly endsAs: 'attended' | 'no_show' | 'cancelled' | 'expired' | 'released';
  /** It takes the place of the booking before it in the list. */
  readonly isMove?: true;
}

export interface PersonPlan {
  readonly person: RehearsedPerson;
  readonly bookings: readonly PlannedBooking[];
  /** What the programme says to this person, and when: they cannot go on from there. */
  readonly refusal?: { readonly at: Date; readonly dose: number; readonly refusal: Refusal };
}

/** Whether a booking counts at a moment: confirmed, and neither cancelled nor moved yet. */
export function isConfirmedAt({ acts }: PlannedBooking, moment: Date): boolean {
  const done = acts.filter((act) => act.at <= moment);
  return (
    done.some((act) => act.kind === 'confirm') &&
    !done.some((act) => act.kind === 'cancel' || act.kind === 'city_cancel' || act.kind === 'moved')
  );
}
