import { z } from 'zod';

import { hasRightCheckDigit } from '../text/municipality-code';
import { channel, code, fieldName, shortText } from './parts/basics';
import { broadcast } from './parts/broadcasts';
import { dose, policies, vaccine } from './parts/doses';
import { field } from './parts/form-fields';
import { bookingWindow, group, seatStageRule } from './parts/groups';
import { type journeyMoments, journeyStep, noticeCaps } from './parts/journeys';
import { pageNotice, template, texts, translations, words } from './parts/texts';

/**
 * A programme (事業) as data: one document per version, checked here and nowhere else. Closed sets and bounds
 * throughout: staff say what, never how. What is optional has its usual meaning in the code that obeys it, so a document
 * says only what it wants otherwise, and a stored one never changes.
 */

export const documentShape = z.strictObject({
  /**
   * 1: before groups by age, seats in stages, pairs, typed conditions and translations. 2: with them. 3: with broadcasts.
   * 4: with several answers of a list, a word for none of them, and what the reception sees.
   */
  schema: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  name: shortText,
  city: shortText,
  callCentre: z.strictObject({ telephone: z.string().regex(/^[0-9-]{9,15}$/), hours: shortText }),
  words: words.optional(),
  identification: z.strictObject({
    /** The number on the paper. `prefixes`: it begins with one of these. */
    couponNumber: z.strictObject({
      label: shortText,
      digits: z.int().min(4).max(20),
      prefixes: z
        .array(z.string().regex(/^[0-9]{1,12}$/))
        .min(1)
        .max(50)
        .optional(),
      /** The municipality's code as the coupon's line of 18 digits bears it: those of others are refused. */
      municipality: z
        .string()
        .regex(/^[0-9]{6}$/)
        .refine(hasRightCheckDigit, '市区町村コードの最後の数字（検査数字）が合いません')
        .optional(),
    }),
    birthDate: z.strictObject({ label: shortText }),
    /** What a person knows beside the number. Left out: the birth date. */
    secondFact: z.enum(['birth_date', 'kana']).optional(),
    kana: z.strictObject({ label: shortText }).optional(),
  }),
  groups: z.array(group).min(1).max(50),
  releases: z.array(seatStageRule).max(50).optional(),
  doses: z.array(dose).min(1).max(9),
  vaccines: z.array(vaccine).min(1).max(20).optional(),
  bookingWindow,
  policies,
  channels: z.array(channel).min(1),
  form: z.strictObject({ fields: z.array(field).max(30) }),
  journey: z.array(journeyStep).max(50),
  noticeCaps: noticeCaps.optional(),
  /** The choice of the form whose answer (a language: `en`, `ja-easy` …) is the language of the notices. */
  noticeLanguage: z.strictObject({ field: fieldName }).optional(),
  templates: z.record(code, template),
  broadcasts: z.array(broadcast).max(5).optional(),
  notices: z.array(pageNotice).max(20).optional(),
  texts,
  translations: translations.optional(),
});

export type ProgrammeDocument = z.infer<typeof documentShape>;

export type ProgrammeGroup = ProgrammeDocument['groups'][number];
export type GroupMembership = NonNullable<ProgrammeGroup['members']>[number];
export type SeatStageRule = NonNullable<ProgrammeDocument['releases']>[number];
export type ProgrammeDose = ProgrammeDocument['doses'][number];
export type DoseSeat = NonNullable<ProgrammeDose['seat']>;
export type ProgrammeVaccine = NonNullable<ProgrammeDocument['vaccines']>[number];
export type FormField = ProgrammeDocument['form']['fields'][number];
export type JourneyStep = ProgrammeDocument['journey'][number];
export type JourneyMoment = (typeof journeyMoments)[number];
export type ProgrammeBroadcast = NonNullable<ProgrammeDocument['broadcasts']>[number];
export type PageNotice = NonNullable<ProgrammeDocument['notices']>[number];
export type NoticePage = PageNotice['pages'][number];
