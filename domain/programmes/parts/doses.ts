import { z } from 'zod';

import { code, plainDate, shortText } from './basics';

const days = z.int().min(0).max(3650);
const months = z.int().min(1).max(120);

/**
 * From the day of the previous dose to the day of this one, counted by calendar date in the city's time. Months are calendar
 * months as the ministry counts them (`domain/programmes/interval.ts`); where both are given, both bind.
 */
const interval = z.strictObject({
  minDays: days,
  maxDays: days.optional(),
  minMonths: months.optional(),
  maxMonths: months.optional(),
});

/**
 * How the seat of a later dose comes about. `chosen`: the citizen chooses. `proposed`: the same venue and time, `afterDays`
 * days after the dose before, is offered first. `assigned`: it is taken together with the dose before, or neither is.
 */
const seat = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('chosen') }),
  z.strictObject({ mode: z.literal('proposed'), afterDays: z.int().min(1).max(365) }),
  z.strictObject({ mode: z.literal('assigned'), afterDays: z.int().min(1).max(365), fixed: z.boolean().optional() }),
]);

export const dose = z.strictObject({
  number: z.int().min(1).max(9),
  label: shortText,
  interval: interval.optional(),
  /** Only where the same vaccine is given as for the dose before. */
  sameVaccine: z.boolean().optional(),
  seat: seat.optional(),
  /** Another way at some venues; the first that fits counts. */
  seatAt: z
    .array(z.strictObject({ venues: z.array(code).min(1).max(100), seat }))
    .max(50)
    .optional(),
});

/** What is given, where and from when until when (both days included). Without venues: everywhere. */
export const vaccine = z.strictObject({
  code,
  label: shortText,
  venues: z.array(code).min(1).max(200).optional(),
  from: plainDate.optional(),
  until: plainDate.optional(),
  /** Intervals of this vaccine, in the place of the dose's own. */
  intervals: z
    .array(interval.extend({ dose: z.int().min(2).max(9) }))
    .max(8)
    .optional(),
});

export const policies = z.strictObject({
  holdMinutes: z.int().min(1).max(60),
  /** Hours before the start until which a citizen may change or cancel. */
  cutOffHours: z.int().min(0).max(720),
  maxChanges: z.int().min(0).max(100),
  /** Hours after the end of the slot when a person not checked in counts as not come. */
  noShowAfterHours: z.int().min(0).max(72),
  /** Minutes for which a cancelled seat stays closed before anybody may have it: against trading. */
  coolingMinutes: z.int().min(0).max(10_080).optional(),
  /** When a venue may check a person in: minutes before the start and after the end. Left out: at any time. */
  checkIn: z
    .strictObject({ fromMinutesBefore: z.int().min(0).max(1_440), untilMinutesAfter: z.int().min(0).max(1_440) })
    .optional(),
});
