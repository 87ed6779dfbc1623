import { balanceOf } from './balance';

const doses = [{ number: 1 }, { number: 2, interval: { minDays: 21, maxDays: 28 } }];

test('Saitama 2021: seats for 70 % of the second doses', () => {
  expect(
    balanceOf(
      [
        { date: '2021-05-10', dose: 1, seats: 100 },
        { date: '2021-05-31', dose: 2, seats: 70 },
      ],
      doses,
    ),
  ).toEqual([{ dose: 1, nextDose: 2, seats: 100, nextSeats: 70, notPlannedYet: 0, missing: 30 }]);
});

test('seats that lie outside the interval help nobody', () => {
  const days = [
    { date: '2021-05-10', dose: 1, seats: 10 },
    { date: '2021-05-20', dose: 2, seats: 10 },
    { date: '2021-07-01', dose: 2, seats: 10 },
  ];
  expect(balanceOf(days, doses)[0]).toMatchObject({ missing: 10, nextSeats: 10 });
});

test('people of later days wait behind those of earlier ones', () => {
  const days = [
    { date: '2021-05-10', dose: 1, seats: 10 },
    { date: '2021-05-11', dose: 1, seats: 10 },
    { date: '2021-05-31', dose: 2, seats: 15 },
    { date: '2021-06-01', dose: 2, seats: 8 },
  ];
  expect(balanceOf(days, doses)[0]).toMatchObject({ seats: 20, nextSeats: 23, missing: 2 });
  expect(balanceOf(days.slice(0, 3), doses)[0]).toMatchObject({ seats: 10, notPlannedYet: 10, missing: 0 });
});

test('a single dose needs no balance', () => {
  expect(balanceOf([{ date: '2021-05-10', dose: 1, seats: 10 }], [{ number: 1 }])).toEqual([]);
});
