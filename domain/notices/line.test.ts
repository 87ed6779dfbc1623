import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { checkProgrammeDocument, type ProgrammeDocument, underItsSchema } from '../programmes/document';
import { broadcastFaults, broadcastPlaceholders, renderTemplate } from '../programmes/parts/template';
import { dueBroadcasts, nextBroadcastAt } from './broadcast';
import { asksToLink, isLineUserId } from './line-linking';
import { lineTexts } from './line-texts';

const load = () =>
  JSON.parse(
    readFileSync(join(__dirname, '../../docs/programmes/06-same-day-by-telephone.json'), 'utf8'),
  ) as ProgrammeDocument;
const faults = (change: (document: ProgrammeDocument) => void): string[] => {
  const document = load();
  change(document);
  const checked = checkProgrammeDocument(document);
  return checked.ok ? [] : checked.faults.map((fault) => fault.path);
};
const first = (document: ProgrammeDocument) =>
  (document.broadcasts ?? [])[0] as NonNullable<ProgrammeDocument['broadcasts']>[number];

describe('texts for LINE', () => {
  test('are one piece where they fit, and parted at a line break where not', () => {
    expect(lineTexts(' 予約を受け付けました\n')).toEqual(['予約を受け付けました']);
    expect(lineTexts('')).toEqual([]);
    expect(lineTexts(`${'a'.repeat(3_000)}\n${'b'.repeat(3_000)}`).map((text) => text.length)).toEqual([3_000, 3_000]);
  });

  test('never exceed what LINE takes, nor break a character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('𠮷'.repeat(700), 'あ'.repeat(999), '\n', '😀'), { maxLength: 60 }),
        (parts) => {
          const pieces = lineTexts(parts.join(''));
          expect(pieces.length).toBeLessThanOrEqual(5);
          for (const piece of pieces) {
            expect(piece.length).toBeLessThanOrEqual(5_000);
            expect(piece).not.toBe('');
            expect(piece).not.toMatch(/[\ud800-\udfff]/u);
          }
        },
      ),
    );
  });
});

test.each([
  ['予約の連携', true],
  ['れんけい', true],
  ['ﾚﾝｹｲ', true],
  ['予約の空きはありますか', false],
  ['', false],
  [`連携${'あ'.repeat(60)}`, false],
])('「%s」 asks to link: %s', (text, expected) => {
  expect(asksToLink(text)).toBe(expected);
});

test('only LINE’s own ids of users are taken for users', () => {
  expect(
    [`U${'0'.repeat(32)}`, `C${'0'.repeat(32)}`, `U${'0'.repeat(31)}`, `U${'0'.repeat(32)}\n`, 1, undefined].map(
      isLineUserId,
    ),
  ).toEqual([true, false, false, false, false, false]);
});

describe('a broadcast', () => {
  test.each([
    [
      'an older number of the way of writing',
      (document: ProgrammeDocument) => {
        document.schema = 2;
      },
      'schema',
    ],
    [
      'a channel that books nothing on the same day',
      (document: ProgrammeDocument) => {
        first(document).seatsOf = ['web'];
      },
      'broadcasts.0.seatsOf.0',
    ],
    [
      'a channel that the programme has not',
      (document: ProgrammeDocument) => {
        document.channels = ['web'];
      },
      'broadcasts.0.seatsOf.0',
    ],
    [
      'days turned round',
      (document: ProgrammeDocument) => {
        first(document).until = '2021-09-01';
      },
      'broadcasts.0.until',
    ],
    [
      'a weekday twice',
      (document: ProgrammeDocument) => {
        first(document).days = ['mon', 'mon'];
      },
      'broadcasts.0.days.1',
    ],
    [
      'the same name twice',
      (document: ProgrammeDocument) => {
        document.broadcasts = [first(document), first(document)];
      },
      'broadcasts.1.id',
    ],
    [
      'what only a booking has',
      (document: ProgrammeDocument) => {
        first(document).text = '{{reference}}';
      },
      'broadcasts.0.text',
    ],
    [
      'a mark that turns the writing',
      (document: ProgrammeDocument) => {
        first(document).text = '\u202e空き';
      },
      'broadcasts.0.text',
    ],
    [
      'more than five',
      (document: ProgrammeDocument) => {
        document.broadcasts = Array.from({ length: 6 }, (_, index) => ({
          ...first(document),
          id: `b${String(index)}`,
        }));
      },
      'broadcasts',
    ],
  ])('with %s is refused', (_name, change, path) => {
    expect(faults(change)).toContain(path);
  });

  test('that staff add to an older document gets the number that it needs', () => {
    expect(underItsSchema({ ...load(), schema: 2 })).toEqual(load());
    expect(
      [{ schema: 2, broadcasts: [] }, { schema: 1 }, { schema: 9, broadcasts: [1] }, [], null].map((value) =>
        underItsSchema(value),
      ),
    ).toEqual([{ schema: 2, broadcasts: [] }, { schema: 1 }, { schema: 9, broadcasts: [1] }, [], null]);
  });

  test('is due from its time on for an hour, on its days, past midnight too', () => {
    const document = load();
    Object.assign(first(document), { at: '23:30', days: ['fri'] });
    const due = (moment: string) => dueBroadcasts(document, new Date(`${moment}+09:00`)).map(({ day }) => day);
    expect(
      [
        '2021-10-01T23:29:59',
        '2021-10-01T23:30:00',
        '2021-10-02T00:29:59',
        '2021-10-02T00:30:00',
        '2021-10-02T23:30:00',
      ].map(due),
    ).toEqual([[], ['2021-10-01'], ['2021-10-01'], [], []]);
    expect(nextBroadcastAt(first(document), new Date('2021-10-01T23:30:00+09:00'))?.toISOString()).toBe(
      '2021-10-08T14:30:00.000Z',
    );
    first(document).until = '2021-10-02';
    expect(nextBroadcastAt(first(document), new Date('2021-10-01T23:30:00+09:00'))).toBeUndefined();
  });

  test.each([
    '{{#each venues}}{{venueName}}{{seats}}{{/each}}',
    '{{#if totalSeats}}{{totalSeats}}{{else}}なし{{/if}}',
    '{{#if venues}}x{{/if}}',
    '{{#each venues}}{{#if seats}}{{seats}}{{/if}}{{/each}}',
  ])('may say %s', (text) => {
    expect(broadcastFaults(text)).toEqual([]);
  });

  test.each([
    '{{venueName}}',
    '{{#each venues}}{{this}}{{/each}}',
    '{{#each venues}}{{cityName}}{{/each}}',
    '{{#each venues}}{{constructor}}{{/each}}',
    '{{#each venues}}{{this.seats}}{{/each}}',
    '{{#each venues}}{{../date}}{{/each}}',
    '{{#each venues}}{{#each venues}}{{/each}}{{/each}}',
    '{{#each whatToBring}}{{this}}{{/each}}',
    '{{{date}}}',
    '{{> x}}',
    '{{#each venues}}{{#if cityName}}{{/if}}{{/each}}',
    '{{venues}}',
    '{{__proto__}}',
    '{{#if reference}}{{/if}}',
    '{{#if totalSeats}}'.repeat(300),
  ])('may not say %s', (text) => {
    expect(broadcastFaults(text)).not.toEqual([]);
  });

  test('reaches nothing but what it was given, whatever passes the check', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...broadcastPlaceholders.map((name) => `{{${name}}}`)),
      fc.constantFrom(
        '{{',
        '}}',
        '{{#if venues}}',
        '{{/if}}',
        '{{#each venues}}',
        '{{/each}}',
        '{{seats}}',
        '{{venueName}}',
        '{{this}}',
        '{{else}}',
        '{{__proto__}}',
        '{{@index}}',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join('');
        if (broadcastFaults(source).length > 0) return;
        expect(renderTemplate(source, { date: 'DATE', venues: [{ venueName: 'V', seats: '1' }] })).not.toMatch(
          /function|\[object|native code/,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
