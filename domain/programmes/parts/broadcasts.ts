import { z } from 'zod';

import { channel, code, faultAt, isPlainText, plainDate, shortText, timeOfDay } from './basics';
import { broadcastFaults } from './template';

/** Sunday first, as the calendar counts. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** One message a day to everybody who follows the city's LINE account: where there are free seats today. Names nobody, and is for nobody in particular. */
export const broadcast = z.strictObject({
  id: code,
  /** Shown to staff. */
  label: shortText.optional(),
  at: timeOfDay,
  /** Left out: every day. */
  days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
  /** First and last day, both included. */
  from: plainDate.optional(),
  until: plainDate.optional(),
  /** Whose seats of the day are counted. */
  seatsOf: z.array(channel).min(1).max(4),
  text: z
    .string()
    .min(1)
    .max(4000)
    .superRefine((value, context) => {
      if (!isPlainText(value))
        faultAt(
          context,
          [],
          '見えない文字（文字の向きを変える記号など）が入っています',
          '見えない文字を消すか、文字を打ち直してください',
        );
      for (const fault of broadcastFaults(value)) faultAt(context, [], fault, '使える項目は一覧から選んで入れられます');
    }),
  /** Also on days without a free seat. */
  evenWithoutSeats: z.boolean().optional(),
});
