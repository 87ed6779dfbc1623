import { z } from 'zod';

import { isPlainDate } from '../../calendar/plain-date';
import { channels } from '../../contracts/booking-workflow';

/** The small things that every part of a programme document is made of, each with its bounds. */

export const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
export const fieldName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
export const instant = z.iso.datetime({ offset: true });
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const plainDate = z.string().refine(isPlainDate, {
  error: 'この日付はありません',
  params: { fix: '2021-05-06 のように、ある日を書いてください' },
});
export const channel = z.enum(channels);

/**
 * Marks that change the direction of writing, invisible characters and control characters: with them a text can look
 * other than it is, in the admin, in a mail and in a log. Line breaks and tabs are kept in long texts. With the flag `u` the last range
 * means halves of characters that stand alone.
 */

const unseen =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]/u;
const hidden = {
  error: '見えない文字（文字の向きを変える記号など）が入っています',
  params: { fix: '見えない文字を消すか、文字を打ち直してください' },
};

export const isPlainText = (text: string): boolean => !unseen.test(text);

/** One line, 1–200 characters. */
export const shortText = z
  .string()
  .min(1)
  .max(200)
  .refine(isPlainText, hidden)
  .refine((text) => !/[\r\n]/.test(text), { error: '改行は使えません', params: { fix: '一行で書いてください' } });

/** Lines, up to 4,000 characters; may be empty. */
export const longText = z.string().max(4000).refine(isPlainText, hidden);

export const mediumText = z.string().max(500).refine(isPlainText, hidden);

/** A fault with what to do about it, for `superRefine`. */
export function faultAt(
  context: z.core.$RefinementCtx,
  path: (string | number)[],
  sentence: string,
  fix: string,
): void {
  context.addIssue({ code: 'custom', path, message: sentence, params: { fix } });
}
