import type { BookingState } from '../contracts/booking-lifecycle';
import type { Refusal } from '../contracts/booking-refusals';
import type { ProgrammeDocument } from '../programmes/document';
import { checkOpen, type Person } from '../programmes/eligibility';
import { bookingWindow } from '../programmes/window';
import { allowedDates, type BookingForRules } from './rules';

/** What an operator can do for a resident's dose. `dates`: city dates on which it may lie, both included. */
export type DoseState =
  | { readonly kind: 'open'; readonly dates: { readonly first: string; readonly last: string } }
  | {
      readonly kind: 'taken';
      readonly state: BookingState;
      readonly bookingId: string;
      readonly dates: { readonly first: string; readonly last: string };
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface ResidentForDoses {
  readonly person: Person;
  /** Bookings that are held (and not run out), confirmed or attended. */
  readonly bookings: readonly BookingForRules[];
  /** Doses for which a permit is in force. */
  readonly permitted: readonly number[];
}

/** The state of one dose for a resident: booked, to be booked and when, or why not. Says nothing of free seats. */
export function doseState(
  document: ProgrammeDocument,
  dose: number,
  { person, bookings, permitted }: ResidentForDoses,
  now: Date,
): DoseState {
  const rest = bookings.filter((item) => item.dose !== dose);
  const allowed = allowedDates(document, dose, rest);
  const window = bookingWindow(document, now, { channel: 'phone', dose });
  const dates = {
    first: later(window.first, 'ok' in allowed ? undefined : allowed.earliest),
    last: earlier(window.last, 'ok' in allowed ? undefined : allowed.latest),
  };
  const live = bookings.filter((item) => item.dose === dose);
  const taken = live.find((item) => item.replaces === null) ?? live[0];
  if (taken) return { kind: 'taken', state: taken.state, bookingId: taken.id, dates };
  const open = checkOpen(document, person, now, { channel: 'phone', dose });
  if (!open.ok && !permitted.includes(dose)) return { kind: 'refused', refusal: open };
  return 'ok' in allowed ? { kind: 'refused', refusal: allowed } : { kind: 'open', dates };
}

function later(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a;
}

function earlier(a: string, b: string | undefined): string {
  return b !== undefined && b < a ? b : a;
}
