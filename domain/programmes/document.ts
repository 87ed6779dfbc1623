import { z } from 'zod';

import { hasRightCheckDigit } from '../text/municipality-code';
import { contradictionsOf } from './contradictions';
import { type DocumentFault, faultsOf, largestDocumentCharacters } from './faults';
import { channel, code, faultAt, fieldName, shortText } from './parts/basics';
import { broadcast } from './parts/broadcasts';
import { dose, policies, vaccine } from './parts/doses';
import { field } from './parts/form-fields';
import { bookingWindow, group, seatStageRule } from './parts/groups';
import { type journeyMoments, journeyStep, noticeCaps } from './parts/journeys';
import { pageNotice, template, texts, translations, words } from './parts/texts';

export type { DocumentFault } from './faults';
export type { FieldCondition } from './parts/form-fields';
export type { NoticeChannel, StepCondition } from './parts/journeys';
export { journeyMoments, noticeChannels } from './parts/journeys';
export type { Language, OtherLanguage, Translation } from './parts/texts';
export { noticePages, otherLanguages } from './parts/texts';

/**
 * A programme (事業) as data: one document per version, checked here and nowhere else. Closed sets and bounds
 * throughout: staff say what, never how. What is optional has its usual meaning in the code that obeys it, so a document
 * says only what it wants otherwise, and a stored one never changes.
 */

/** The newest way of writing that this code understands. One that is newer is refused, never half obeyed. */
export const newestSchema = 4;

const documentShape = z.strictObject({
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

export const programmeDocumentSchema = documentShape.superRefine((document, context) => {
  for (const { path, sentence, fix } of contradictionsOf(document)) faultAt(context, [...path], sentence, fix);
});

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

export type CheckedDocument = { ok: true; document: ProgrammeDocument } | { ok: false; faults: DocumentFault[] };

/** Checks an unknown value. Never throws. */
export function checkProgrammeDocument(value: unknown): CheckedDocument {
  const schema = schemaOf(value);
  if (schema !== undefined && schema > newestSchema) return { ok: false, faults: [tooNew(schema)] };
  if (!isSmall(value)) return { ok: false, faults: [tooLarge] };
  const result = programmeDocumentSchema.safeParse(value);
  if (result.success) return { ok: true, document: result.data };
  return { ok: false, faults: faultsOf(result.error) };
}

/** The number of the way of writing, where the value has one. */
export function schemaOf(value: unknown): number | undefined {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, 'schema')) return undefined;
  const { schema } = value as { schema: unknown };
  return typeof schema === 'number' && Number.isSafeInteger(schema) ? schema : undefined;
}

/** What staff wrote, under the number that it needs: the editor knows of no numbers, and older processes must refuse what they would not obey. */
export function underItsSchema(value: unknown): unknown {
  const schema = schemaOf(value);
  if (schema === undefined) return value;
  const needed = schemaNeededFor(value as { broadcasts?: unknown; form?: unknown });
  return schema >= needed ? value : { ...(value as object), schema: needed };
}

/** The lowest number under which everything is obeyed that was added since the second. */
function schemaNeededFor({ broadcasts, form }: { broadcasts?: unknown; form?: unknown }): number {
  const fields = isRecord(form) && Array.isArray(form['fields']) ? (form['fields'] as unknown[]).filter(isRecord) : [];
  if (fields.some((item) => item['kind'] === 'choices' || 'none' in item || 'shownAtReception' in item)) return 4;
  return Array.isArray(broadcasts) && broadcasts.length > 0 ? 3 : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function tooNew(schema: number): DocumentFault {
  return {
    path: 'schema',
    sentence: `新しい書き方（${String(schema)}）の文書です。このプログラムが読めるのは ${String(newestSchema)} までです`,
    fix: 'Toki を新しい版に入れ替えてから読み込んでください',
  };
}

const tooLarge: DocumentFault = {
  path: '',
  sentence: `文書が大きすぎるか、読み取れない形です（${String(largestDocumentCharacters)}文字まで）`,
  fix: '長い文章を短くするか、書き出したファイルをそのまま読み込んでください',
};

/** Counts before anything is parsed. What cannot be written as JSON is no document. */
function isSmall(value: unknown): boolean {
  try {
    return ((JSON.stringify(value) as string | undefined) ?? '').length <= largestDocumentCharacters;
  } catch {
    return false;
  }
}

/** The text whose SHA-256 is a version's checksum: keys sorted, so that a round trip through jsonb gives the same. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
