import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { addDays, daysBetween } from '../../calendar/city-time';
import type { ProgrammeDocument } from '../document';
import { type CheckCode, type CheckFacts, checksOf } from './checks';
import { reachableSeats } from './reachable-seats';
import { starterDocument } from './starter';

const demo = JSON.parse(
  readFileSync(join(__dirname, '../../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const site = { url: 'https://yoyaku.example.jp', qrText: 'https://yoyaku.example.jp' };
/** Everything is as it should be. */
const good: CheckFacts = {
  now: new Date('2021-04-01T00:00:00Z'),
  venues: [{ id: 'v', name: '桜木会場', address: '新潟市中央区1番地', active: true }],
  seats: [
    ...Array.from({ length: 40 }, (_, day) => ({ date: addDays('2021-04-21', day), dose: 1, seats: 10 })),
    ...Array.from({ length: 40 }, (_, day) => ({ date: addDays('2021-07-07', day), dose: 1, seats: 10 })),
    ...Array.from({ length: 200 }, (_, day) => ({ date: addDays('2021-05-12', day), dose: 2, seats: 10 })),
  ],
  residents: new Map([
    ['seniors', 100],
    ['general', 300],
  ]),
  seatShare: 0.5,
  site,
  sample: { tried: 200, failed: [] },
};

function faults(
  document: (document: ProgrammeDocument) => void,
  facts: Partial<CheckFacts> = {},
): Partial<Record<CheckCode, string[]>> {
  const changed = structuredClone(demo);
  document(changed);
  const checks = checksOf(changed, { ...good, ...facts });
  return Object.fromEntries(
    checks
      .filter((check) => check.state !== 'good')
      .map((check) => [check.code, check.faults.map((fault) => fault.path ?? fault.page ?? '')]),
  );
}

test('the demo’s document in a city that is ready has nothing to be put right', () => {
  expect(faults(() => undefined)).toEqual({});
});

test.each<[string, (document: ProgrammeDocument) => void, Partial<CheckFacts>, Partial<Record<CheckCode, string[]>>]>([
  [
    'a document that breaks its rules, with its path',
    (d) => {
      d.groups[0]!.opensAt = 'tomorrow';
    },
    {},
    { document: ['groups.0.opensAt'] },
  ],
  [
    'an unknown field of a template',
    (d) => {
      d.templates['reminder']!.text = '{{residentName}}';
    },
    {},
    { templates: ['templates.reminder.text'] },
  ],
  [
    'a field that is empty where the template is sent',
    (d) => {
      d.templates['reminder']!.text = '{{oldDate}}';
    },
    {},
    { templates: ['templates.reminder.text'] },
  ],
  [
    'a reminder before anybody can have booked',
    (d) => {
      d.bookingWindow.lastDay = 6;
      d.journey[1]!.when = { kind: 'days_before', days: 7, at: '10:00' };
    },
    {},
    { journey: ['journey.1.when'] },
  ],
  [
    'an invitation where there is no next dose',
    (d) => {
      d.doses.pop();
    },
    {},
    {
      journey: ['journey.4.onlyWithoutNextDose'],
      templates: ['templates.invitation.subject', 'templates.invitation.text'],
    },
  ],
  [
    'notices by mail where nobody is asked for an address',
    (d) => {
      d.form.fields = d.form.fields.filter((field) => field.kind !== 'email');
    },
    {},
    { journey: ['journey.0', 'journey.1', 'journey.2', 'journey.3', 'journey.4'] },
  ],
  [
    'an empty text',
    (d) => {
      d.texts.afterBooking = ' ';
    },
    {},
    { texts: ['texts.afterBooking'] },
  ],
  [
    'imported people whose group is gone',
    (d) => {
      d.groups.shift();
    },
    {},
    { groups: ['groups'] },
  ],
  [
    'an opening before there are slots',
    () => undefined,
    { seats: good.seats.filter((day) => day.date < '2021-07-01' || day.dose === 2) },
    { opening: ['groups.2.opensAt'] },
  ],
  [
    'first seats without second ones',
    () => undefined,
    { seats: good.seats.filter((day) => day.dose === 1 || day.date > '2021-07-30') },
    {},
  ],
  [
    'first seats without second ones within the longest interval',
    (d) => {
      d.doses[1]!.interval = { minDays: 21, maxDays: 28 };
    },
    { seats: good.seats.filter((day) => day.dose === 1 || day.date > '2021-07-30') },
    { dose_pairs: ['doses.1.interval'] },
  ],
  ['too few seats', () => undefined, { seatShare: 3 }, { seats: ['/schedule'] }],
  ['nobody imported', () => undefined, { residents: new Map() }, { seats: ['/imports'] }],
  [
    'a venue without an address',
    () => undefined,
    { venues: [{ ...good.venues[0]!, address: ' ' }] },
    { venues: ['/venues/v'] },
  ],
  [
    'a QR code that says something else',
    () => undefined,
    { site: { ...site, qrText: 'https://yoyaku.example.jp0' } },
    { site: ['/site'] },
  ],
  [
    'people who could not log in',
    () => undefined,
    { sample: { tried: 200, failed: [{ why: 'number', count: 3 }] } },
    { log_in: ['/imports'] },
  ],
])('%s', (_name, document, facts, expected) => {
  expect(faults(document, facts)).toEqual(expected);
});

test('groups by birth date that overlap or leave a gap', () => {
  const ages = (first: string, second: string) =>
    faults(
      (document) => {
        document.groups = document.groups.slice(0, 2);
        Object.assign(document.groups[0]!, { code: 'a', members: [{ kind: 'born', until: first }] });
        Object.assign(document.groups[1]!, { code: 'b', members: [{ kind: 'born', from: second }] });
      },
      { residents: new Map([['a', 400]]) },
    );
  expect(ages('1991-04-01', '1991-04-02')['groups']).toBeUndefined();
  // Until the schema knows such groups the document itself is refused, and nothing more is said of it.
  const isKnown = ages('1991-04-01', '1991-04-02')['document'] === undefined;
  if (isKnown) {
    expect(ages('1991-04-01', '1991-04-01')['groups']).toEqual(['groups.1']);
    expect(ages('1991-04-01', '1991-04-03')['groups']).toEqual(['groups.1']);
  }
});

test('a new programme says what is missing', () => {
  const checks = checksOf(starterDocument({ name: '健診', city: '新潟市', opensAt: '2030-01-01T00:00:00+09:00' }), {
    ...good,
    residents: new Map(),
    seats: [],
  });
  expect(checks.filter((check) => check.state === 'stop')).toEqual([]);
  expect(checks.filter((check) => check.state === 'open').map((check) => check.code)).toEqual([
    'texts',
    'opening',
    'seats',
  ]);
});

test('seats are matched as well as they can be', () => {
  const days = fc.array(
    fc.record({
      date: fc.integer({ min: 0, max: 12 }).map((day) => addDays('2021-05-01', day)),
      seats: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(
      days,
      days,
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
      (before, after, minDays, more) => {
        const interval = { minDays, maxDays: minDays + more };
        const each = (list: typeof before) => list.flatMap((day) => Array.from({ length: day.seats }, () => day.date));
        const [first, second] = [each(before), each(after)];
        // The largest matching there is, by augmenting paths.
        const taken = new Map<number, number>();
        const tries = (person: number, seen: Set<number>): boolean =>
          second.some((date, seat) => {
            const days = daysBetween(first[person]!, date);
            if (days < interval.minDays || days > interval.maxDays || seen.has(seat)) return false;
            seen.add(seat);
            const holder = taken.get(seat);
            if (holder !== undefined && !tries(holder, seen)) return false;
            taken.set(seat, person);
            return true;
          });
        const matched = first.filter((_, person) => tries(person, new Set())).length;
        expect(reachableSeats(before, after, interval).unreached).toBe(first.length - matched);
      },
    ),
    { numRuns: 200 },
  );
});
