import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../programmes/document';
import { type BookingToCheckIn, bookingToCheckIn, decideCheckIn, readShownCode, warningSentence } from './check-in';

const document = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'test', 'data', 'plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const here = { venueId: 'here', today: '2021-05-29' };
const booking = (change: Partial<BookingToCheckIn> = {}): BookingToCheckIn => ({
  id: 'b',
  state: 'confirmed',
  dose: 1,
  venueId: 'here',
  venueName: '桜木会場',
  startsAt: new Date('2021-05-29T10:30:00+09:00'),
  ...change,
});
const first = {
  id: 'a',
  dose: 1,
  state: 'attended' as const,
  slotStartsAt: '2021-05-15T10:00:00+09:00',
  venueCode: 'here',
  holdExpiresAt: '2021-05-01T00:00:00Z',
  replaces: null,
  changes: 0,
};

it.each([
  ['482-913-505', undefined],
  ['482913506', { by: 'reference', value: '482913506' }],
  ['４８２－９１３－５０６', { by: 'reference', value: '482913506' }],
  [' 0123456789\n', { by: 'couponNumber', value: '0123456789' }],
  ['0123-456-789', { by: 'couponNumber', value: '0123456789' }],
  ['111510090123456789', { by: 'couponNumber', value: '0123456789' }],
  ['https://example.jp/', undefined],
  ['', undefined],
] as const)('what is shown: %j', (text, expected) => {
  expect(readShownCode(text, { digits: 10 })).toEqual(expected);
});

it.each([
  ['on its day and place', {}, {}, 'ready'],
  ['a second time', { state: 'attended' }, {}, 'already'],
  ['cancelled', { state: 'cancelled' }, {}, 'booking_cancelled'],
  ['only held', { state: 'held' }, {}, 'booking_not_confirmed'],
  ['another day', { startsAt: new Date('2021-05-30T10:30:00+09:00') }, {}, 'wrong_day'],
  ['another venue', { venueId: 'there' }, {}, 'wrong_venue'],
  ['another dose than the reception is for', {}, { dose: 2 }, 'wrong_dose'],
  [
    'another day and venue',
    { venueId: 'there', startsAt: new Date('2021-05-28T23:30:00+09:00') },
    {},
    'wrong_day wrong_venue',
  ],
  ['late on its day', { state: 'no_show' }, {}, 'ready'],
  [
    'counted as missed, days later',
    { state: 'no_show', startsAt: new Date('2021-05-27T10:30:00+09:00') },
    {},
    'wrong_day counted_as_missed',
  ],
] as const)('a booking %s', (_name, change, place, expected) => {
  const decision = decideCheckIn(document, booking(change), [], { ...here, ...place });
  expect(
    'kind' in decision
      ? decision.kind === 'warn'
        ? decision.warnings.map((item) => item.code).join(' ')
        : decision.kind
      : decision.staffCode,
  ).toBe(expected);
});

it('the second dose too early cannot be let through by anybody', () => {
  const second = booking({ dose: 2, startsAt: new Date('2021-06-05T10:30:00+09:00') });
  expect(decideCheckIn(document, second, [first], here)).toMatchObject({
    staffCode: 'too_early_here',
    detail: { earliest: '2021-06-05' },
  });
  expect(decideCheckIn(document, second, [first], { ...here, today: '2021-06-06' })).toMatchObject({ kind: 'warn' });
});

it('midnight is the city’s', () => {
  expect(decideCheckIn(document, booking({ startsAt: new Date('2021-05-28T15:00:00Z') }), [], here)).toEqual({
    kind: 'ready',
  });
});

describe('with a coupon number', () => {
  const later = booking({ id: 'later', startsAt: new Date('2021-06-19T10:30:00+09:00'), dose: 2 });
  it.each([
    ['today’s here', [later, booking({ id: 'today' })], 'today'],
    ['today’s, though cancelled once', [booking({ id: 'old', state: 'cancelled' }), booking({ id: 'today' })], 'today'],
    ['the one checked in already, not the next dose', [later, booking({ id: 'in', state: 'attended' })], 'in'],
    [
      'today’s elsewhere before tomorrow’s here',
      [
        booking({ id: 'tomorrow', startsAt: new Date('2021-05-30T10:30:00+09:00') }),
        booking({ id: 'elsewhere', venueId: 'there' }),
      ],
      'elsewhere',
    ],
    ['the nearest', [later, booking({ id: 'soon', startsAt: new Date('2021-05-31T10:30:00+09:00') })], 'soon'],
    [
      'what was cancelled, to say so',
      [booking({ id: 'gone', state: 'cancelled' }), booking({ id: 'hold', state: 'held' })],
      'gone',
    ],
    [
      'none, after the first dose of weeks ago',
      [booking({ state: 'attended', startsAt: new Date('2021-05-08T10:30:00+09:00') })],
      undefined,
    ],
    ['none', [booking({ state: 'expired' })], undefined],
  ] as const)('the booking is %s', (_name, bookings, expected) => {
    expect(bookingToCheckIn(bookings, here)?.id).toBe(expected);
  });
});

it('a warning says what is right', () => {
  const at = new Date('2021-06-02T13:00:00+09:00');
  expect(warningSentence({ code: 'wrong_day', day: '2021-06-02' }, at)).toBe(
    '今日の予約ではありません。2021年6月2日（水）午後1時の予約です。',
  );
  expect(warningSentence({ code: 'wrong_venue', venueName: '桜木会場' }, at)).toBe(
    'この会場の予約ではありません。「桜木会場」の予約です。',
  );
});
