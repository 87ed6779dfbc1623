import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { addDays, daysBetween, instantOf } from '../calendar/city-time';
import type { ProgrammeDocument } from '../programmes/document';
import { bookingWindow } from '../programmes/window';
import { allowedDates, type BookingForRules, cutOff, decideCancel, decideChange, decideHold } from './rules';

const demo = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const document: ProgrammeDocument = {
  ...demo,
  doses: [
    { number: 1, label: '1回目' },
    { number: 2, label: '2回目', interval: { minDays: 21, maxDays: 42 } },
  ],
  groups: [
    {
      code: 'seniors',
      label: '65歳以上',
      importedAs: [],
      opensAt: '2021-05-06T08:30:00+09:00',
      closesAt: '2021-12-01T00:00:00+09:00',
    },
  ],
  bookingWindow: { firstDay: 1, lastDay: 60 },
  policies: { holdMinutes: 10, cutOffHours: 24, maxChanges: 2, noShowAfterHours: 4 },
};
const today = '2021-05-10';
const now = instantOf(today, '09:00');
const senior = { groupCode: 'seniors' };

function booking(values: Partial<BookingForRules> & { daysAhead?: number } = {}): BookingForRules {
  const { daysAhead = 5, ...rest } = values;
  return {
    id: 'a',
    dose: 1,
    state: 'confirmed',
    slotStartsAt: instantOf(addDays(today, daysAhead), '10:00'),
    venueCode: 'sakuragi',
    holdExpiresAt: instantOf(today, '09:10'),
    replaces: null,
    changes: 0,
    ...rest,
  };
}
function slot(daysAhead: number, dose = 1) {
  return { dose, startsAt: instantOf(addDays(today, daysAhead), '10:00'), venueCode: 'sakuragi' };
}
function hold(
  bookings: BookingForRules[],
  daysAhead: number,
  dose = 1,
  more: { replaces?: string; at?: Date; group?: string } = {},
) {
  const decision = decideHold(
    document,
    { groupCode: more.group ?? 'seniors' },
    bookings,
    slot(daysAhead, dose),
    { dose, channel: 'web', ...(more.replaces ? { replaces: more.replaces } : {}) },
    more.at ?? now,
  );
  return decision.ok ? 'ok' : decision.code;
}

describe('holding a seat', () => {
  it('follows the opening time of the group to the minute', () => {
    expect(hold([], 5, 1, { at: instantOf('2021-05-06', '08:29') })).toBe('not_open_yet');
    expect(hold([], 1, 1, { at: instantOf('2021-05-06', '08:30') })).toBe('ok');
    expect(hold([], 5, 1, { at: instantOf('2021-12-01', '00:00') })).toBe('closed');
    expect(hold([], 5, 1, { group: 'children' })).toBe('not_eligible');
  });

  it('keeps to the booking window, both ends included', () => {
    expect([0, 1, 60, 61].map((day) => hold([], day))).toEqual(['outside_window', 'ok', 'ok', 'outside_window']);
    expect(bookingWindow(document, instantOf('2021-05-10', '23:59'))).toEqual({
      first: '2021-05-11',
      last: '2021-07-09',
    });
  });

  it('takes no slot that has begun', () => {
    const open = { ...document, bookingWindow: { firstDay: 0, lastDay: 9 } };
    const at = (time: string) =>
      decideHold(open, senior, [], slot(0), { dose: 1, channel: 'web' }, instantOf(today, time));
    expect(at('09:59')).toMatchObject({ ok: true });
    expect(at('10:00')).toMatchObject({ code: 'slot_past' });
  });

  it('only gives seats of the right dose', () => {
    expect(decideHold(document, senior, [], slot(5, 2), { dose: 1, channel: 'web' }, now)).toMatchObject({
      code: 'wrong_dose',
    });
    expect(decideHold(document, senior, [], slot(5, 3), { dose: 3, channel: 'web' }, now)).toMatchObject({
      code: 'wrong_dose',
    });
  });

  it('lets nobody have a dose twice', () => {
    for (const state of ['held', 'confirmed', 'attended'] as const)
      expect(hold([booking({ state })], 6)).toBe('already_booked');
    for (const state of ['cancelled', 'expired', 'released', 'no_show'] as const)
      expect(hold([booking({ state })], 6)).toBe('ok');
  });

  it('asks for the previous dose and its interval', () => {
    expect(hold([], 30, 2)).toBe('previous_dose_missing');
    expect(hold([booking({ state: 'held' })], 30, 2)).toBe('previous_dose_missing');
    expect([25, 26, 47, 48].map((day) => hold([booking()], day, 2))).toEqual([
      'too_early_for_dose',
      'ok',
      'ok',
      'too_late_for_dose',
    ]);
  });

  it('counts an interval in calendar months where the programme does, and says from when on', () => {
    const inMonths: ProgrammeDocument = {
      ...document,
      doses: [
        { number: 1, label: '1回目' },
        { number: 2, label: '2回目', interval: { minDays: 0, minMonths: 1, maxMonths: 2 } },
      ],
      bookingWindow: { firstDay: 1, lastDay: 120 },
    };
    // 31 May has no day a month later: from 1 July; two months later is 31 July.
    const first = booking({ slotStartsAt: instantOf('2021-05-31', '10:00') });
    const decide = (date: string) =>
      decideHold(
        inMonths,
        senior,
        [first],
        { dose: 2, startsAt: instantOf(date, '10:00'), venueCode: 'sakuragi' },
        { dose: 2, channel: 'web' },
        now,
      );
    expect(decide('2021-06-30')).toMatchObject({ code: 'too_early_for_dose', detail: { earliest: '2021-07-01' } });
    expect(decide('2021-07-01')).toMatchObject({ ok: true });
    expect(decide('2021-07-31')).toMatchObject({ ok: true });
    expect(decide('2021-08-01')).toMatchObject({ code: 'too_late_for_dose', detail: { latest: '2021-07-31' } });
    // Moving the first dose keeps the pair whole by the same count.
    const second = booking({ id: 'b', dose: 2, slotStartsAt: instantOf('2021-07-01', '10:00') });
    const moved = (date: string) =>
      decideHold(
        inMonths,
        senior,
        [first, second],
        { dose: 1, startsAt: instantOf(date, '10:00'), venueCode: 'sakuragi' },
        { dose: 1, channel: 'web', replaces: 'a' },
        now,
      );
    expect(moved('2021-06-01')).toMatchObject({ ok: true });
    expect(moved('2021-06-02')).toMatchObject({ code: 'breaks_pair', detail: { latest: '2021-06-01' } });
  });

  it('counts the interval in city days, not in hours', () => {
    const late = booking({ slotStartsAt: instantOf(addDays(today, 5), '18:00') });
    expect(
      decideHold(
        document,
        senior,
        [late],
        { dose: 2, startsAt: instantOf(addDays(today, 26), '09:00'), venueCode: 'sakuragi' },
        { dose: 2, channel: 'web' },
        now,
      ),
    ).toMatchObject({ ok: true });
  });

  it('keeps the pair whole when dose 1 is moved (Tsu: 14 days instead of 21)', () => {
    const pair = [booking(), booking({ id: 'b', dose: 2, daysAhead: 30 })];
    expect([9, 10].map((day) => hold(pair, day, 1, { replaces: 'a' }))).toEqual(['ok', 'breaks_pair']);
    const far = [booking(), booking({ id: 'b', dose: 2, daysAhead: 46 })];
    expect([3, 4].map((day) => hold(far, day, 1, { replaces: 'a' }))).toEqual(['breaks_pair', 'ok']);
  });

  it('moves a booking at most as often as the programme says, and not after the cut-off', () => {
    expect(hold([booking({ changes: 1 })], 6, 1, { replaces: 'a' })).toBe('ok');
    expect(hold([booking({ changes: 2 })], 6, 1, { replaces: 'a' })).toBe('too_many_changes');
    expect(hold([booking({ daysAhead: 1 })], 6, 1, { replaces: 'a', at: instantOf(today, '10:00') })).toBe('ok');
    expect(hold([booking({ daysAhead: 1 })], 6, 1, { replaces: 'a', at: instantOf(today, '10:01') })).toBe('too_late');
  });

  it('gives a hold back for another one, and keeps the booking that it was going to replace', () => {
    const bookings = [booking(), booking({ id: 'h', state: 'held', replaces: 'a' })];
    expect(decideHold(document, senior, bookings, slot(7), { dose: 1, channel: 'web', replaces: 'h' }, now)).toEqual({
      ok: true,
      replaces: 'a',
      givesBack: 'h',
      changes: 1,
      groupCode: 'seniors',
      limit: null,
    });
    expect(hold(bookings, 7, 1, { replaces: 'a' })).toBe('already_booked');
    expect(hold(bookings, 7, 1, { replaces: 'of somebody else' })).toBe('booking_unknown');
    expect(hold([booking({ state: 'attended' })], 7, 1, { replaces: 'a' })).toBe('not_confirmed');
  });

  it('never allows a pair outside the interval, whatever is booked, held or moved', () => {
    const day = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(day, fc.option(day), day, fc.boolean(), (first, second, wanted, moves) => {
        const bookings = [
          booking({ daysAhead: first }),
          ...(second === null ? [] : [booking({ id: 'b', dose: 2, daysAhead: second })]),
        ];
        const dose = moves ? 1 : 2;
        const replaces = moves ? 'a' : second === null ? undefined : 'b';
        if (hold(bookings, wanted, dose, replaces ? { replaces } : {}) !== 'ok') return;
        const [one, two] = moves ? [wanted, second] : [first, wanted];
        if (two === null) return;
        expect(two - one).toBeGreaterThanOrEqual(21);
        expect(two - one).toBeLessThanOrEqual(42);
      }),
    );
  });
});

describe('the dates offered for a dose', () => {
  it('are exactly those that a hold would accept', () => {
    const day = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(day, fc.option(day), (first, second) => {
        const one = booking({ daysAhead: first });
        const two = second === null ? [] : [booking({ id: 'b', dose: 2, daysAhead: second })];
        for (const [dose, others, all, replaces] of [
          [1, two, [one, ...two], 'a'],
          [2, [one], [one, ...two], two[0]?.id],
        ] as const) {
          const dates = allowedDates(document, dose, others);
          if ('ok' in dates) throw new Error('a dose 1 is there');
          for (let ahead = 1; ahead <= 60; ahead++) {
            const date = addDays(today, ahead);
            const offered =
              (dates.earliest === undefined || date >= dates.earliest) &&
              (dates.latest === undefined || date <= dates.latest);
            expect(hold([...all], ahead, dose, { at: now, ...(replaces ? { replaces } : {}) }) === 'ok').toBe(
              offered && cutOffOpen(replaces === 'a' ? one : two[0]),
            );
          }
        }
      }),
      { numRuns: 30 },
    );
    function cutOffOpen(item: BookingForRules | undefined): boolean {
      return !item || now <= cutOff(document, item.slotStartsAt);
    }
  });
});

describe('cancelling', () => {
  it('is possible until the cut-off, and for staff also after it', () => {
    const tomorrow = booking({ daysAhead: 1 });
    expect(decideCancel(document, tomorrow, [], 'web', instantOf(today, '10:00'))).toEqual({ ok: true });
    expect(decideCancel(document, tomorrow, [], 'web', instantOf(today, '10:01'))).toMatchObject({ code: 'too_late' });
    expect(decideCancel(document, tomorrow, [], 'phone', instantOf(today, '10:01'))).toEqual({ ok: true });
    expect(decideChange(document, booking({ changes: 9 }), 'phone', now)).toEqual({ ok: true });
  });

  it('goes from the last dose backwards', () => {
    const pair = [booking(), booking({ id: 'b', dose: 2, daysAhead: 30 })] as const;
    expect(decideCancel(document, pair[0], [pair[1]], 'web', now)).toMatchObject({ code: 'later_dose_booked' });
    expect(decideCancel(document, pair[1], [pair[0]], 'web', now)).toEqual({ ok: true });
    expect(decideCancel(document, booking({ state: 'attended' }), [], 'web', now)).toMatchObject({
      code: 'not_confirmed',
    });
  });

  it('is counted in hours to the start', () => {
    expect(daysBetween('2021-05-14', '2021-05-15')).toBe(1);
    expect(cutOff(document, instantOf('2021-05-15', '10:00'))).toEqual(instantOf('2021-05-14', '10:00'));
  });
});
