import { z } from 'zod';

import type { ImportRunRecord } from '../../../database/imports';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import { carryOverEvidence } from '../../../domain/imports/carry-over';
import { dateForms, eraLetters } from '../../../domain/imports/date-rule';
import { explainFileRefusal } from '../../../domain/imports/file-refusal';
import { type ColumnPositions, fileColumns, type FileMapping } from '../../../domain/imports/format';
import { phaseWords } from '../../../domain/imports/import-words';
import { type ImportPhase, type ImportProgress, importSources } from '../../../domain/imports/import-workflow';
import { explainRowError, rowErrorCodes, rowNoteCodes } from '../../../domain/imports/row-error';
import { defined } from '../../../domain/text/defined';
import { instant, uuid } from '../frame/shapes';

const position = z.int().min(1).max(500);

export const columnsShape = z
  .object({
    number: position,
    birth: position,
    group: position.optional(),
    kana: position.optional(),
    standing: position.optional(),
    previous: position.optional(),
  })
  .meta({ id: 'ImportColumns' });

export const mappingShape = z
  .object({
    columns: columnsShape,
    headers: z.partialRecord(z.enum(fileColumns), z.string().trim().min(1).max(200)).optional(),
    dates: z
      .object({
        form: z.enum(dateForms),
        eraCodes: z.record(z.string().regex(/^[0-9]$/), z.enum(eraLetters as [string, ...string[]])).optional(),
      })
      .optional(),
    defaultGroup: z.string().max(40).optional(),
  })
  .meta({ id: 'ImportMapping' });

const phases = [
  'inspecting',
  'staging',
  'comparing',
  'waiting_for_approval',
  'waiting_for_removal_approval',
  'applying',
  'applied',
  'rejected',
  'refused',
  'failed',
  'undone',
] as const satisfies readonly (ImportPhase | 'undone')[];

const count = z.int().min(0);
const summaryShape = z
  .object({
    records: count,
    good: count,
    bad: count,
    created: count,
    changed: count,
    unchanged: count,
    missing: count,
    missingWithBooking: count,
    isFullSet: z.boolean(),
    toRemove: count,
    gone: count,
    goneWithBooking: count,
    newNumber: count,
    newNumberWithBooking: count,
    namesakes: count.optional(),
    proposals: count.optional(),
    crowded: count.optional(),
    removalBlocked: z.literal('unreadable_numbers').optional(),
  })
  .meta({ id: 'ImportSummary' });
const resultShape = z
  .object({
    created: count,
    changed: count,
    unchanged: count,
    removed: count,
    removedWithBooking: count,
    gone: count,
    goneWithBooking: count,
    newNumber: count,
    namesakes: count.optional(),
    isPartial: z.literal(true).optional(),
  })
  .meta({ id: 'ImportResult' });
const person = z.object({ id: z.string(), name: z.string() });

export const runShape = z
  .object({
    id: uuid,
    fileName: z.string(),
    sizeBytes: count,
    source: z.enum(importSources),
    isFullSet: z.boolean(),
    phase: z.enum(phases),
    phaseWords: z.string(),
    /** Rows dealt with, and roughly how many there are (null: not known). */
    rowsDone: count,
    rowsExpected: count.nullable(),
    /** An approval names it: what was looked at is what is approved. */
    comparison: count,
    createdAt: instant,
    endedAt: instant.nullable(),
    undoneAt: instant.nullable(),
    startedBy: person.nullable(),
    approvedBy: person.nullable(),
    removalApprovedBy: person.nullable(),
    undoneBy: person.nullable(),
    summary: z.union([summaryShape, z.null()]),
    result: z.union([resultShape, z.null()]),
    refusal: z.object({ code: z.string(), sentence: z.string() }).nullable(),
    undone: z.object({ restored: count, removed: count, keptOut: count }).nullable(),
    errors: z.array(z.object({ code: z.enum(rowErrorCodes), count, sentence: z.string(), isNote: z.boolean() })),
  })
  .meta({ id: 'ImportRun' });

export const rowErrorShape = z
  .object({
    line: z.int(),
    code: z.enum(rowErrorCodes),
    column: z.string().nullable(),
    sentence: z.string(),
    isNote: z.boolean(),
    value: z.string(),
  })
  .meta({ id: 'ImportRowError' });

export const carryOverShape = z
  .object({
    line: z.int(),
    residentId: uuid,
    oldNumber: z.string(),
    newNumber: z.string(),
    kana: z.string(),
    birthDate: z.string(),
    evidence: z.enum(carryOverEvidence),
    /** The evidence in words. */
    reason: z.string(),
    isWanted: z.boolean(),
    bookings: z.int(),
  })
  .meta({ id: 'ImportCarryOver' });

export const plainDateText = z.string().refine(isPlainDate);

/** Without the fields that are there but undefined, as the rules take it. */
export function mappingOf({ columns, headers, dates, defaultGroup }: z.output<typeof mappingShape>): FileMapping {
  const given = Object.fromEntries(
    Object.entries(columns).filter(([, value]) => value !== undefined),
  ) as unknown as ColumnPositions;
  return {
    columns: given,
    ...defined({ headers, defaultGroup }),
    ...(dates === undefined
      ? {}
      : {
          dates: dates.eraCodes === undefined ? { form: dates.form } : { form: dates.form, eraCodes: dates.eraCodes },
        }),
  };
}

/** @param nameOf what the id of a person is called */
export function runJson(
  run: ImportRunRecord,
  progress: ImportProgress | undefined,
  digits: number,
  nameOf: (id: string) => string,
): z.input<typeof runShape> {
  const phase = phaseOf(run, progress);
  const who = (id: string | null) => (id === null ? null : { id, name: nameOf(id) });
  const summary = run.summary ?? progress?.summary;
  return {
    id: run.id,
    fileName: run.fileName,
    sizeBytes: run.sizeBytes,
    source: run.source,
    isFullSet: run.isFullSet,
    phase,
    phaseWords: phase === 'undone' ? '取り込む前に戻しました' : phaseWords(phase),
    rowsDone: run.stagedRecords,
    rowsExpected: run.lineCount,
    comparison: progress?.comparison ?? 0,
    createdAt: run.createdAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    undoneAt: run.undoneAt?.toISOString() ?? null,
    startedBy: who(run.startedBy),
    approvedBy: who(run.approvedBy),
    removalApprovedBy: who(run.removalApprovedBy),
    undoneBy: who(run.undoneBy),
    summary: summary ?? null,
    result: run.result ?? null,
    refusal: run.refusal === undefined ? null : { code: run.refusal.code, sentence: explainFileRefusal(run.refusal) },
    undone: run.undone ?? null,
    errors: rowErrorCodes.flatMap((code) => {
      const found = run.tally.errors[code] ?? 0;
      return found === 0
        ? []
        : [{ code, count: found, sentence: explainRowError(code, digits), isNote: rowNoteCodes.includes(code) }];
    }),
  };
}

/** The workflow knows best; what has ended is known for sure by the database alone. */
function phaseOf({ status }: ImportRunRecord, progress: ImportProgress | undefined): (typeof phases)[number] {
  if (
    status === 'applied' ||
    status === 'rejected' ||
    status === 'refused' ||
    status === 'failed' ||
    status === 'undone'
  )
    return status;
  if (progress !== undefined) return progress.phase;
  return status === 'waiting' ? 'waiting_for_approval' : status === 'applying' ? 'applying' : 'staging';
}
