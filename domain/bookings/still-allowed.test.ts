import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { addDays, instantOf } from '../calendar/city-time';
import type { Channel } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programmes/document';
import { type BookingForRules, decideHold } from './rules';
import { type BookingToCome, whyNotStillAllowed } from './still-allowed';

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
};
const today = '2021-05-10';
const at = (daysAhead: number) => instantOf(addDays(today, daysAhead), '10:00');
const first = (daysAhead: number, state: BookingForRules['state'] = 'confirmed'): BookingForRules => ({
  id: 'first',
  dose: 1,
  state,
  slotStartsAt: at(daysAhead),
  venueCode: 'sakuragi',
  holdExpiresAt: at(0),
  replaces: null,
  changes: 0,
});
const booking = (values: Partial<BookingToCome> & { daysAhead?: number } = {}): BookingToCome => {
  const { daysAhead = 5, ...rest } = values;
  return {
    dose: 1,
    channel: 'web',
    slotStartsAt: at(daysAhead),
    venueCode: 'sakuragi',
    person: { groupCode: 'seniors', birthDate: '1947-04-01' },
    previous: undefined,
    isPermitted: false,
    ...rest,
  };
};
const changed = (change: (draft: ProgrammeDocument) => void): ProgrammeDocument => {
  const draft = structuredClone(document);
  change(draft);
  return draft;
};

describe('a booking to come', () => {
  it.each<[string, (draft: ProgrammeDocument) => void, BookingToCome, string]>([
    [
      'of somebody whose group is gone',
      (draft) => {
        draft.groups[0]!.code = 'others';
      },
      booking(),
      'not_eligible',
    ],
    [
      'of somebody too young',
      (draft) => {
        draft.groups[0]!.members = [{ kind: 'age', on: '2022-03-31', from: 80 }];
      },
      booking(),
      'not_eligible',
    ],
    [
      'where the group is not open at this venue',
      (draft) => {
        draft.groups[0]!.openings = [{ venues: ['sakuragi'], closed: true }];
      },
      booking(),
      'closed',
    ],
    [
      'where the group is not open for this dose',
      (draft) => {
        draft.groups[0]!.openings = [{ doses: [1], closed: true }];
      },
      booking(),
      'closed',
    ],
    [
      'by a channel that the group does not have',
      (draft) => {
        draft.groups[0]!.openings = [{ channels: ['web'], closed: true }];
      },
      booking(),
      'closed',
    ],
    [
      'by a channel that there is not any more',
      (draft) => {
        draft.channels = ['phone'];
      },
      booking(),
      'closed',
    ],
    [
      'for a dose that there is not any more',
      (draft) => {
        draft.doses = [draft.doses[0]!];
      },
      booking({ dose: 2, daysAhead: 40, previous: first(5) }),
      'wrong_dose',
    ],
    [
      'before the first day of all',
      (draft) => {
        draft.bookingWindow.notBefore = addDays(today, 6);
      },
      booking(),
      'outside_window',
    ],
    [
      'after the last day of all',
      (draft) => {
        draft.bookingWindow.notAfter = addDays(today, 4);
      },
      booking(),
      'outside_window',
    ],
    [
      'too soon after the first dose',
      (draft) => {
        draft.doses[1]!.interval = { minDays: 28 };
      },
      booking({ dose: 2, daysAhead: 30, previous: first(5) }),
      'too_early_for_dose',
    ],
    [
      'too long after the first dose',
      (draft) => {
        draft.doses[1]!.interval = { minDays: 21, maxDays: 24 };
      },
      booking({ dose: 2, daysAhead: 30, previous: first(5) }),
      'too_late_for_dose',
    ],
    [
      'with another vaccine than the first dose',
      (draft) => {
        draft.doses[1]!.sameVaccine = true;
        draft.vaccines = [
          { code: 'a', label: 'A', until: addDays(today, 10) },
          { code: 'b', label: 'B' },
        ];
      },
      booking({ dose: 2, daysAhead: 30, previous: first(5) }),
      'other_vaccine',
    ],
  ])('%s is told', (_name, change, taken, fault) => {
    expect(whyNotStillAllowed(document, taken)).toBeUndefined();
    expect(whyNotStillAllowed(changed(change), taken)).toBe(fault);
  });

  it.each<[string, (draft: ProgrammeDocument) => void]>([
    [
      'the group opens later',
      (draft) => {
        draft.groups[0]!.opensAt = '2021-11-01T00:00:00+09:00';
      },
    ],
    [
      'the group has closed',
      (draft) => {
        draft.groups[0]!.closesAt = '2021-05-07T00:00:00+09:00';
      },
    ],
    [
      'the venue opens later',
      (draft) => {
        draft.groups[0]!.openings = [{ venues: ['sakuragi'], opensAt: '2021-11-01T00:00:00+09:00' }];
      },
    ],
    [
      'the rolling window is narrower',
      (draft) => {
        draft.bookingWindow = { firstDay: 1, lastDay: 2 };
      },
    ],
    [
      'seats open in stages',
      (draft) => {
        draft.releases = [{ code: 'r', groups: ['seniors'], stages: [{ at: '2021-11-01T00:00:00+09:00', share: 10 }] }];
      },
    ],
    [
      'nothing may be changed any more',
      (draft) => {
        draft.policies.maxChanges = 0;
        draft.policies.cutOffHours = 720;
      },
    ],
    [
      'another channel is closed',
      (draft) => {
        draft.groups[0]!.openings = [{ channels: ['line'], closed: true }];
      },
    ],
  ])('has nothing to fear when %s: that binds people who book then', (_name, change) => {
    expect(whyNotStillAllowed(changed(change), booking())).toBeUndefined();
    expect(
      whyNotStillAllowed(changed(change), booking({ daysAhead: 30, dose: 2, previous: first(5) })),
    ).toBeUndefined();
  });

  it('that a supervisor permitted goes by no group, but by everything else', () => {
    const nobody = changed((draft) => {
      draft.groups[0]!.code = 'others';
      draft.bookingWindow.notAfter = addDays(today, 20);
    });
    expect(whyNotStillAllowed(nobody, booking({ isPermitted: true }))).toBeUndefined();
    expect(whyNotStillAllowed(nobody, booking({ isPermitted: true, daysAhead: 21 }))).toBe('outside_window');
  });

  it('is counted once per pair: the first dose does not answer for the second', () => {
    const longer = changed((draft) => {
      draft.doses[1]!.interval = { minDays: 28 };
    });
    expect([
      whyNotStillAllowed(longer, booking()),
      whyNotStillAllowed(longer, booking({ dose: 2, daysAhead: 30, previous: first(5) })),
    ]).toEqual([undefined, 'too_early_for_dose']);
    expect(whyNotStillAllowed(longer, booking({ dose: 2, daysAhead: 30, previous: first(5, 'held') }))).toBe(
      'too_early_for_dose',
    );
  });

  it('was always allowed where it could be booked: whatever may be held now is without fault', () => {
    const channels: Channel[] = ['web', 'phone', 'line', 'venue'];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 70 }),
        fc.constantFrom(...channels),
        fc.boolean(),
        fc.integer({ min: -10, max: 250 }),
        (one, two, channel, isSecond, moment) => {
          const taken = isSecond
            ? booking({ dose: 2, daysAhead: two, previous: first(one), channel })
            : booking({ daysAhead: one, channel });
          const slot = { dose: taken.dose, startsAt: taken.slotStartsAt, venueCode: taken.venueCode };
          const held = decideHold(
            document,
            taken.person,
            taken.previous ? [taken.previous] : [],
            slot,
            { dose: taken.dose, channel },
            instantOf(addDays(today, moment), '09:00'),
          );
          fc.pre(held.ok);
          expect(whyNotStillAllowed(document, taken)).toBeUndefined();
        },
      ),
    );
  });
});
