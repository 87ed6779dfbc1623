import { z } from 'zod';

import { channel, code, fieldName, mediumText, plainDate, shortText } from './basics';

/** When a field is asked: all of the conditions hold. Only fields that stand before this one can be asked about. */
const condition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('given'), field: fieldName }),
  z.strictObject({ kind: z.literal('not_given'), field: fieldName }),
  z.strictObject({
    kind: z.literal('one_of'),
    field: fieldName,
    values: z.array(z.string().min(1).max(60)).min(1).max(30),
  }),
  z.strictObject({ kind: z.literal('dose'), doses: z.array(z.int().min(1).max(9)).min(1).max(9) }),
  z.strictObject({ kind: z.literal('group'), groups: z.array(code).min(1).max(50) }),
  z.strictObject({ kind: z.literal('channel'), channels: z.array(channel).min(1) }),
]);

const fieldBase = {
  name: fieldName,
  label: shortText,
  help: mediumText.optional(),
  required: z.boolean(),
  showWhen: z.array(condition).min(1).max(5).optional(),
};

/** `shownAtReception`: the venue's reception sees the answer, in its lists and at the check-in. Nobody there sees the others. */
const askingBase = { ...fieldBase, shownAtReception: z.boolean().optional() };

const option = z.strictObject({ value: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/), label: shortText });

/** The day bounds of a date: a day, or the day of answering. */
const dayBound = z.union([plainDate, z.literal('today')]);

/** Every kind of field, for shapes and tables. */
// eslint-disable-next-line no-restricted-syntax -- the one list
export const fieldKinds = [
  'text',
  'telephone',
  'email',
  'choice',
  'choices',
  'checkbox',
  'date',
  'consent',
  'note',
] as const;

export const field = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('telephone'), ...askingBase }),
  z.strictObject({ kind: z.literal('email'), ...askingBase }),
  z.strictObject({
    kind: z.literal('text'),
    ...askingBase,
    maxLength: z.int().min(1).max(1000),
    minLength: z.int().min(0).max(1000).optional(),
    only: z.enum(['digits', 'kana']).optional(),
  }),
  /** One of a list. `none`: what the empty answer of an optional one is called, at the head of its list. */
  z.strictObject({
    kind: z.literal('choice'),
    ...askingBase,
    options: z.array(option).min(2).max(30),
    none: shortText.optional(),
  }),
  /** Any number of a list. */
  z.strictObject({ kind: z.literal('choices'), ...askingBase, options: z.array(option).min(2).max(30) }),
  z.strictObject({ kind: z.literal('checkbox'), ...askingBase }),
  z.strictObject({
    kind: z.literal('date'),
    ...askingBase,
    notBefore: dayBound.optional(),
    notAfter: dayBound.optional(),
  }),
  z.strictObject({ kind: z.literal('consent'), ...askingBase }),
  /** A text between the fields; asks nothing. */
  z.strictObject({ kind: z.literal('note'), ...fieldBase, required: z.literal(false) }),
]);

export type FieldCondition = z.infer<typeof condition>;
