import { defined } from '../text/defined';
import type { ProgrammeDocument } from './document';
import { openingOf } from './opening';

const group = (code: string, opensAt: string, closesAt?: string) => ({
  code,
  label: code,
  importedAs: [],
  opensAt,
  ...defined({ closesAt }),
});
const document = {
  groups: [
    group('old', '2021-04-19T08:30:00+09:00', '2021-12-01T00:00:00+09:00'),
    group('young', '2021-07-05T08:30:00+09:00', '2021-12-01T00:00:00+09:00'),
  ],
} as unknown as ProgrammeDocument;

test.each([
  ['2021-04-18T23:29:59Z', 'before', ['before', 'before'], '2021-04-19T08:30:00+09:00'],
  ['2021-04-18T23:30:00Z', 'open', ['open', 'before'], '2021-07-05T08:30:00+09:00'],
  ['2021-08-01T00:00:00Z', 'open', ['open', 'open'], undefined],
  ['2021-11-30T15:00:00Z', 'closed', ['closed', 'closed'], undefined],
])('at %s it is %s', (now, state, groups, next) => {
  const opening = openingOf(document, new Date(now));
  expect(opening.state).toBe(state);
  expect(opening.groups.map((item) => item.state)).toEqual(groups);
  expect(opening.nextOpensAt).toBe(next);
});
