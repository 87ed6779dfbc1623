import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { checkAnswers } from '../bookings/form';
import { layoutNotice } from '../notices/notice-layout';
import { checkProgrammeDocument, newestSchema, type ProgrammeDocument } from './document';
import { largestDocumentCharacters } from './faults';
import { renderTemplate, templateFaults } from './parts/template';

const demo = readFileSync(join(__dirname, '../../docs/programmes/10-nothing-printed-unchecked.json'), 'utf8');
const load = (): ProgrammeDocument => JSON.parse(demo) as ProgrammeDocument;

/** Every place of a document: the way to it from the root. */
function placesOf(value: unknown, way: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [way];
  return [
    way,
    ...Object.entries(value).flatMap(([key, item]) =>
      placesOf(item, [...way, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function withValue(way: readonly (string | number)[], value: unknown): unknown {
  if (way.length === 0) return value;
  const document: unknown = JSON.parse(demo);
  let place = document as Record<string | number, unknown>;
  for (const key of way.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[way.at(-1) ?? ''] = value;
  return document;
}

const places = placesOf(load());
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    '{{constructor}}',
    '{{__proto__.polluted}}',
    '{{{date}}}',
    '{{#each whatToBring}}',
    '<script>alert(1)</script>',
    'javascript:alert(1)',
    '\u202eevil\u202c',
    '\u200b',
    '\ufeff',
    '\u0000',
    '\ud800',
    'あ'.repeat(1_000_000),
    -1,
    0,
    1e308,
    NaN,
    null,
    [],
    {},
    true,
    '2021-02-30',
    '2021-05-06T08:30',
    '../../etc/passwd',
    "'; DROP TABLE booking; --",
  ),
  fc.anything({ withBigInt: true, withMap: true, withSet: true, withNullPrototype: true, withTypedArray: true }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('a hostile document', () => {
  it('is refused with path, sentence and fix at the place of the evil, or is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), hostile, (way, value) => {
        const result = checkProgrammeDocument(withValue(way, value));
        if (result.ok) return;
        expect(result.faults.length).toBeGreaterThan(0);
        for (const { path, sentence, fix } of result.faults) {
          expect(typeof path).toBe('string');
          // In Japanese, and without repeating what was sent.
          expect(sentence).toMatch(/[ぁ-んァ-ヶ一-龠]/);
          expect(fix).toMatch(/[ぁ-んァ-ヶ一-龠]/);
          expect(sentence.length + fix.length).toBeLessThan(400);
        }
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('of a megabyte is refused at once', () => {
    const started = performance.now();
    expect(checkProgrammeDocument(withValue(['texts', 'front'], 'あ'.repeat(largestDocumentCharacters)))).toMatchObject(
      { ok: false, faults: [{ path: '' }] },
    );
    expect(checkProgrammeDocument({ ...load(), groups: Array.from({ length: 20_000 }, () => ({})) })).toMatchObject({
      ok: false,
    });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('that refers to itself is refused', () => {
    const loop: Record<string, unknown> = { ...load() };
    loop['self'] = loop;
    expect(checkProgrammeDocument(loop)).toMatchObject({ ok: false, faults: [{ path: '' }] });
  });

  it('of a newer way of writing is left alone, and says so', () => {
    expect(checkProgrammeDocument({ ...load(), schema: newestSchema + 1, somethingNew: true })).toMatchObject({
      ok: false,
      faults: [{ path: 'schema', sentence: expect.stringContaining('新しい書き方') as string }],
    });
  });

  it.each([
    ['name', '\u202e市潟新'],
    ['texts.front', 'a\u2066b'],
    ['groups.0.label', '65歳\n以上'],
    ['form.fields.0.help', '\u200b'],
    ['templates.reminder.text', '\u202e{{date}}'],
    ['notices.0.text', '\u0007'],
  ])('with marks that nobody sees in %s is refused there', (path, text) => {
    const document = load();
    document.notices = [{ id: 'a', pages: ['front'], tone: 'info', text: 'a' }];
    let place = document as unknown as Record<string, unknown>;
    const way = path.split('.');
    for (const key of way.slice(0, -1)) place = place[key] as Record<string, unknown>;
    place[way.at(-1) ?? ''] = text;
    const result = checkProgrammeDocument(document);
    expect(result.ok ? [] : result.faults.map((fault) => fault.path)).toContain(path);
  });
});

describe('a hostile text', () => {
  it('is written into mails as text, never as markup', () => {
    const source = '<script>alert(1)</script> {{venueName}}';
    expect(templateFaults(source)).toEqual([]);
    const text = renderTemplate(source, { venueName: '<img src=x onerror=alert(1)>' });
    const html = layoutNotice({
      subject: text,
      text,
      sender: '<b>',
      siteUrl: 'https://yoyaku.example.jp',
      telephone: '025-000-0000',
    });
    expect(html).not.toMatch(/<script|<img src=x|<b>/);
  });

  it('cannot make a notice without end', () => {
    const many = '{{#each whatToBring}}{{this}}{{/each}}'.repeat(210);
    const document = { ...load(), templates: { ...load().templates, reminder: { subject: 'a', text: many } } };
    const result = checkProgrammeDocument(document);
    expect(result.ok ? [] : result.faults.map((fault) => fault.path)).toContain('templates.reminder.text');
    expect(templateFaults('{{#if date}}'.repeat(300) + '{{/if}}'.repeat(300))).not.toEqual([]);
  });

  it('typed into the form is refused or kept as it is, never more', () => {
    const document = load();
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('telephone', 'email', 'language', 'consentRules', 'consentUse', '__proto__', 'toString'),
          hostile,
        ),
        (raw) => {
          const result = checkAnswers(document, raw, { dose: 1, channel: 'web' });
          if (!result.ok) for (const { sentence } of result.faults) expect(sentence).not.toContain('<script');
          else
            for (const answer of Object.values(result.answers))
              expect(answer === true || typeof answer === 'string').toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
