import { fillForm, fillSeats, isUsuallyOpen, placed, planForm, scheduleOf, type Schedule } from './plan-form';

const schedule: Schedule = {
  id: 'x',
  venueId: 'v',
  name: '土曜',
  validFrom: '2021-05-01',
  validUntil: '2021-06-01',
  version: 3,
  template: {
    week: [
      {
        weekday: 6,
        sessions: [
          { from: '09:00', until: '12:00' },
          { from: '13:00', until: '15:00' },
        ],
      },
    ],
    breaks: [],
    closedOnHolidays: false,
    closedAtYearEnd: false,
    exceptions: [{ kind: 'closed', date: '2021-05-08', note: '点検' }],
    blockMinutes: 20,
    seats: [
      { dose: 1, channel: 'web', capacity: 4 },
      { dose: 1, channel: 'line', capacity: 1 },
    ],
    vaccine: 'ファイザー',
  },
};

test('a plan goes into the form and comes out as it was', () => {
  const form = planForm('2021-04-21');
  const special = fillForm(form, schedule, [1]);
  const { id: _id, version: _version, ...input } = schedule;
  const out = scheduleOf(form, special);
  expect({
    ...out,
    template: { ...out.template, seats: out.template.seats.filter((seat) => seat.capacity > 0) },
  }).toEqual(input);
  expect(form.dirty).toBe(false);
});

test('a new plan begins next Monday, on weekdays, for eight weeks', () => {
  const form = planForm('2021-04-21');
  fillSeats(form, [1, 2]);
  const plan = scheduleOf(form, []);
  expect([plan.validFrom, plan.validUntil, plan.template.week.map((day) => day.weekday)]).toEqual([
    '2021-04-26',
    '2021-06-21',
    [1, 2, 3, 4, 5],
  ]);
  expect(isUsuallyOpen(form, '2021-05-03', true)).toBe(false);
  expect(isUsuallyOpen(form, '2021-05-03', false)).toBe(true);
  expect(isUsuallyOpen(form, '2021-05-02', false)).toBe(false);
  expect(isUsuallyOpen(form, '2021-12-30', false)).toBe(false);
  form.controls.closedAtYearEnd.setValue(false);
  expect(isUsuallyOpen(form, '2021-12-30', false)).toBe(true);
});

test('what the server finds wrong is placed beside the weekday, though closed days are not sent', () => {
  const form = planForm('2021-04-21');
  form.controls.week.controls[0]?.controls.open.setValue(false);
  expect(
    placed(
      { field: 'schedule.template.week.1.sessions.0.until', sentence: '終わりの時刻は、始まりより後にしてください。' },
      form,
      [],
    ),
  ).toEqual({ field: 'week-3', sentence: '水曜日：終わりの時刻は、始まりより後にしてください。' });
  expect(placed({ field: 'schedule.validUntil', sentence: 'x' }, form, []).field).toBe('lastDay');
  expect(placed({ field: 'schedule.template.blockMinutes', sentence: 'x' }, form, []).field).toBe('blockMinutes');
});
