import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { z } from 'zod';

import { checkProgrammeDocument, type ProgrammeDocument, programmeDocumentSchema } from '../document';
import { differenceInWords, differencesOf } from './difference';
import { partWords } from './parts';
import { starterDocument } from './starter';

const demo = JSON.parse(
  readFileSync(join(__dirname, '../../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
type Loose = ProgrammeDocument & Record<string, unknown>;
function change(work: (document: Loose) => void): string[] {
  const changed = structuredClone(demo) as Loose;
  work(changed);
  return differencesOf(demo, changed).map(differenceInWords);
}

test('nothing changed is no difference', () => {
  expect(differencesOf(demo, structuredClone(demo))).toEqual([]);
});

test.each<[string, (document: Loose) => void, string[]]>([
  [
    'a number with its unit',
    (d) => {
      d.bookingWindow.lastDay = 28;
    },
    ['予約できる最後の日：59日後 → 28日後'],
  ],
  [
    'a moment of a group, by the group’s name',
    (d) => {
      d.groups[0]!.opensAt = '2021-05-06T08:30:00+09:00';
    },
    ['対象区分「65歳以上の方」の受付開始：2021年4月19日（月） 08:30 → 2021年5月6日（木） 08:30'],
  ],
  [
    'a group more',
    (d) => {
      d.groups.unshift({ code: 'young', label: '12〜29歳の方', importedAs: [], opensAt: '2021-09-07T08:00:00+09:00' });
    },
    ['対象区分「12〜29歳の方」を追加：12〜29歳の方'],
  ],
  [
    'a group less',
    (d) => {
      d.groups.splice(1, 1);
    },
    ['対象区分「高齢者施設などで働く方」を削除：高齢者施設などで働く方'],
  ],
  [
    'another order',
    (d) => {
      d.groups.reverse();
    },
    ['対象区分の順番：65歳以上の方、高齢者施設などで働く方、一般の方 → 一般の方、高齢者施設などで働く方、65歳以上の方'],
  ],
  [
    'a text',
    (d) => {
      d.templates['reminder']!.subject = '明日です';
    },
    ['文面「reminder」の件名：【{{cityName}}】明日は{{doseLabel}}の接種日です → 明日です'],
  ],
  [
    'a closed set',
    (d) => {
      d.journey[1]!.on = 'attended';
    },
    ['お知らせ「reminder」のきっかけ：予約が確定したとき → 来場したとき'],
  ],
  [
    'something that was not there',
    (d) => {
      d.doses[1]!.interval = { minDays: 21, maxDays: 28 };
    },
    ['回「2回目」の前の回からの間隔の最長を追加：28日'],
  ],
  [
    'an entry of a plain list',
    (d) => {
      d.texts.whatToBring.push('眼鏡');
    },
    ['持ち物「眼鏡」を追加：眼鏡'],
  ],
])('%s', (_name, work, expected) => {
  expect(change(work)).toEqual(expected);
});

/** Every path that the schema can have, as the table writes them. */
function pathsOf(schema: Record<string, unknown>, path: string): string[] {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const own = path === '' || path.endsWith('*') ? [] : [path];
  const branches = [...((schema['anyOf'] ?? schema['oneOf'] ?? []) as Record<string, unknown>[])];
  return [
    ...own,
    ...Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>).flatMap(([key, item]) =>
      pathsOf(item, below(key)),
    ),
    ...(typeof schema['items'] === 'object' ? pathsOf(schema['items'] as Record<string, unknown>, below('*')) : []),
    ...(typeof schema['additionalProperties'] === 'object'
      ? pathsOf(schema['additionalProperties'] as Record<string, unknown>, below('*'))
      : []),
    ...branches.flatMap((branch) => pathsOf(branch, path)),
  ];
}

test('every part of a document has words', () => {
  const paths = new Set(pathsOf(z.toJSONSchema(programmeDocumentSchema, { unrepresentable: 'any', io: 'input' }), ''));
  expect([...paths].filter((path) => !(path in partWords))).toEqual([]);
});

test('the document that a new programme begins with is a document', () => {
  expect(
    checkProgrammeDocument(starterDocument({ name: '健康診査', city: '新潟市', opensAt: '2030-01-01T09:00:00+09:00' })),
  ).toMatchObject({ ok: true });
});

test('any two values of JSON can be compared, and the same ones are the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(differencesOf(a, structuredClone(a))).toEqual([]);
      for (const difference of differencesOf(a, b)) expect(typeof differenceInWords(difference)).toBe('string');
    }),
    { examples: [[[true], [true, { toString: '' }, true]]] },
  );
});
