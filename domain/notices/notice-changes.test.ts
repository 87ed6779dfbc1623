import { instantOf } from '../calendar/city-time';
import type { BookingFacts, JourneyPlan, JourneyPlanStep } from '../contracts/booking-workflow';
import { stepsAfterChange } from './journey-moments';
import { noticeChanges } from './notice-changes';

const plan = (...steps: JourneyPlanStep[]): JourneyPlan => ({ steps, noShowAfterHours: 4 });
const reminder = (id: string, days: number, at = '09:00', more: Partial<JourneyPlanStep> = {}): JourneyPlanStep => ({
  id,
  on: 'confirmed',
  before: { days, at },
  ...more,
});
const slotStartsAt = instantOf('2031-05-20', '10:30').toISOString();
const confirmation = {
  type: 'confirmed',
  at: instantOf('2031-05-01', '12:00').toISOString(),
  facts: {} as BookingFacts,
} as const;
const booking = { confirmation, slotStartsAt, changedAt: instantOf('2031-05-10', '12:00').toISOString() };
const changes = (before: JourneyPlan, after: JourneyPlan) =>
  noticeChanges(before, after, booking)
    .map(({ step, kind }) => `${kind} ${step}`)
    .sort();

describe('another journey takes the place of a booking’s own', () => {
  it('adds, drops and moves what is to come', () => {
    expect(
      changes(
        plan(reminder('a', 1), reminder('b', 2), reminder('c', 3)),
        plan(reminder('a', 1), reminder('b', 2, '18:00'), reminder('d', 5)),
      ),
    ).toEqual(['added d', 'dropped c', 'moved b']);
  });

  it('leaves alone what is past: not sent late, not sent twice', () => {
    // Due on 5 May by the old journey: it is out. The new one would have it on the 19th.
    expect(changes(plan(reminder('a', 15)), plan(reminder('a', 1)))).toEqual([]);
    // Due on 5 May by the new journey: too late for it.
    expect(changes(plan(), plan(reminder('a', 15)))).toEqual([]);
    expect(changes(plan({ id: 'now', on: 'confirmed' }), plan({ id: 'other', on: 'confirmed' }))).toEqual([]);
  });

  it('counts what follows the confirmation and what hangs on moments to come', () => {
    const later: JourneyPlanStep = { id: 'later', on: 'confirmed', after: { days: 14, at: '09:00' } };
    const thanks: JourneyPlanStep = { id: 'thanks', on: 'attended' };
    expect(changes(plan(thanks), plan(later, { ...thanks, after: { days: 1, at: '09:00' } }))).toEqual([
      'added later',
      'moved thanks',
    ]);
    expect(changes(plan(), plan({ ...later, after: { days: 3, at: '09:00' } }))).toEqual([]);
  });

  it('goes by the confirmation, not by the change, where a step is left out shortly after the booking', () => {
    const steps = stepsAfterChange(
      plan(reminder('a', 9, '18:00', { notWithinHours: 48 })),
      confirmation,
      slotStartsAt,
      booking.changedAt,
    );
    expect(steps.map(({ leftOut }) => leftOut)).toEqual([undefined]);
    const late = { ...confirmation, at: instantOf('2031-05-10', '11:00').toISOString() };
    expect(
      stepsAfterChange(
        plan(reminder('a', 9, '18:00', { notWithinHours: 48 })),
        late,
        slotStartsAt,
        booking.changedAt,
      ).map(({ leftOut }) => leftOut),
    ).toEqual(['booked_shortly_before']);
  });
});
