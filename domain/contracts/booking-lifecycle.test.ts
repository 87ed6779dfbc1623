import {
  allowedSteps,
  bookingActions,
  bookingStates,
  countsForDose,
  isAllowedStep,
  isEnded,
  nextState,
  stateAfter,
  takesEndBack,
  takesSeat,
} from './booking-lifecycle';

describe('the life of a booking', () => {
  it('has exactly the steps of the drawing', () => {
    expect(allowedSteps().map(({ from, action, to }) => `${from} --${action}--> ${to}`)).toEqual([
      'held --confirm--> confirmed',
      'held --expire--> expired',
      'held --give_up--> released',
      'confirmed --cancel--> cancelled',
      'confirmed --attend--> attended',
      'confirmed --miss--> no_show',
      'attended --undo_check_in--> confirmed',
      'no_show --attend--> attended',
    ]);
  });

  it('ends where nothing more happens by itself; a person can take back two of the ends, and no other', () => {
    expect(bookingStates.filter(isEnded)).toEqual(['attended', 'no_show', 'cancelled', 'expired', 'released']);
    const back = allowedSteps().filter(({ from, to }) => takesEndBack(from, to));
    expect(back.map(({ from, to }) => [from, to])).toEqual([
      ['attended', 'confirmed'],
      ['no_show', 'attended'],
    ]);
    for (const state of ['cancelled', 'expired', 'released'] as const)
      for (const action of bookingActions) expect(nextState(state, action)).toBeUndefined();
  });

  it('names an event after the state it leads to, but for the check-in that is undone', () => {
    for (const state of bookingStates) expect(stateAfter(state)).toBe(state);
    expect(stateAfter('check_in_undone')).toBe('confirmed');
    expect(stateAfter('programme_changed')).toBe('confirmed');
  });

  it('lets an event happen where a step leads to its state, and a newer version reach what is confirmed', () => {
    const steps = allowedSteps().map(({ from, to }) => `${from} ${to}`);
    for (const from of bookingStates) {
      for (const to of bookingStates) expect(isAllowedStep(from, to)).toBe(steps.includes(`${from} ${to}`));
      expect(isAllowedStep(from, 'check_in_undone')).toBe(steps.includes(`${from} confirmed`));
      expect(isAllowedStep(from, 'programme_changed')).toBe(from === 'confirmed');
    }
  });

  it('gives the seat back in every end but the two in which the day has passed', () => {
    expect(bookingStates.filter((state) => !takesSeat(state))).toEqual(['cancelled', 'expired', 'released']);
  });

  it('counts a dose as booked when it is confirmed or given, not while it is only held', () => {
    expect(bookingStates.filter(countsForDose)).toEqual(['confirmed', 'attended']);
  });
});
