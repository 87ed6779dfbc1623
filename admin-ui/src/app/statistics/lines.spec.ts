import { linesBy, type Row } from './lines';

const row = (change: Partial<Row>): Row => ({
  by: 'day',
  day: null,
  venueId: null,
  groupCode: null,
  dose: null,
  channel: null,
  capacity: 10,
  held: 1,
  confirmed: 2,
  attended: 3,
  noShow: 1,
  cancelled: 5,
  unmet: 4,
  ...change,
});
const names = {
  venues: new Map([['v', '朱鷺メッセ']]),
  groups: new Map([['seniors', '65歳以上']]),
  doses: new Map([['1', '1回目']]),
};

it('names each line, and reckons what is left: a cancelled seat is free again, a missed one is not', () => {
  const rows = [
    row({ day: '2021-05-29' }),
    row({ by: 'venue', venueId: 'v' }),
    row({ by: 'dose', dose: 1 }),
    row({ by: 'channel', channel: 'phone' }),
    row({ by: 'group', groupCode: '' }),
  ];
  expect(
    (['day', 'venue', 'dose', 'channel', 'group'] as const).map((by) =>
      linesBy(rows, by, names).map((line) => [line.label, line.free]),
    ),
  ).toEqual([[['5月29日(土)', 3]], [['朱鷺メッセ', 3]], [['1回目', 3]], [['電話', 3]], [['不明', null]]]);
});

it('seats belong to no group', () => {
  expect(linesBy([row({ by: 'group', groupCode: 'seniors' })], 'group', names)[0]).toMatchObject({
    label: '65歳以上',
    capacity: null,
    unmet: null,
    attended: 3,
  });
});
