import { z } from 'zod';

import type { ProblemFault } from './problem';

/** Any UUID by its shape: whether it names something is for the database to say. */
export const uuid = z.guid();

export type Read<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly faults: ProblemFault[] };

const japanese = /[\u3040-\u30FF\u4E00-\u9FFF]/;

/** Checks a body or query against its schema; faults are named by field. */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown): Read<z.infer<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    faults: result.error.issues.map((issue) => ({
      field: issue.path.join('.') || (issue.code === 'unrecognized_keys' ? issue.keys.join(',') : ''),
      code: 'malformed',
      // Our schemas say what is wrong in Japanese; what a library says in English is for nobody's eyes.
      sentence: japanese.test(issue.message) ? issue.message : 'この項目を読み取れませんでした。',
    })),
  };
}

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,150}$/);

/** The `Idempotency-Key` of a request, undefined when there is none; `false` when it is not one. */
export function idempotencyKeyOf(header: string): string | undefined | false {
  if (header === '') return undefined;
  return idempotencyKey.safeParse(header).success && header;
}
