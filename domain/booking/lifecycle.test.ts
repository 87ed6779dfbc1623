import { allowedSteps, bookingActions, bookingStates, countsForDose, isEnded, nextState, takesSeat } from './lifecycle';

describe('the life of a booking', () => {
  it('has exactly the steps of the drawing', () => {
    expect(allowedSteps().map(({ from, action, to }) => `${from} --${action}--> ${to}`)).toEqual([
      'held --confirm--> confirmed',
      'held --expire--> expired',
      'held --release--> released',
      'confirmed --cancel--> cancelled',
      'confirmed --attend--> attended',
      'confirmed --miss--> no_show',
    ]);
  });

  it('ends where nothing more can happen, and only there', () => {
    expect(bookingStates.filter(isEnded)).toEqual(['attended', 'no_show', 'cancelled', 'expired', 'released']);
    for (const state of bookingStates.filter(isEnded)) for (const action of bookingActions) expect(nextState(state, action)).toBeUndefined();
  });

  it('gives the seat back in every end but the two in which the day has passed', () => {
    expect(bookingStates.filter((state) => !takesSeat(state))).toEqual(['cancelled', 'expired', 'released']);
  });

  it('counts a dose as booked when it is confirmed or given, not while it is only held', () => {
    expect(bookingStates.filter(countsForDose)).toEqual(['confirmed', 'attended']);
  });
});
