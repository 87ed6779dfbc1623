import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { canonicalText, checkProgrammeDocument, type ProgrammeDocument } from './document';

function demo(): ProgrammeDocument {
  return JSON.parse(readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8')) as ProgrammeDocument;
}

function faultsOf(change: (document: ProgrammeDocument) => void): string[] {
  const document = demo();
  change(document);
  const result = checkProgrammeDocument(document);
  return result.ok ? [] : result.faults.map((fault) => fault.path);
}

describe('a programme document', () => {
  it('of the demo city is sound', () => {
    expect(checkProgrammeDocument(demo())).toMatchObject({ ok: true });
  });

  it.each<[string, (document: ProgrammeDocument) => void, string]>([
    [
      'a group twice',
      (d) => d.groups.push({ ...(d.groups[0] as ProgrammeDocument['groups'][number]), importedAs: [] }),
      'groups.3',
    ],
    ['two default groups', (d) => d.groups.forEach((group) => (group.isDefault = true)), 'groups'],
    [
      'closing before opening',
      (d) => ((d.groups[0] as { closesAt?: string }).closesAt = '2020-01-01T00:00:00+09:00'),
      'groups.0.closesAt',
    ],
    [
      'a time without its offset',
      (d) => ((d.groups[0] as { opensAt: string }).opensAt = '2021-05-06T08:30'),
      'groups.0.opensAt',
    ],
    ['a dose left out', (d) => ((d.doses[1] as { number: number }).number = 3), 'doses.1.number'],
    [
      'an interval before the first dose',
      (d) => ((d.doses[0] as { interval?: object }).interval = { minDays: 1 }),
      'doses.0.interval',
    ],
    [
      'an interval that ends before it begins',
      (d) => ((d.doses[1] as { interval?: object }).interval = { minDays: 21, maxDays: 20 }),
      'doses.1.interval',
    ],
    ['a window that ends before it begins', (d) => (d.bookingWindow = { firstDay: 5, lastDay: 4 }), 'bookingWindow'],
    [
      'a journey step without its text',
      (d) => ((d.journey[0] as { template: string }).template = 'gone'),
      'journey.0.template',
    ],
    [
      'a reminder before a cancellation',
      (d) => ((d.journey[3] as { when: object }).when = { kind: 'days_before', days: 1, at: '10:00' }),
      'journey.3.when',
    ],
    [
      "25 o'clock",
      (d) => ((d.journey[1] as { when: object }).when = { kind: 'days_before', days: 1, at: '25:00' }),
      'journey.1.when.at',
    ],
    ['a field of no known kind', (d) => ((d.form.fields[0] as { kind: string }).kind = 'script'), 'form.fields.0.kind'],
    ['a hold of no time', (d) => (d.policies.holdMinutes = 0), 'policies.holdMinutes'],
    [
      'a text with an unknown placeholder',
      (d) => ((d.templates['reminder'] as { text: string }).text = '{{birthDate}}'),
      'templates.reminder.text',
    ],
    ['a key that means nothing', (d) => Object.assign(d, { expression: '1+1' }), ''],
  ])('with %s is refused, and the fault says where', (_, change, path) => {
    expect(faultsOf(change)).toContain(path);
  });

  it('is refused, never thrown at, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checkProgrammeDocument(value).ok).toBe(false);
      }),
    );
  });

  it('has the same checksum text whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const shuffled = (item: unknown): unknown =>
          Array.isArray(item)
            ? item.map(shuffled)
            : item !== null && typeof item === 'object'
              ? Object.fromEntries(
                  Object.entries(item)
                    .reverse()
                    .map(([key, inner]) => [key, shuffled(inner)]),
                )
              : item;
        expect(canonicalText(shuffled(value))).toBe(canonicalText(value));
      }),
    );
  });
});
