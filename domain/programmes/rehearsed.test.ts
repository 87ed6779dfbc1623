import { type RehearsalEnd, rehearsalRefusal, rehearsedAs } from './rehearsed';

const passed: RehearsalEnd = { state: 'done', passed: true };
const faulty: RehearsalEnd = { state: 'done', passed: false };
const ended = (state: 'waiting' | 'running' | 'failed' | 'unsupported'): RehearsalEnd => ({ state, passed: null });

describe('what the rehearsals of a document have shown', () => {
  test.each([
    ['no', []],
    ['no', [ended('waiting')]],
    ['no', [ended('failed'), ended('unsupported')]],
    ['no', [ended('running'), ended('unsupported')]],
    ['impossible', [ended('unsupported'), ended('failed')]],
    ['faults', [faulty]],
    ['faults', [ended('unsupported'), faulty]],
    ['passed', [ended('unsupported'), faulty, passed]],
  ] as const)('%s: %j', (expected, rehearsals) => {
    expect(rehearsedAs(rehearsals)).toBe(expected);
  });
});

describe('a waiver', () => {
  test('is not needed after a rehearsal without faults', () => {
    expect([rehearsalRefusal('passed', false), rehearsalRefusal('passed', true)]).toEqual([undefined, undefined]);
  });
  test('is taken only where the server cannot rehearse', () => {
    expect((['impossible', 'faults', 'no'] as const).map((rehearsed) => rehearsalRefusal(rehearsed, true))).toEqual([
      undefined,
      'waiver_refused',
      'waiver_refused',
    ]);
  });
  test('that was not given is asked for as a rehearsal', () => {
    expect((['impossible', 'faults', 'no'] as const).map((rehearsed) => rehearsalRefusal(rehearsed, false))).toEqual([
      'not_rehearsed',
      'not_rehearsed',
      'not_rehearsed',
    ]);
  });
});
