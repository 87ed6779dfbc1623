import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { addDays, instantOf } from '../calendar/city-time';
import { countsForDose, isAllowedStep, takesSeat } from '../contracts/booking-lifecycle';
import type { ProgrammeDocument } from '../programmes/document';
import type { Booking } from './booking';
import {
  type BookingContext,
  type ContextSlot,
  type Decision,
  draftOf,
  isStale,
  liveBookings,
  type Makers,
  needsSeatsAlone,
  type Plan,
} from './plan';
import { planConfirm } from './plan-confirm';
import { planHold } from './plan-hold';
import {
  checkInStep,
  cityCancelStep,
  expiryStep,
  missedStep,
  planCancel,
  planStep,
  undoCheckInStep,
} from './plan-steps';

/** A city in memory: what the database keeps, and the two things that it decides. */
interface World {
  readonly now: Date;
  readonly bookings: readonly Booking[];
  /** Cancelled seats that are not open yet. */
  readonly cooling: readonly { booking: Booking; reopensAt: Date }[];
}

const today = '2021-05-10';
const start = instantOf(today, '09:00');
const plain = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const document: ProgrammeDocument = {
  ...plain,
  doses: [
    { number: 1, label: '1回目' },
    { number: 2, label: '2回目', interval: { minDays: 21, maxDays: 42 } },
  ],
  groups: [{ code: 'seniors', label: '65歳以上', importedAs: [], opensAt: '2021-05-06T08:30:00+09:00' }],
  bookingWindow: { firstDay: 0, lastDay: 60 },
  policies: { holdMinutes: 10, cutOffHours: 24, maxChanges: 2, noShowAfterHours: 4, coolingMinutes: 30 },
};
const version = { id: 'v1', programmeId: 'p', programmeCode: 'plain', number: 1, document };
const venue = {
  id: 'hall',
  code: 'hall',
  name: '会場',
  ward: '',
  address: '',
  access: '',
  features: [],
  mapUrl: null,
  citizenNotes: '',
};
const answers = { telephone: '090-1234-5678', email: 'a@example.jp', consentRules: true, consentUse: true };
const people = ['ada', 'ben', 'cho'];
const places = [
  { id: 'a', dose: 1, day: 3, capacity: 1 },
  { id: 'b', dose: 1, day: 5, capacity: 2 },
  { id: 'c', dose: 2, day: 26, capacity: 1 },
  { id: 'd', dose: 2, day: 28, capacity: 2 },
].map(({ day, ...slot }) => ({
  ...slot,
  startsAt: instantOf(addDays(today, day), '10:00'),
  endsAt: instantOf(addDays(today, day), '10:30'),
}));

function takenOf({ bookings, cooling }: World, slotId: string): number {
  return (
    bookings.filter((item) => item.slot.id === slotId && takesSeat(item.state)).length +
    cooling.filter((item) => item.booking.slot.id === slotId).length
  );
}

function contextOf(world: World, residentId: string): BookingContext {
  const slots = places.map(({ capacity, ...slot }): ContextSlot => ({
    ...slot,
    programmeId: 'p',
    isOpen: true,
    venue,
    seats: [
      {
        channel: 'web',
        capacity,
        taken: takenOf(world, slot.id),
        shares: {},
        stale: world.bookings.filter((item) => item.slot.id === slot.id && isStale(item, world.now)),
        cooled: world.cooling
          .filter((item) => item.booking.slot.id === slot.id && item.reopensAt <= world.now)
          .map((item) => ({ bookingId: item.booking.id, shareCode: null })),
      },
    ],
  }));
  return {
    now: world.now,
    resident: {
      id: residentId,
      programmeId: 'p',
      groupCode: 'seniors',
      declared: [],
      isActive: true,
      birthDate: '1947-04-01',
    },
    bookings: world.bookings.filter((item) => item.residentId === residentId),
    slots,
    permits: [],
    published: version,
    versions: new Map([[version.id, version]]),
  };
}

type Request =
  | {
      readonly kind: 'hold';
      readonly who: string;
      readonly slot: number;
      readonly replaces: boolean;
      readonly next: boolean;
    }
  | {
      readonly kind: 'confirm' | 'cancel' | 'check in' | 'undo' | 'missed' | 'city' | 'expire';
      readonly who: string;
      readonly pick: number;
    };

const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    kind: fc.constant('hold' as const),
    who: fc.constantFrom(...people),
    slot: fc.nat(places.length - 1),
    replaces: fc.boolean(),
    next: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom(
      'confirm' as const,
      'cancel' as const,
      'check in' as const,
      'undo' as const,
      'missed' as const,
    ),
    who: fc.constantFrom(...people),
    pick: fc.nat(3),
  }),
  fc.record({
    kind: fc.constantFrom('confirm' as const, 'missed' as const, 'city' as const, 'expire' as const),
    who: fc.constantFrom(...people),
    pick: fc.nat(3),
  }),
);

/** Ids by the request that made them, so that the same request in another order makes the same. */
function makersOf(name: string): Makers {
  let made = 0;
  return { newId: () => `${name}-${String(++made)}`, newReference: () => `${name}-${String(++made)}` };
}

/** Which booking of a person a request is about does not depend on what others did. */
function decide(context: BookingContext, request: Request, name: string): Decision {
  if (request.kind === 'hold') {
    const slot = places[request.slot] ?? places[0];
    if (!slot) throw new Error('no slot');
    const replaced = liveBookings(context).find((item) => item.dose === slot.dose && countsForDose(item.state));
    const held = liveBookings(context).find((item) => item.dose === slot.dose && item.state === 'held');
    const replaces = request.replaces ? (held ?? replaced)?.id : undefined;
    return planHold(
      draftOf(context),
      {
        slotId: slot.id,
        dose: slot.dose,
        channel: 'web',
        actor: 'citizen',
        ...(replaces === undefined ? {} : { replaces }),
        ...(request.next && slot.dose === 1 ? { next: { slotId: slot.id === 'a' ? 'c' : 'd' } } : {}),
      },
      makersOf(name),
    );
  }
  const own = context.bookings[request.pick % Math.max(1, context.bookings.length)];
  const id = own?.id ?? 'none';
  switch (request.kind) {
    case 'confirm':
      return planConfirm(
        draftOf(context),
        { bookingId: id, channel: 'web', actor: 'citizen', answers },
        makersOf(name),
      );
    case 'cancel':
      return planCancel(context, { bookingId: id, channel: 'web', actor: 'citizen' });
    case 'check in':
      return planStep(context, id, checkInStep('venue'));
    case 'undo':
      return planStep(context, id, undoCheckInStep('venue'));
    case 'missed':
      return planStep(context, id, missedStep('venue'));
    case 'city':
      return planStep(context, id, cityCancelStep('city'));
    case 'expire':
      return planStep(context, id, expiryStep(context.now));
  }
}

/** What the database does with a plan: undefined where a seat is gone or somebody has changed what it rests on. */
function apply(world: World, context: BookingContext, { draft }: Plan): World | undefined {
  const seen = (found: BookingContext) => liveBookings(found).map((item) => `${item.id} ${String(item.version)}`);
  if (seen(context).join() !== seen(contextOf(world, context.resident.id)).join()) return undefined;
  const bookings = new Map(world.bookings.map((item) => [item.id, item]));
  let { cooling } = world;
  for (const item of draft.reopened) {
    if (!cooling.some((seat) => seat.booking.id === item.bookingId)) return undefined;
    cooling = cooling.filter((seat) => seat.booking.id !== item.bookingId);
  }
  for (const { before, after, event, reopensAt } of draft.steps) {
    const known = bookings.get(after.id);
    if (before ? known?.version !== before.version : known !== undefined) return undefined;
    // The life cycle, and versions without a gap.
    expect(before === undefined ? event.type : isAllowedStep(before.state, event.type)).toBe(before ? true : 'held');
    expect([after.version, event.version]).toEqual(Array(2).fill((before?.version ?? 0) + 1));
    bookings.set(after.id, after);
    if (reopensAt) cooling = [...cooling, { booking: after, reopensAt }];
  }
  const next = { ...world, bookings: [...bookings.values()], cooling };
  return places.every(({ id, capacity }) => takenOf(next, id) <= capacity) ? next : undefined;
}

function serve(world: World, request: Request, name: string): World {
  const context = contextOf(world, request.who);
  const decision = decide(context, request, name);
  if (!('draft' in decision)) return world;
  const done = apply(world, context, decision);
  // Nothing came between: what was decided holds.
  expect(done).toBeDefined();
  return done ?? world;
}

function check(world: World): void {
  for (const { id, capacity } of places) expect(takenOf(world, id)).toBeLessThanOrEqual(capacity);
  for (const who of people)
    for (const dose of [1, 2]) {
      const own = world.bookings.filter((item) => item.residentId === who && item.dose === dose);
      const live = own.filter((item) => countsForDose(item.state) || (item.state === 'held' && item.replaces === null));
      const moves = own.filter((item) => item.state === 'held' && item.replaces !== null);
      expect([live.length <= 1, moves.length <= 1]).toEqual([true, true]);
    }
}

/** A world after some requests, minutes apart. */
function after(history: readonly { request: Request; minutes: number }[]): World {
  let world: World = { now: start, bookings: [], cooling: [] };
  for (const [index, { request, minutes }] of history.entries()) {
    world = { ...world, now: new Date(world.now.getTime() + minutes * 60_000) };
    world = serve(world, request, `r${String(index)}`);
  }
  return world;
}

/** Minutes that let holds run out, seats cool, and days pass. */
const histories = (maxLength: number) =>
  fc.array(fc.record({ request: requests, minutes: fc.constantFrom(0, 0, 0, 1, 1, 12, 40, 60 * 24 * 4) }), {
    maxLength,
    size: 'max',
  });

/** What there is, whatever order it is listed in. */
function stateOf({ bookings, cooling }: World): string {
  const lines = bookings.map(({ id, state, version: number, slot, replaces, replacedBy, pairOf, changes }) =>
    JSON.stringify([id, state, number, slot.id, replaces, replacedBy, pairOf, changes]),
  );
  return [...lines, ...cooling.map((item) => item.booking.id)].sort().join('\n');
}

describe('plans', () => {
  it('keep the capacity, one live booking per dose, and the life of a booking', () => {
    fc.assert(
      fc.property(histories(25), (history) => {
        let world: World = { now: start, bookings: [], cooling: [] };
        for (const [index, { request, minutes }] of history.entries()) {
          world = { ...world, now: new Date(world.now.getTime() + minutes * 60_000) };
          world = serve(world, request, `r${String(index)}`);
          check(world);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('two that were decided at the same moment end as one of their orders would', () => {
    fc.assert(
      fc.property(histories(12), requests, requests, (history, one, two) => {
        const world = after(history);
        const orders = [serve(serve(world, one, 'one'), two, 'two'), serve(serve(world, two, 'two'), one, 'one')].map(
          stateOf,
        );
        const [context, other] = [contextOf(world, one.who), contextOf(world, two.who)];
        const [first, second] = [decide(context, one, 'one'), decide(other, two, 'two')];
        let end = ('draft' in first && apply(world, context, first)) || world;
        // A plan that touches what is another's is made once its seats are its own; one that no longer holds is made again.
        if ('draft' in second) end = (!needsSeatsAlone(second) && apply(end, other, second)) || serve(end, two, 'two');
        check(end);
        expect(orders).toContain(stateOf(end));
      }),
      { numRuns: 120 },
    );
  });

  it('reach every end that a booking can have', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(histories(40), (history) => {
        for (const item of after(history).bookings) seen.add(item.state);
      }),
      { numRuns: 80, seed: 1 },
    );
    expect([...seen].sort()).toEqual(['attended', 'cancelled', 'confirmed', 'expired', 'held', 'no_show', 'released']);
  });
});
