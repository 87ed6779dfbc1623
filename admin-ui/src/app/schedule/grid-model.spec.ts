import { cellWords, gridOf, isWithin, moved, slotsWithin, stoppedWords, type GridSlot } from './grid-model';

const slot = (startsAt: string, dose = 1): GridSlot => ({
  id: startsAt,
  dose,
  vaccine: null,
  startsAt,
  endsAt: new Date(Date.parse(startsAt) + 1_800_000).toISOString(),
  scheduleId: null,
  setByHand: dose === 1,
  stopped: false,
  seats: [
    { channel: 'web', planned: 5, held: 1, booked: 2, free: 2 },
    { channel: 'phone', planned: 2, held: 0, booked: 0, free: 2 },
    { channel: 'line', planned: 0, held: 0, booked: 0, free: 0 },
  ],
});
const days = ['2021-05-10', '2021-05-11'];
const slots = [
  slot('2021-05-10T00:00:00Z'),
  slot('2021-05-10T01:30:00Z'),
  slot('2021-05-11T00:00:00Z'),
  slot('2021-05-11T03:00:00Z', 2),
];
const model = gridOf(slots, days, 1, new Date('2021-05-10T01:00:00Z'));

test('times of one dose down, days across', () => {
  expect(model.times).toEqual(['09:00', '10:30']);
  expect(model.at({ row: 0, column: 1 })?.slot.id).toBe('2021-05-11T00:00:00Z');
  expect(model.at({ row: 1, column: 1 })).toBeUndefined();
  expect(model.at({ row: 0, column: 0 })?.counts).toEqual({ planned: 7, held: 1, booked: 2, free: 4 });
});

test('a range takes what lies in it, whichever corner it began with; what is over is left out', () => {
  expect(slotsWithin(model, { row: 1, column: 1 }, { row: 0, column: 0 }).map((item) => item.id)).toEqual([
    '2021-05-10T01:30:00Z',
    '2021-05-11T00:00:00Z',
  ]);
  expect(isWithin({ row: 1, column: 0 }, { row: 0, column: 0 }, { row: 0, column: 1 })).toBe(false);
});

test('keys move inside the grid and stop at its edges', () => {
  expect(moved({ row: 0, column: 0 }, 'ArrowUp', model, false)).toEqual({ row: 0, column: 0 });
  expect(moved({ row: 0, column: 0 }, 'End', model, true)).toEqual({ row: 1, column: 1 });
  expect(moved({ row: 1, column: 1 }, 'ArrowLeft', model, false)).toEqual({ row: 1, column: 0 });
  expect(moved({ row: 0, column: 0 }, 'Enter', model, false)).toBeUndefined();
});

test('a cell says its numbers in words', () => {
  const cell = model.at({ row: 1, column: 0 });
  expect(cell && cellWords(cell)).toBe(
    '5月10日(月) 10:30～11:00、ウェブ 5席（予約2・仮押さえ1・空き2）、電話 2席（予約0・仮押さえ0・空き2）、手で変えた枠',
  );
});

test('a stopped cell says so, with the bookings that stay', () => {
  const cell = model.at({ row: 1, column: 0 });
  expect(cell && cellWords({ ...cell, slot: { ...cell.slot, stopped: true } })).toContain(
    '新しい予約の受付を止めている枠',
  );
  expect(stoppedWords({ planned: 10, held: 0, booked: 8, free: 0 })).toBe('受付停止・予約8');
  expect(stoppedWords({ planned: 10, held: 1, booked: 8, free: 0 })).toBe('受付停止・予約8・仮押さえ1');
});
