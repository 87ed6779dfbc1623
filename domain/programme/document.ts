import { z } from 'zod';
import { channels } from '../contracts/booking-workflow';
import { templateFaults } from './template';

/**
 * A programme (事業) as data: one document per version, checked here and nowhere else. Closed sets and bounds
 * throughout: staff say what, never how.
 */

const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const shortText = z.string().min(1).max(200);
const longText = z.string().max(4000);
const instant = z.iso.datetime({ offset: true });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const group = z.strictObject({
  code,
  label: shortText,
  /** The texts in the 対象区分 column of the city's file that mean this group. */
  importedAs: z.array(shortText).max(50),
  /** Rows without a group belong here. */
  isDefault: z.boolean().optional(),
  opensAt: instant,
  closesAt: instant.optional(),
});

const dose = z.strictObject({
  number: z.int().min(1).max(9),
  label: shortText,
  /** Days from the day of the previous dose to the day of this one, counted by calendar date in the city's time. */
  interval: z.strictObject({ minDays: z.int().min(0).max(3650), maxDays: z.int().min(0).max(3650).optional() }).optional(),
});

const fieldBase = {
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/),
  label: shortText,
  help: z.string().max(500).optional(),
  required: z.boolean(),
};

const field = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('telephone'), ...fieldBase }),
  z.strictObject({ kind: z.literal('email'), ...fieldBase }),
  z.strictObject({ kind: z.literal('text'), ...fieldBase, maxLength: z.int().min(1).max(1000) }),
  z.strictObject({ kind: z.literal('consent'), ...fieldBase }),
]);

export const journeyMoments = ['confirmed', 'changed', 'cancelled', 'attended', 'no_show'] as const;

const journeyStep = z.strictObject({
  id: code,
  /** The moment of the booking that this step hangs on. */
  on: z.enum(journeyMoments),
  when: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('now') }),
    /** At `at` o'clock in the city's time, `days` days before the day of the appointment. */
    z.strictObject({ kind: z.literal('days_before'), days: z.int().min(0).max(60), at: timeOfDay }),
  ]),
  template: code,
  /** Left out if the booking was confirmed less than this many hours before the step is due (`days_before` only). */
  notWithinHours: z.int().min(0).max(240).optional(),
  /** Only while the resident has no booking for the next dose. */
  onlyWithoutNextDose: z.boolean().optional(),
});

const template = z
  .strictObject({ subject: z.string().min(1).max(200), text: z.string().min(1).max(8000) })
  .superRefine((value, context) => {
    for (const part of ['subject', 'text'] as const) {
      for (const fault of templateFaults(value[part])) context.addIssue({ code: 'custom', path: [part], message: fault });
    }
  });

export const programmeDocumentSchema = z
  .strictObject({
    schema: z.literal(1),
    name: shortText,
    city: shortText,
    callCentre: z.strictObject({ telephone: z.string().regex(/^[0-9-]{9,15}$/), hours: shortText }),
    identification: z.strictObject({
      couponNumber: z.strictObject({ label: shortText, digits: z.int().min(4).max(20) }),
      birthDate: z.strictObject({ label: shortText }),
    }),
    groups: z.array(group).min(1).max(50),
    doses: z.array(dose).min(1).max(9),
    bookingWindow: z.strictObject({
      /** First and last bookable day, in days from today (city time). */
      firstDay: z.int().min(0).max(365),
      lastDay: z.int().min(0).max(365),
    }),
    policies: z.strictObject({
      holdMinutes: z.int().min(1).max(60),
      /** Hours before the start until which a citizen may change or cancel. */
      cutOffHours: z.int().min(0).max(720),
      maxChanges: z.int().min(0).max(100),
      /** Hours after the end of the slot when somebody not checked in counts as not come. */
      noShowAfterHours: z.int().min(0).max(72),
    }),
    channels: z.array(z.enum(channels)).min(1),
    form: z.strictObject({ fields: z.array(field).max(30) }),
    journey: z.array(journeyStep).max(50),
    templates: z.record(code, template),
    texts: z.strictObject({
      front: longText,
      whatToBring: z.array(shortText).max(10),
      afterBooking: longText,
      couponHelp: longText,
    }),
  })
  .superRefine((document, context) => {
    const fault = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const twice = (list: readonly string[], path: string): void => {
      list.forEach((item, index) => {
        if (list.indexOf(item) !== index) fault([path, index], `「${item}」が二度あります`);
      });
    };
    twice(document.groups.map((item) => item.code), 'groups');
    twice(document.groups.flatMap((item) => item.importedAs), 'groups');
    twice(document.form.fields.map((item) => item.name), 'form');
    twice(document.journey.map((item) => item.id), 'journey');
    if (document.groups.filter((item) => item.isDefault).length > 1) fault(['groups'], '区分のない行を受け入れる対象区分は一つだけです');
    document.groups.forEach((item, index) => {
      if (item.closesAt && Date.parse(item.closesAt) <= Date.parse(item.opensAt)) fault(['groups', index, 'closesAt'], '受付の終わりが始まりより前です');
    });
    document.doses.forEach((item, index) => {
      if (item.number !== index + 1) fault(['doses', index, 'number'], '回は1から順に並べます');
      if (item.interval?.maxDays !== undefined && item.interval.maxDays < item.interval.minDays) fault(['doses', index, 'interval'], '間隔の上限が下限より短いです');
      if (index === 0 && item.interval) fault(['doses', index, 'interval'], '最初の回に間隔はありません');
    });
    if (document.bookingWindow.lastDay < document.bookingWindow.firstDay) fault(['bookingWindow'], '予約できる最後の日が最初の日より前です');
    document.journey.forEach((step, index) => {
      if (!(step.template in document.templates)) fault(['journey', index, 'template'], `文面「${step.template}」がありません`);
      if (step.when.kind === 'days_before' && step.on !== 'confirmed') fault(['journey', index, 'when'], '「何日前」は予約の確定だけに付けられます');
    });
  });

export type ProgrammeDocument = z.infer<typeof programmeDocumentSchema>;
export type ProgrammeGroup = ProgrammeDocument['groups'][number];
export type ProgrammeDose = ProgrammeDocument['doses'][number];
export type FormField = ProgrammeDocument['form']['fields'][number];
export type JourneyStep = ProgrammeDocument['journey'][number];
export type JourneyMoment = (typeof journeyMoments)[number];

/** A fault of a document: where (`groups.0.opensAt`) and a sentence. */
export interface DocumentFault {
  readonly path: string;
  readonly sentence: string;
}

/** Checks an unknown value. Never throws. */
export function checkProgrammeDocument(value: unknown): { ok: true; document: ProgrammeDocument } | { ok: false; faults: DocumentFault[] } {
  const result = programmeDocumentSchema.safeParse(value);
  if (result.success) return { ok: true, document: result.data };
  return { ok: false, faults: result.error.issues.map((issue) => ({ path: issue.path.join('.'), sentence: issue.message })) };
}

/** The text whose SHA-256 is a version's checksum: keys sorted, so that a round trip through jsonb gives the same. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
