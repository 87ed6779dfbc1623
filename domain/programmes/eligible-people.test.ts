import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from './document';
import { countEligible, haveSameRules } from './eligible-people';

const demo = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const opensAt = '2021-05-06T08:30:00+09:00';
const document: ProgrammeDocument = {
  ...demo,
  groups: [
    { code: 'old', label: '65歳以上', importedAs: [], members: [{ kind: 'age', on: '2022-03-31', from: 65 }], opensAt },
    { code: 'staff', label: '従事者', importedAs: [], opensAt: '2021-06-01T00:00:00+09:00' },
    {
      code: 'ill',
      label: '基礎疾患',
      importedAs: [],
      members: [{ kind: 'declared', statement: '基礎疾患があります' }],
      opensAt,
    },
  ],
};
const people = [
  { groupCode: 'none', birthDate: '1947-04-01', declared: [], count: 100 },
  { groupCode: 'staff', birthDate: '1947-04-01', declared: [], count: 10 },
  { groupCode: 'staff', birthDate: '1990-04-01', declared: [], count: 20 },
  { groupCode: 'none', birthDate: '1990-04-01', declared: ['ill'], count: 3 },
  { groupCode: 'none', birthDate: '1990-04-01', declared: [], count: 1_000 },
  { groupCode: 'none', birthDate: undefined, declared: [], count: 5 },
];

it('counts people by group, each once in the sum, and says where declarations may add more', () => {
  expect(countEligible(document, people, new Date('2021-05-10T00:00:00Z'))).toEqual({
    eligible: 133,
    inNoGroup: 1_005,
    mayBookNow: 113,
    groups: [
      { code: 'old', label: '65歳以上', people: 110, byDeclaration: false },
      { code: 'staff', label: '従事者', people: 30, byDeclaration: false },
      { code: 'ill', label: '基礎疾患', people: 3, byDeclaration: true },
    ],
  });
});

it('knows when two documents say the same of who may book', () => {
  const other = structuredClone(document);
  other.groups[0]!.label = '高齢の方';
  other.texts = { ...other.texts };
  expect(haveSameRules(document, other)).toBe(true);
  other.doses = other.doses.map((dose) => ({ ...dose, interval: { minDays: 99 } }));
  expect(haveSameRules(document, other)).toBe(false);
});
