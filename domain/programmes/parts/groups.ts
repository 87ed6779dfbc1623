import { z } from 'zod';

import { channel, code, instant, mediumText, plainDate, shortText } from './basics';

/** Who belongs to a group. Any one of a group's rules is enough. */
const membership = z.discriminatedUnion('kind', [
  /** The city's file says so: the 対象区分 column. */
  z.strictObject({ kind: z.literal('imported') }),
  /** Born on a day of this range; both ends belong to it. */
  z.strictObject({ kind: z.literal('born'), from: plainDate.optional(), until: plainDate.optional() }),
  /** Of this age in full years on the day `on`, as the law counts: a year is full at the end of the day before the birthday. */
  z.strictObject({
    kind: z.literal('age'),
    on: plainDate,
    from: z.int().min(0).max(150).optional(),
    until: z.int().min(0).max(150).optional(),
  }),
  /** The person declares it of themselves: the statement they tick, e.g. 基礎疾患があります. */
  z.strictObject({ kind: z.literal('declared'), statement: shortText, help: mediumText.optional() }),
]);

/** Another opening for some venues or channels than the group's own; the first that fits counts. */
const opening = z.strictObject({
  venues: z.array(code).min(1).max(100).optional(),
  channels: z.array(channel).min(1).optional(),
  doses: z.array(z.int().min(1).max(9)).min(1).max(9).optional(),
  /** Left out: as the group. */
  opensAt: instant.optional(),
  closesAt: instant.optional(),
  /** Not open at all here. */
  closed: z.literal(true).optional(),
});

export const group = z.strictObject({
  code,
  label: shortText,
  /** The texts in the 対象区分 column of the city's file that mean this group. */
  importedAs: z.array(shortText).max(50),
  /** Rows without a group belong here. */
  isDefault: z.boolean().optional(),
  /** Left out: who was imported into it. */
  members: z.array(membership).min(1).max(5).optional(),
  opensAt: instant,
  closesAt: instant.optional(),
  openings: z.array(opening).max(50).optional(),
});

/**
 * Seats that open in stages. The people who book by these groups together may have at most `share` % of the seats of each
 * slot and channel (rounded down), from the moment `at` on; before the first moment none. Groups that no rule names may have all.
 */
export const seatStageRule = z.strictObject({
  code,
  groups: z.array(code).min(1).max(50),
  venues: z.array(code).min(1).max(100).optional(),
  channels: z.array(channel).min(1).optional(),
  stages: z
    .array(z.strictObject({ at: instant, share: z.int().min(0).max(100) }))
    .min(1)
    .max(20),
});

/** Which days may be booked: a window that rolls on every day, and the first and last day of all. */
export const bookingWindow = z.strictObject({
  /** First and last bookable day, in days from today (city time). */
  firstDay: z.int().min(0).max(365),
  lastDay: z.int().min(0).max(365),
  /** The time at which the window moves on by a day; left out: midnight. */
  rollsAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .optional(),
  /** Never before or after these days, whatever the window says. */
  notBefore: plainDate.optional(),
  notAfter: plainDate.optional(),
  /** Other days for some venues or channels, from and until a moment; the first that fits counts. */
  exceptions: z
    .array(
      z.strictObject({
        venues: z.array(code).min(1).max(100).optional(),
        channels: z.array(channel).min(1).optional(),
        from: instant.optional(),
        until: instant.optional(),
        firstDay: z.int().min(0).max(365),
        lastDay: z.int().min(0).max(365),
      }),
    )
    .max(50)
    .optional(),
});
