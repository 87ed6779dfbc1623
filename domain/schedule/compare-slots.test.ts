import fc from 'fast-check';

import { instantOf } from '../calendar/city-time';
import { compareSlots, type ComparisonRules, type KnownSlot, seatsOf } from './compare-slots';
import type { PlannedSlot } from './plan-slots';

const at = (time: string, minutes = 30, dose = 1, web = 5): PlannedSlot => {
  const startsAt = instantOf('2021-05-10', time);
  return {
    dose,
    startsAt,
    endsAt: new Date(startsAt.getTime() + minutes * 60_000),
    vaccine: null,
    quotas: [
      { channel: 'web', capacity: web },
      { channel: 'phone', capacity: 2 },
    ],
  };
};
const none = { web: 0, phone: 0, line: 0, venue: 0 };
const known = (planned: PlannedSlot, change: Partial<KnownSlot> = {}): KnownSlot => ({
  id: `slot ${planned.startsAt.toISOString()}`,
  scheduleId: 'plan',
  dose: planned.dose,
  startsAt: planned.startsAt,
  endsAt: planned.endsAt,
  vaccine: null,
  setByHand: false,
  stopped: false,
  capacity: seatsOf(planned),
  taken: none,
  ...change,
});
const rules: ComparisonRules = { scheduleId: 'plan', now: instantOf('2021-05-01', '00:00'), overwriteHandSet: false };
const kinds = (planned: PlannedSlot[], slots: KnownSlot[], change: Partial<ComparisonRules> = {}) => {
  const { added, changed, removed, kept, conflicts, unchanged } = compareSlots(planned, slots, { ...rules, ...change });
  return {
    added: added.length,
    changed: changed.length,
    removed: removed.length,
    kept: kept.length,
    unchanged,
    conflicts: conflicts.map((item) => item.kind),
  };
};
const nothing = { added: 0, changed: 0, removed: 0, kept: 0, unchanged: 0, conflicts: [] };

test('new, unchanged, changed, gone', () => {
  expect(
    kinds(
      [at('09:00'), at('09:30'), at('10:00', 30, 1, 8)],
      [known(at('09:30')), known(at('10:00')), known(at('11:00'))],
    ),
  ).toEqual({ ...nothing, added: 1, unchanged: 1, changed: 1, removed: 1 });
});

test('fewer seats than are taken, a slot that goes or changes its length while people have it', () => {
  const booked = { taken: { ...none, web: 3 } };
  expect(kinds([at('09:00', 30, 1, 2)], [known(at('09:00'), booked)])).toEqual({
    ...nothing,
    conflicts: ['below_booked'],
  });
  expect(kinds([at('09:00', 15)], [known(at('09:00'), booked)])).toEqual({ ...nothing, conflicts: ['length_booked'] });
  expect(kinds([], [known(at('09:00'), booked)])).toEqual({ ...nothing, conflicts: ['removed_booked'] });
  expect(kinds([at('09:00', 30, 1, 3)], [known(at('09:00'), booked)])).toEqual({ ...nothing, changed: 1 });
});

test('another plan’s slots are not touched, and running into them is named; another dose may stand beside', () => {
  const other = known(at('09:15'), { scheduleId: 'other' });
  expect(kinds([at('09:00')], [other])).toEqual({ ...nothing, conflicts: ['overlap'] });
  expect(kinds([at('09:15')], [other])).toEqual({ ...nothing, conflicts: ['overlap'] });
  expect(kinds([at('09:00', 30, 2)], [other])).toEqual({ ...nothing, added: 1 });
  expect(kinds([at('09:45')], [other])).toEqual({ ...nothing, added: 1 });
  expect(kinds([], [other])).toEqual(nothing);
});

test('seats that a person set by hand stay unless told otherwise', () => {
  const byHand = known(at('09:00', 30, 1, 9), { setByHand: true });
  expect(kinds([at('09:00')], [byHand])).toEqual({ ...nothing, kept: 1 });
  expect(kinds([at('09:00')], [byHand], { overwriteHandSet: true })).toEqual({ ...nothing, changed: 1 });
});

test('what has begun is history', () => {
  expect(kinds([at('09:00'), at('10:00')], [known(at('08:00'))], { now: instantOf('2021-05-10', '09:30') })).toEqual({
    ...nothing,
    added: 1,
  });
});

test('a sheet changes what it names and takes nothing away', () => {
  expect(
    kinds([at('09:00', 30, 1, 8)], [known(at('09:00'), { scheduleId: 'other' }), known(at('10:00'))], {
      scheduleId: null,
    }),
  ).toEqual({ ...nothing, changed: 1 });
});

test('doing it twice changes nothing', () => {
  const slot = fc.record({
    time: fc
      .integer({ min: 0, max: 30 })
      .map(
        (block) => `${String(9 + Math.floor(block / 4)).padStart(2, '0')}:${String((block % 4) * 15).padStart(2, '0')}`,
      ),
    dose: fc.integer({ min: 1, max: 2 }),
    web: fc.integer({ min: 0, max: 9 }),
  });
  const list = fc.uniqueArray(slot, { selector: (item) => `${item.time} ${String(item.dose)}`, maxLength: 12 });
  fc.assert(
    fc.property(list, fc.array(fc.tuple(slot, fc.integer({ min: 0, max: 9 })), { maxLength: 8 }), (items, there) => {
      const planned = items.map((item) => at(item.time, 15, item.dose, item.web));
      const before = [
        ...new Map(
          there.map(([item, taken]) => [
            `${item.time} ${String(item.dose)}`,
            known(at(item.time, 15, item.dose, item.web), { taken: { ...none, web: Math.min(taken, item.web) } }),
          ]),
        ).values(),
      ];
      const first = compareSlots(planned, before, rules);
      const after = [
        ...before
          .filter((item) => !first.removed.includes(item))
          .map((item) => {
            const change = first.changed.find((other) => other.slot === item);
            return change ? { ...item, capacity: change.capacity, endsAt: change.planned.endsAt } : item;
          }),
        ...first.added.map((item) => known(item)),
      ];
      const second = compareSlots(planned, after, rules);
      expect([second.added, second.changed, second.removed]).toEqual([[], [], []]);
      expect(second.conflicts.length).toBe(first.conflicts.length);
    }),
  );
});

test('what people have and the plan lost is stopped once; planned again it opens, whatever else is done with it', () => {
  const booked = { taken: { ...none, web: 1 } };
  const ids = (slots: readonly KnownSlot[]) => slots.map((slot) => slot.id);
  const closed = compareSlots([], [known(at('09:00'), booked), known(at('09:30'))], rules);
  expect([ids(closed.stopped), ids(closed.removed), closed.reopened]).toEqual([
    [known(at('09:00')).id],
    [known(at('09:30')).id],
    [],
  ]);
  const stopped = known(at('09:00'), { ...booked, stopped: true });
  expect(compareSlots([], [stopped], rules)).toMatchObject({ stopped: [], conflicts: [{ kind: 'removed_booked' }] });
  for (const [planned, change, counts] of [
    [at('09:00'), {}, { ...nothing, unchanged: 1 }],
    [at('09:00', 30, 1, 8), {}, { ...nothing, changed: 1 }],
    [at('09:00', 30, 1, 8), { setByHand: true }, { ...nothing, kept: 1 }],
    [at('09:00', 30, 1, 0), {}, { ...nothing, conflicts: ['below_booked'] }],
  ] as const) {
    expect(kinds([planned], [{ ...stopped, ...change }])).toEqual(counts);
    expect(ids(compareSlots([planned], [{ ...stopped, ...change }], rules).reopened)).toEqual([stopped.id]);
  }
  // A sheet takes nothing away, so it stops nothing; a time that it names with seats opens.
  const sheet = { ...rules, scheduleId: null };
  expect(compareSlots([], [known(at('09:00'), booked)], sheet).stopped).toEqual([]);
  expect(ids(compareSlots([at('09:00')], [stopped], sheet).reopened)).toEqual([stopped.id]);
});
