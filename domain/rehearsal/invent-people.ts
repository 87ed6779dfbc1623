import { decideHold } from '../bookings/rules';
import { addDays, cityDate, cityTime, instantOf } from '../calendar/city-time';
import type { ProgrammeDocument } from '../programmes/document';
import { fewestDays } from '../programmes/interval';
import { type ChooseSlot, composePlan, noSeat, rehearsalVenue } from './compose';
import type { PersonPlan, RehearsedPerson, RehearsedSlot } from './plan';
import { samplePersonOf } from './sample-person';
import type { Story, StoryKind } from './script';

export interface OfferedSeats extends RehearsedSlot {
  readonly dose: number;
  readonly seats: number;
}

export interface InventedOpening {
  readonly plans: readonly PersonPlan[];
  readonly offered: readonly OfferedSeats[];
  /** The seats are invented, because no slots have been made yet. */
  readonly isInvented: boolean;
}

/** Of a hundred people so many do this. */
const shares: readonly (readonly [StoryKind, number])[] = [
  ['attends', 62],
  ['does_not_come', 8],
  ['cancels', 8],
  ['moves', 7],
  ['city_cancels', 3],
  ['hold_runs_out', 8],
  ['gives_up', 4],
];
const minuteMs = 60_000;
/** Most come in the first minutes after the opening, ms. */
const rushMs = 20 * minuteMs;

/** A small generator with a seed: the same rehearsal can be played again. Gives numbers from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = (seed + 0x6d2b79f5) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Some hundred people who come when their group opens and take the seats that there are, the first first. Which seats are taken is
 * settled here by the programme's rules; what then happens to each booking is played on the real workflow.
 */
export function inventPeople(
  document: ProgrammeDocument,
  { people, seed, slots }: { readonly people: number; readonly seed: number; readonly slots: readonly OfferedSeats[] },
): InventedOpening {
  const random = seeded(seed);
  const pick = <Item>(list: readonly Item[]): Item | undefined => list[Math.floor(random() * list.length)];
  const arrivals = Array.from({ length: people }, () => {
    const group = pick(document.groups) ?? document.groups[0];
    // The closer to the opening the more: a squared fraction of the rush.
    return {
      groupCode: group?.code ?? '',
      at: new Date(Date.parse(group?.opensAt ?? '') + Math.floor(random() ** 2 * rushMs)),
    };
  }).sort((a, b) => a.at.getTime() - b.at.getTime());
  const first = arrivals[0]?.at ?? new Date(0);
  const last = arrivals.at(-1)?.at ?? first;
  const isOffered = (slot: OfferedSeats) =>
    slot.startsAt > first && slot.startsAt.getTime() < last.getTime() + 200 * 86_400_000;
  const real = slots.filter(isOffered);
  const isInvented = !real.some((slot) => slot.dose === 1);
  const offered = isInvented
    ? inventSeats(
        document,
        arrivals.map(({ at }) => at),
        people,
      )
    : real;
  const left = new Map(offered.map((slot) => [slot, slot.seats]));

  const plans = arrivals.map(({ groupCode, at }): PersonPlan => {
    const channel = document.channels[random() < 0.8 ? 0 : Math.floor(random() * document.channels.length)] ?? 'web';
    const person: RehearsedPerson = { ...samplePersonOf(document, groupCode), hasEmail: random() < 0.7, channel };
    const given: RehearsedSlot[] = [];
    const choose: ChooseSlot = ({ dose, date, time: _time, now, bookings, ...request }) => {
      let refusal: ReturnType<ChooseSlot> = noSeat;
      const near = offered.filter((slot) => slot.dose === dose && cityDate(slot.startsAt) >= date);
      const before = offered.filter((slot) => slot.dose === dose && cityDate(slot.startsAt) < date);
      for (const slot of [...near, ...before.reverse()]) {
        if ((left.get(slot) ?? 0) <= 0) continue;
        const decision = decideHold(document, person, bookings, slot, { dose, channel, ...request }, now);
        if (decision.ok) {
          left.set(slot, (left.get(slot) ?? 0) - 1);
          given.push(slot);
          return { ok: true, slot };
        }
        refusal = refusal === noSeat ? decision : refusal;
      }
      return offered.some((slot) => slot.dose === dose) && refusal === noSeat ? noSeat : refusal;
    };
    const story: Story = {
      kind: kindOf(random() * 100),
      bookedAt: at.toISOString(),
      daysAhead: document.bookingWindow.firstDay + Math.floor(random() * 7),
      time: pick(offered.map((slot) => cityTime(slot.startsAt))) ?? '10:00',
      actsDaysBefore: Math.max(2, Math.ceil(document.policies.cutOffHours / 24) + 1),
    };
    const plan = composePlan(document, person, story, choose);
    // A seat that is given back is the next one's; within the rush nobody else was in between but those who came later.
    plan.bookings.forEach((booking) => {
      if (booking.endsAs === 'cancelled' || booking.endsAs === 'expired' || booking.endsAs === 'released') {
        const slot = offered.find(
          (item) =>
            item.startsAt === booking.slot.startsAt &&
            item.dose === booking.dose &&
            item.venueCode === booking.slot.venueCode,
        );
        if (slot) left.set(slot, (left.get(slot) ?? 0) + 1);
      }
    });
    return plan;
  });
  return { plans, offered, isInvented };
}

function kindOf(percent: number): StoryKind {
  let sum = 0;
  for (const [kind, share] of shares) {
    sum += share;
    if (percent < sum) return kind;
  }
  return 'attends';
}

/** Enough seats for everybody, in the window of each group's opening and of each further dose. */
function inventSeats(document: ProgrammeDocument, arrivals: readonly Date[], people: number): OfferedSeats[] {
  const openings = [...new Set(arrivals.map((at) => cityDate(at)))];
  const seats: OfferedSeats[] = [];
  const days = Math.min(7, Math.max(1, document.bookingWindow.lastDay - document.bookingWindow.firstDay + 1));
  const perSlot = Math.max(2, Math.ceil((people * 1.5) / (days * 4)));
  let shift = 0;
  document.doses.forEach((dose, index) => {
    if (index > 0) shift += Math.max(fewestDays(dose.interval ?? { minDays: 1 }), document.bookingWindow.firstDay + 1);
    for (const opening of openings) {
      for (let day = 0; day < days + index * 14; day++) {
        for (const time of ['09:30', '10:30', '13:30', '14:30']) {
          const startsAt = instantOf(addDays(opening, document.bookingWindow.firstDay + shift + day), time);
          if (seats.some((slot) => slot.dose === dose.number && slot.startsAt.getTime() === startsAt.getTime()))
            continue;
          seats.push({
            dose: dose.number,
            startsAt,
            endsAt: new Date(startsAt.getTime() + 30 * minuteMs),
            seats: perSlot,
            ...rehearsalVenue,
          });
        }
      }
    }
  });
  return seats.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}
