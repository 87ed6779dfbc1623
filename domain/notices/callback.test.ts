import { callbackDueAt, mustBeCalledWithoutAddress } from './callback';

test.each([
  ['weeks ahead: within a day', '2021-05-01T03:00:00Z', '2021-05-20T01:30:00Z', '2021-05-02T03:00:00.000Z'],
  [
    'the day after tomorrow at dawn: by 17:00 of the day before',
    '2021-05-01T09:00:00Z',
    '2021-05-02T22:00:00Z',
    '2021-05-02T08:00:00.000Z',
  ],
  [
    'tomorrow, told of it in the evening: now',
    '2021-05-01T10:00:00Z',
    '2021-05-02T01:30:00Z',
    '2021-05-01T10:00:00.000Z',
  ],
  [
    'an invitation after the appointment: within a day',
    '2021-05-03T03:00:00Z',
    '2021-05-03T01:30:00Z',
    '2021-05-04T03:00:00.000Z',
  ],
])('%s', (_name, now, startsAt, due) => {
  expect(callbackDueAt(new Date(now), new Date(startsAt)).toISOString()).toBe(due);
});

const now = { kind: 'now' } as const;
test.each([
  [{ on: 'confirmed', when: now }, 'citizen', false],
  [{ on: 'confirmed', when: now }, 'operator', false],
  [{ on: 'cancelled', when: now }, 'citizen', false],
  [{ on: 'cancelled', when: now }, 'city', true],
  [{ on: 'changed', when: now }, 'system', true],
  [{ on: 'attended', when: now }, 'venue', true],
  [{ on: 'confirmed', when: { kind: 'days_before', days: 1, at: '10:00' } }, 'citizen', true],
] as const)('%j by %s: %s', (step, by, expected) => {
  expect(mustBeCalledWithoutAddress(step, by)).toBe(expected);
});
