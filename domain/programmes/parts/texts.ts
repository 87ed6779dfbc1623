import { z } from 'zod';

import { code, faultAt, fieldName, instant, isPlainText, longText, mediumText, shortText } from './basics';
import { templateFaults } from './template';

export const template = z
  .strictObject({ subject: z.string().min(1).max(200), text: z.string().min(1).max(8000) })
  .superRefine((value, context) => {
    for (const part of ['subject', 'text'] as const) {
      if (!isPlainText(value[part]))
        faultAt(
          context,
          [part],
          '見えない文字（文字の向きを変える記号など）が入っています',
          '見えない文字を消すか、文字を打ち直してください',
        );
      for (const fault of templateFaults(value[part]))
        faultAt(context, [part], fault, '使える項目は一覧から選んで入れられます');
    }
  });

/** Pages of the citizen site that can carry a notice. */
export const noticePages = ['front', 'login', 'bookings', 'venues', 'times', 'details', 'done'] as const;

export const pageNotice = z.strictObject({
  id: code,
  pages: z.array(z.enum(noticePages)).min(1).max(noticePages.length),
  tone: z.enum(['info', 'warn']),
  text: z.string().min(1).max(1000).refine(isPlainText),
  from: instant.optional(),
  until: instant.optional(),
});

export const texts = z.strictObject({
  front: longText,
  whatToBring: z.array(shortText).max(10),
  afterBooking: longText,
  couponHelp: longText,
});

/** What things are called in this programme; each has a usual word. */
export const words = z.strictObject({
  /** The paper that carries the number: 接種券（クーポン券）. */
  paper: shortText.optional(),
  callCentre: shortText.optional(),
  /** What was done when a person attended: 接種. */
  service: shortText.optional(),
});

/** Languages beside Japanese. `ja-easy` is やさしい日本語. */
export const otherLanguages = ['ja-easy', 'en', 'zh', 'ko', 'vi', 'tl', 'pt'] as const;
export type OtherLanguage = (typeof otherLanguages)[number];
export type Language = 'ja' | OtherLanguage;

/** The programme's texts in one more language. What is left out is shown in Japanese. Hidden until `reviewed`. */
const translation = z.strictObject({
  reviewed: z.boolean(),
  name: shortText.optional(),
  city: shortText.optional(),
  callCentreHours: shortText.optional(),
  numberLabel: shortText.optional(),
  birthDateLabel: shortText.optional(),
  words: words.optional(),
  groups: z.record(code, z.strictObject({ label: shortText.optional(), statement: shortText.optional() })).optional(),
  doses: z.record(z.string().regex(/^[1-9]$/), shortText).optional(),
  fields: z
    .record(
      fieldName,
      z.strictObject({
        label: shortText.optional(),
        help: mediumText.optional(),
        none: shortText.optional(),
        options: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/), shortText).optional(),
      }),
    )
    .optional(),
  notices: z.record(code, z.string().min(1).max(1000).refine(isPlainText)).optional(),
  templates: z.record(code, template).optional(),
  texts: z
    .strictObject({
      front: longText.optional(),
      whatToBring: z.array(shortText).max(10).optional(),
      afterBooking: longText.optional(),
      couponHelp: longText.optional(),
    })
    .optional(),
});

export const translations = z.strictObject({
  'ja-easy': translation.optional(),
  en: translation.optional(),
  zh: translation.optional(),
  ko: translation.optional(),
  vi: translation.optional(),
  tl: translation.optional(),
  pt: translation.optional(),
});

export type Translation = z.infer<typeof translation>;
