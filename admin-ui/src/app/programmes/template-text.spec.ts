import { insertion, piecesOf } from './template-text';

const names = new Set(['date', 'reference', 'whatToBring']);

test('a text falls into what people read, fields, conditions, and what cannot be there', () => {
  const text =
    '日時：{{date}} {{#if reference}}{{ reference }}{{else}}なし{{/if}} {{name}} {{{date}}} {{#each whatToBring}}{{this}}{{/each}}';
  const pieces = piecesOf(text, names);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  expect(pieces.filter((piece) => piece.kind !== 'text').map((piece) => `${piece.kind} ${piece.text}`)).toEqual([
    'field {{date}}',
    'block {{#if reference}}',
    'field {{ reference }}',
    'block {{else}}',
    'block {{/if}}',
    'wrong {{name}}',
    'field {{date}}',
    'block {{#each whatToBring}}',
    'block {{this}}',
    'block {{/each}}',
  ]);
});

test('a field is put in, a list one by one, a condition around what is selected', () => {
  expect(insertion({ name: 'date', list: false }, 'x', false)).toBe('{{date}}');
  expect(insertion({ name: 'whatToBring', list: true }, '', false)).toBe('{{#each whatToBring}}・{{this}}\n{{/each}}');
  expect(insertion({ name: 'reference', list: false }, '番号', true)).toBe('{{#if reference}}番号{{/if}}');
});
