import fc from 'fast-check';

import { placeholders, renderTemplate, templateFaults } from './template';

describe('a notice text', () => {
  it('is filled in', () => {
    const source =
      '{{date}} {{venueName}}{{#if oldDate}}（前は{{oldDate}}）{{else}}。{{/if}}{{#each whatToBring}}・{{this}}\n{{/each}}';
    expect(templateFaults(source)).toEqual([]);
    expect(renderTemplate(source, { date: '5月29日', venueName: '<桜木>&会場', whatToBring: ['券', '手帳'] })).toBe(
      '5月29日 <桜木>&会場。・券\n・手帳\n',
    );
  });

  it.each([
    '{{{date}}}',
    '{{&date}}',
    '{{> partial}}',
    '{{lookup this "constructor"}}',
    '{{constructor}}',
    '{{__proto__}}',
    '{{this.constructor}}',
    '{{../date}}',
    '{{@root.date}}',
    '{{date.length}}',
    '{{#with date}}{{/with}}',
    '{{#each date}}{{/each}}',
    '{{#each whatToBring as |x|}}{{x}}{{/each}}',
    '{{#each whatToBring}}{{constructor}}{{/each}}',
    '{{#if (lookup date)}}{{/if}}',
    '{{#if date includeZero=true}}{{/if}}',
    '{{date "x"}}',
    '{{date x=1}}',
    '{{#*inline "x"}}{{/inline}}',
    '{{#> layout}}{{/layout}}',
    '{{#each whatToBring}}{{#each whatToBring}}{{/each}}{{/each}}',
    '{{birthDate}}',
    '{{unclosed',
    '{{#if date}}',
    '{{"date"}}',
    '{{1}}',
    '{{this}}',
    '{{#each whatToBring}}{{this.length}}{{/each}}',
    '{{#date}}{{/date}}',
    '{{^date}}{{/date}}',
    '{{helperMissing}}',
    '{{log date}}',
    '{{[constructor]}}',
    '{{* date}}',
  ])('with %s is refused', (source) => {
    expect(templateFaults(source)).not.toEqual([]);
  });

  it('reaches nothing but what it was given, whatever passes the check', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...placeholders.map((name) => `{{${name}}}`)),
      fc.constantFrom(
        '{{',
        '}}',
        '{{{',
        '}}}',
        '{{#if date}}',
        '{{/if}}',
        '{{#each whatToBring}}',
        '{{/each}}',
        '{{this}}',
        '{{else}}',
        '{{__proto__}}',
        '{{this.x}}',
        '{{@index}}',
        '{{~date~}}',
        '{{!-- x --}}',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join('');
        if (templateFaults(source).length > 0) return;
        const text = renderTemplate(source, { date: 'DATE', whatToBring: ['ITEM'] });
        expect(text).not.toMatch(/function|\[object|native code/);
      }),
      { numRuns: 1000 },
    );
  });
});
