import { type BookingForRules, decideCancel, decideChange, decideHold } from '../bookings/rules';
import { addDays, cityDate, cityTime, instantOf } from '../calendar/city-time';
import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { ProgrammeDocument } from '../programmes/document';
import { earliestAfter } from '../programmes/interval';
import { intervalOf, seatOf, vaccineAt } from '../programmes/vaccines';
import type { PersonPlan, PlannedBooking, RehearsedPerson, RehearsedSlot } from './plan';
import type { Story, StoryKind } from './script';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Between choosing a seat and pressing the last button. */
const fillsInMs = 2 * minuteMs;
const comesEarlyMs = 5 * minuteMs;

/** Gives a person a seat near a day and time for a dose, or says why not. `taken`: what they have so far. */
export type ChooseSlot = (wish: {
  readonly dose: number;
  readonly date: string;
  readonly time: string;
  readonly now: Date;
  readonly bookings: readonly BookingForRules[];
  readonly replaces?: string;
  readonly ignoresWindow?: true;
}) => { readonly ok: true; readonly slot: RehearsedSlot } | Refusal;

type Held = Pick<PlannedBooking, 'dose' | 'slot' | 'heldAt' | 'holdExpiresAt'>;

/** An invented venue, open at any time. */
export const rehearsalVenue = {
  venueCode: 'rehearsal',
  venueName: 'リハーサル会場',
  venueAddress: 'リハーサル市1丁目1番1号',
} as const;

/** A seat exactly where it is wished for, if the programme's rules allow it. */
export function anySeat(
  document: ProgrammeDocument,
  person: RehearsedPerson,
  venueCode: string = rehearsalVenue.venueCode,
): ChooseSlot {
  return ({ dose, date, time, now, bookings, ...request }) => {
    const startsAt = instantOf(date, time);
    const decision = decideHold(
      document,
      person,
      bookings,
      { dose, startsAt, venueCode },
      { dose, channel: person.channel, ...request },
      now,
    );
    return decision.ok
      ? {
          ok: true,
          slot: { startsAt, endsAt: new Date(startsAt.getTime() + 30 * minuteMs), ...rehearsalVenue, venueCode },
        }
      : decision;
  };
}

/**
 * A person's way through the programme by its own rules: which seats are held when, what they do, and how each booking ends. A person
 * who attends goes on to the next dose. Rules of the programme that stand in the way end it with their refusal.
 */
export function composePlan(
  document: ProgrammeDocument,
  person: RehearsedPerson,
  story: Story,
  choose: ChooseSlot = anySeat(document, person, story.venueCode),
): PersonPlan {
  const bookings: PlannedBooking[] = [];
  const known: BookingForRules[] = [];
  let now = new Date(story.bookedAt);
  let wish: { readonly date: string; readonly time: string; readonly ignoresWindow?: true } = {
    date: addDays(cityDate(now), story.daysAhead),
    time: story.time,
  };
  for (const { number: dose } of document.doses) {
    const isFirst = dose === 1;
    // Only the story of the first dose is told; a person who comes to it comes to the next ones.
    const kind: StoryKind = isFirst ? story.kind : 'attends';
    if (!isFirst) {
      const before = bookings.at(-1);
      if (before?.endsAs !== 'attended') break;
      const seat = seatOf(document, dose, before.slot.venueCode);
      if (seat.mode === 'chosen') {
        now = new Date(before.slot.endsAt.getTime() + 60 * minuteMs);
        const { venueCode, startsAt } = before.slot;
        const day = cityDate(startsAt);
        const earliest = earliestAfter(intervalOf(document, dose, vaccineAt(document, venueCode, day)), day);
        const first = addDays(cityDate(now), document.bookingWindow.firstDay);
        const last = addDays(cityDate(now), document.bookingWindow.lastDay);
        wish = { date: earliest < first ? first : earliest, time: cityTime(startsAt) };
        // Where the window ends before the interval, people come back when the day can be booked.
        if (wish.date > last) now = new Date(now.getTime() + daysFrom(last, wish.date) * dayMs);
      } else {
        // The programme puts the seat there, and both are booked in one go.
        now = before.heldAt;
        wish = {
          date: addDays(cityDate(before.slot.startsAt), seat.afterDays),
          time: cityTime(before.slot.startsAt),
          ignoresWindow: true,
        };
      }
    }
    const chosen = choose({ dose, ...wish, now, bookings: known });
    if (!chosen.ok) return { person, bookings, refusal: { at: now, dose, refusal: chosen } };
    const held = holdOf(document, dose, chosen.slot, now);
    const asBooked = (planned: Held, state: BookingForRules['state'], id: string): BookingForRules => ({
      id,
      dose,
      state,
      venueCode: planned.slot.venueCode,
      slotStartsAt: planned.slot.startsAt,
      holdExpiresAt: planned.holdExpiresAt,
      replaces: null,
      changes: 0,
    });
    const confirmedAt = new Date(
      now.getTime() + Math.min(fillsInMs, (held.holdExpiresAt.getTime() - now.getTime()) / 2),
    );
    const actsAt = latest(
      new Date(chosen.slot.startsAt.getTime() - story.actsDaysBefore * dayMs),
      new Date(confirmedAt.getTime() + minuteMs),
    );
    const confirm = { kind: 'confirm', at: confirmedAt } as const;
    const comes = (slot: RehearsedSlot) =>
      ({ kind: 'attend', at: new Date(slot.startsAt.getTime() - comesEarlyMs) }) as const;
    switch (kind) {
      case 'hold_runs_out':
        return { person, bookings: [...bookings, { ...held, acts: [], endsAs: 'expired' }] };
      case 'gives_up':
        return {
          person,
          bookings: [...bookings, { ...held, acts: [{ kind: 'give_up', at: confirmedAt }], endsAs: 'released' }],
        };
      case 'does_not_come':
        return { person, bookings: [...bookings, { ...held, acts: [confirm], endsAs: 'no_show' }] };
      case 'city_cancels':
        return {
          person,
          bookings: [
            ...bookings,
            { ...held, acts: [confirm, { kind: 'city_cancel', at: actsAt }], endsAs: 'cancelled' },
          ],
        };
      case 'cancels': {
        const may = decideCancel(document, asBooked(held, 'confirmed', 'a'), known, person.channel, actsAt);
        if (!may.ok)
          return {
            person,
            bookings: [...bookings, { ...held, acts: [confirm, comes(chosen.slot)], endsAs: 'attended' }],
            refusal: { at: actsAt, dose, refusal: may },
          };
        return {
          person,
          bookings: [...bookings, { ...held, acts: [confirm, { kind: 'cancel', at: actsAt }], endsAs: 'cancelled' }],
        };
      }
      case 'moves': {
        const old = asBooked(held, 'confirmed', 'old');
        const may = decideChange(document, old, person.channel, actsAt);
        const other = may.ok
          ? choose({
              dose,
              date: addDays(cityDate(chosen.slot.startsAt), 1),
              time: wish.time,
              now: actsAt,
              bookings: [...known, old],
              replaces: 'old',
            })
          : may;
        if (!other.ok)
          return {
            person,
            bookings: [...bookings, { ...held, acts: [confirm, comes(chosen.slot)], endsAs: 'attended' }],
            refusal: { at: actsAt, dose, refusal: other },
          };
        const move = holdOf(document, dose, other.slot, actsAt);
        const movedAt = new Date(actsAt.getTime() + fillsInMs);
        bookings.push(
          { ...held, acts: [confirm, { kind: 'moved', at: movedAt }], endsAs: 'cancelled' },
          { ...move, acts: [{ kind: 'confirm', at: movedAt }, comes(other.slot)], endsAs: 'attended', isMove: true },
        );
        known.push(asBooked(move, 'attended', `dose-${String(dose)}`));
        break;
      }
      case 'attends':
        bookings.push({ ...held, acts: [confirm, comes(chosen.slot)], endsAs: 'attended' });
        known.push(asBooked(held, 'attended', `dose-${String(dose)}`));
    }
  }
  return { person, bookings };
}

function holdOf(document: ProgrammeDocument, dose: number, slot: RehearsedSlot, heldAt: Date): Held {
  return { dose, slot, heldAt, holdExpiresAt: new Date(heldAt.getTime() + document.policies.holdMinutes * minuteMs) };
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/** No seat is left for a person. */
export const noSeat = refuse('slot_full');
