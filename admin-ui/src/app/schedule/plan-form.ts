import { FormArray, FormControl, FormGroup } from '@angular/forms';

import { addDays, weekdayOf } from '../../../../domain/calendar/city-time';
import { isPlainDate, isYearEnd } from '../../../../domain/calendar/plain-date';
import type { Schema } from '../api/api';
import type { Fault } from '../shared/form-faults';
import { byChannel, type Channel, channelOrder, mondayOf, weekdayWords } from './week';

export type Schedule = Schema<'Schedule'>;
export type Template = Schedule['template'];
export type ScheduleInput = Omit<Schedule, 'id' | 'version'>;
export type SpecialDay = Template['exceptions'][number];

const text = (value = '') => new FormControl(value, { nonNullable: true });
const count = (value = 0) => new FormControl<number | null>(value);

export function sessionGroup({ from, until } = { from: '09:30', until: '12:00' }) {
  return new FormGroup({ from: text(from), until: text(until) });
}

function dayGroup(weekday: number) {
  return new FormGroup({
    weekday: new FormControl(weekday, { nonNullable: true }),
    open: new FormControl(weekday >= 1 && weekday <= 5, { nonNullable: true }),
    sessions: new FormArray([sessionGroup({ from: '09:30', until: '16:30' })]),
  });
}

/** Seats of one dose in one block. */
export function seatGroup(
  dose: number,
  seats: Readonly<Record<Channel, number>> = { ...byChannel(() => 0), web: 5, phone: 2 },
) {
  return new FormGroup({
    dose: new FormControl(dose, { nonNullable: true }),
    ...byChannel((channel) => count(seats[channel])),
  });
}

/** A weekly plan as a form: Monday first, `lastDay` included. Special days are kept beside it. */
export function planForm(today: string) {
  const first = addDays(mondayOf(today), 7);
  return new FormGroup({
    venueId: text(),
    name: text('いつもの週'),
    validFrom: text(first),
    lastDay: text(addDays(first, 8 * 7 - 1)),
    week: new FormArray([1, 2, 3, 4, 5, 6, 0].map(dayGroup)),
    breaks: new FormArray([sessionGroup({ from: '12:00', until: '13:30' })]),
    closedOnHolidays: new FormControl(true, { nonNullable: true }),
    closedAtYearEnd: new FormControl(true, { nonNullable: true }),
    blockMinutes: count(30),
    vaccine: text(),
    seats: new FormArray<ReturnType<typeof seatGroup>>([]),
    overwriteHandSet: new FormControl(false, { nonNullable: true }),
  });
}
export type PlanForm = ReturnType<typeof planForm>;

/** What the form says, as the API takes it. Numbers that are missing become NaN: the server names the field. */
export function scheduleOf(form: PlanForm, special: readonly SpecialDay[]): ScheduleInput {
  const value = form.getRawValue();
  return {
    venueId: value.venueId,
    name: value.name,
    validFrom: value.validFrom,
    validUntil: isPlainDate(value.lastDay) ? addDays(value.lastDay, 1) : value.lastDay,
    template: {
      week: value.week.filter((day) => day.open).map(({ weekday, sessions }) => ({ weekday, sessions })),
      breaks: value.breaks,
      closedOnHolidays: value.closedOnHolidays,
      closedAtYearEnd: value.closedAtYearEnd,
      exceptions: [...special],
      blockMinutes: value.blockMinutes ?? 0,
      seats: value.seats.flatMap((seat) =>
        channelOrder.map((channel) => ({ dose: seat.dose, channel, capacity: seat[channel] ?? 0 })),
      ),
      vaccine: value.vaccine.trim() === '' ? null : value.vaccine.trim(),
    },
  };
}

/** Puts a saved plan into the form; returns its special days. */
export function fillForm(form: PlanForm, schedule: Schedule, doses: readonly number[]): SpecialDay[] {
  const { template } = schedule;
  const days = form.controls.week;
  for (const day of days.controls) {
    const known = template.week.find((item) => item.weekday === day.controls.weekday.value);
    day.controls.open.setValue(known !== undefined);
    replaceAll(
      day.controls.sessions,
      (known?.sessions ?? template.week[0]?.sessions ?? [{ from: '09:30', until: '16:30' }]).map(sessionGroup),
    );
  }
  replaceAll(form.controls.breaks, template.breaks.map(sessionGroup));
  fillSeats(form, doses, template);
  form.patchValue({
    venueId: schedule.venueId,
    name: schedule.name,
    validFrom: schedule.validFrom,
    lastDay: addDays(schedule.validUntil, -1),
    closedOnHolidays: template.closedOnHolidays,
    closedAtYearEnd: template.closedAtYearEnd ?? false,
    blockMinutes: template.blockMinutes,
    vaccine: template.vaccine ?? '',
    overwriteHandSet: false,
  });
  form.markAsPristine();
  return [...template.exceptions];
}

export function fillSeats(form: PlanForm, doses: readonly number[], template?: Template): void {
  replaceAll(
    form.controls.seats,
    doses.map((dose) => {
      if (!template) return seatGroup(dose);
      const of = (channel: Channel) =>
        template.seats.find((seat) => seat.dose === dose && seat.channel === channel)?.capacity ?? 0;
      return seatGroup(dose, byChannel(of));
    }),
  );
}

/** Whether the week, the holidays and the year's end alone say that a day is open. */
export function isUsuallyOpen(form: PlanForm, day: string, isHoliday: boolean): boolean {
  if (isHoliday && form.controls.closedOnHolidays.value) return false;
  if (form.controls.closedAtYearEnd.value && isYearEnd(day)) return false;
  return form.controls.week.controls.some(
    ({ controls }) => controls.weekday.value === weekdayOf(day) && controls.open.value,
  );
}

/** The server names fields as they are sent; here they get the names that the page uses, with where they are in words. */
export function placed(fault: Fault, form: PlanForm, special: readonly SpecialDay[]): Fault {
  const path = fault.field.replace(/^schedule\./, '').replace(/^template\./, '');
  const [part, index = ''] = path.split('.');
  if (part === 'week' && index !== '') {
    const weekday = form.getRawValue().week.filter((day) => day.open)[Number(index)]?.weekday ?? 0;
    return { field: `week-${String(weekday)}`, sentence: `${weekdayWords[weekday] ?? ''}曜日：${fault.sentence}` };
  }
  if (part === 'breaks') return { field: 'breaks', sentence: `休憩：${fault.sentence}` };
  if (part === 'exceptions')
    return { field: 'exceptions', sentence: `特別な日（${special[Number(index)]?.date ?? ''}）：${fault.sentence}` };
  if (part === 'seats') return { field: 'seats', sentence: fault.sentence };
  return { field: part === 'validUntil' ? 'lastDay' : (part ?? ''), sentence: fault.sentence };
}

function replaceAll<Control extends FormGroup>(array: FormArray<Control>, controls: readonly Control[]): void {
  array.clear({ emitEvent: false });
  for (const control of controls) array.push(control, { emitEvent: false });
  array.updateValueAndValidity();
}
