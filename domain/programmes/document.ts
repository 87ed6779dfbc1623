import { contradictionsOf } from './contradictions';
import { documentShape, type ProgrammeDocument } from './document-shape';
import { type DocumentFault, faultsOf, largestDocumentCharacters } from './faults';
import { faultAt } from './parts/basics';

export type * from './document-shape';
export type { DocumentFault } from './faults';
export { type FieldCondition, fieldKinds } from './parts/form-fields';
export type { NoticeChannel, StepCondition } from './parts/journeys';
export { journeyMoments, noticeChannels } from './parts/journeys';
export type { Language, OtherLanguage, Translation } from './parts/texts';
export { noticePages, otherLanguages } from './parts/texts';

/** The newest way of writing that this code understands. One that is newer is refused, never half obeyed. */
export const newestSchema = 4;

export const programmeDocumentSchema = documentShape.superRefine((document, context) => {
  for (const { path, sentence, fix } of contradictionsOf(document)) faultAt(context, [...path], sentence, fix);
});

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
