import type { ProgrammeDocument } from '../programmes/document';
import { doseState } from './dose-states';
import type { BookingForRules } from './rules';

const document = {
  groups: [
    { code: 'seniors', label: '', importedAs: [], opensAt: '2021-04-19T08:30:00+09:00' },
    { code: 'general', label: '', importedAs: [], opensAt: '2021-07-05T08:30:00+09:00' },
  ],
  doses: [
    { number: 1, label: '1回目' },
    { number: 2, label: '2回目', interval: { minDays: 21 } },
  ],
  bookingWindow: { firstDay: 2, lastDay: 59 },
} as unknown as ProgrammeDocument;
const now = new Date('2021-05-01T10:00:00+09:00');
const booking = (change: Partial<BookingForRules> = {}): BookingForRules => ({
  id: 'b1',
  dose: 1,
  state: 'confirmed',
  slotStartsAt: '2021-05-20T10:00:00+09:00',
  venueCode: 'sakuragi',
  holdExpiresAt: '2021-05-01T10:10:00+09:00',
  replaces: null,
  changes: 0,
  ...change,
});

test('nothing booked: the first dose is open, the second waits for it', () => {
  const resident = { person: { groupCode: 'seniors' }, bookings: [], permitted: [] };
  expect(doseState(document, 1, resident, now)).toEqual({
    kind: 'open',
    dates: { first: '2021-05-03', last: '2021-06-29' },
  });
  expect(doseState(document, 2, resident, now)).toMatchObject({
    kind: 'refused',
    refusal: { code: 'previous_dose_missing' },
  });
});

test('the second dose lies after the interval', () => {
  expect(
    doseState(document, 2, { person: { groupCode: 'seniors' }, bookings: [booking()], permitted: [] }, now),
  ).toEqual({ kind: 'open', dates: { first: '2021-06-10', last: '2021-06-29' } });
});

test('a move under way does not hide the booking that it moves', () => {
  const move = booking({ id: 'b2', state: 'held', replaces: 'b1' });
  expect(
    doseState(document, 1, { person: { groupCode: 'seniors' }, bookings: [move, booking()], permitted: [] }, now),
  ).toMatchObject({ kind: 'taken', state: 'confirmed', bookingId: 'b1' });
});

test('a permit opens the one dose that it is for', () => {
  const resident = { person: { groupCode: 'general' }, bookings: [], permitted: [1] };
  expect(doseState(document, 1, resident, now).kind).toBe('open');
  expect(doseState(document, 1, { ...resident, permitted: [] }, now)).toMatchObject({
    kind: 'refused',
    refusal: { code: 'not_open_yet' },
  });
  expect(doseState(document, 2, { ...resident, bookings: [booking()] }, now)).toMatchObject({
    kind: 'refused',
    refusal: { code: 'not_open_yet' },
  });
});
