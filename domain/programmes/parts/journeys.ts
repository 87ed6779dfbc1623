import { z } from 'zod';

import { channel, code, shortText, timeOfDay } from './basics';

/** The moments of a booking that a step can hang on. */
export const journeyMoments = ['held', 'confirmed', 'changed', 'cancelled', 'attended', 'no_show'] as const;

/** By what a notice can go out, tried in order. `callback`: a person is to telephone. */
export const noticeChannels = ['line', 'email', 'callback'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

const when = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  /** At `at` o'clock in the city's time, `days` days before the day of the appointment. */
  z.strictObject({ kind: z.literal('days_before'), days: z.int().min(0).max(60), at: timeOfDay }),
  /** At `at` o'clock, `days` days after the day of the moment (for a confirmation: after the day of the appointment). */
  z.strictObject({ kind: z.literal('days_after'), days: z.int().min(0).max(365), at: timeOfDay }),
  /** At `at` o'clock on the first day on which the next dose may lie, less `daysAhead`. */
  z.strictObject({
    kind: z.literal('next_dose_possible'),
    at: timeOfDay,
    daysAhead: z.int().min(0).max(60).optional(),
  }),
]);

/** All of a step's conditions must hold, also at the moment of sending. */
const condition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dose'), doses: z.array(z.int().min(1).max(9)).min(1).max(9) }),
  z.strictObject({ kind: z.literal('group'), groups: z.array(code).min(1).max(50) }),
  z.strictObject({ kind: z.literal('venue'), venues: z.array(code).min(1).max(100) }),
  z.strictObject({ kind: z.literal('channel'), channels: z.array(channel).min(1) }),
  z.strictObject({ kind: z.literal('without_next_dose') }),
]);

export const journeyStep = z.strictObject({
  id: code,
  /** Shown to staff. */
  label: shortText.optional(),
  on: z.enum(journeyMoments),
  /** For `cancelled`: by whom. Left out: by anybody. */
  by: z
    .array(z.enum(['citizen', 'operator', 'city']))
    .min(1)
    .max(3)
    .optional(),
  when,
  template: code,
  /** Left out: by LINE to those who linked their account, else by e-mail. */
  channels: z.array(z.enum(noticeChannels)).min(1).max(noticeChannels.length).optional(),
  conditions: z.array(condition).max(5).optional(),
  /** Left out if the booking was confirmed less than this many hours before the step is due (`days_before` only). */
  notWithinHours: z.int().min(0).max(240).optional(),
  /** Only while the resident has no booking for the next dose. */
  onlyWithoutNextDose: z.boolean().optional(),
});

/** Upper bounds of what one person gets, whatever the steps say. */
export const noticeCaps = z.strictObject({
  perBooking: z.int().min(1).max(50),
  perDay: z.int().min(1).max(20),
});

export type StepCondition = z.infer<typeof condition>;
