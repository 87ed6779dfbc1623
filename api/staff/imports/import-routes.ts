import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import {
  type DependentBooking,
  effectKinds,
  type ImportCarryOvers,
  type ImportReview,
  type ImportRunRecord,
  type ImportRunStore,
  type ImportSettingsRepository,
  type ImportUndo,
  type TouchedBooking,
} from '../../../database/imports';
import type { Programmes } from '../../../database/programmes';
import type { StaffRepository } from '../../../database/staff';
import { parseBirthDate } from '../../../domain/calendar/birth-date';
import { cityDate } from '../../../domain/calendar/city-time';
import { formatBothCalendars } from '../../../domain/calendar/era';
import { refuse } from '../../../domain/contracts/booking-refusals';
import type { CsvCell } from '../../../domain/csv/write-csv';
import { evidenceWords } from '../../../domain/imports/carry-over';
import { columnNameJa } from '../../../domain/imports/file-refusal';
import { type FileColumn, fileColumns } from '../../../domain/imports/format';
import { type ImportProgress, importWorkflowId } from '../../../domain/imports/import-workflow';
import { loginCheckCodes, loginCheckWords } from '../../../domain/imports/log-in-check';
import { explainRowError, rowNoteCodes } from '../../../domain/imports/row-error';
import { groupOf } from '../../../domain/programmes/eligibility';
import { parseCouponNumber } from '../../../domain/residents/coupon-number';
import { refuseStaff, type StaffRefusalCode } from '../../../domain/staff/refusals';
import { disclosureTo } from '../../../domain/staff/visibility';
import type { EngineOutcome, ImportRequests } from '../../../engine/requests/import-requests';
import { csvAnswer, csvFile } from '../frame/csv-answer';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, instant, uuid } from '../frame/shapes';
import { carryOverShape, mappingOf, mappingShape, rowErrorShape, runJson, runShape } from './import-shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;
const pageSize = 50;
/** Lines of a list of errors that staff download; more of them is another kind of file. */
const csvLimit = 100_000;
const carryOverPage = 20;
const sampleSize = 20;

const runAnswer = runShape
  .extend({ workflowUrl: z.string().nullable(), undo: z.object({ possible: z.boolean() }), twoPersons: z.boolean() })
  .meta({ id: 'ImportRunDetail' });
const undoShape = z.object({
  run: runAnswer,
  /** It takes longer: look again. */
  isUnderWay: z.boolean(),
});
const bookingsInTheWay = z.array(
  z.union([
    z.object({
      isProtected: z.literal(false),
      id: uuid,
      reference: z.string().nullable(),
      state: z.string(),
      startsAt: instant,
      venueName: z.string(),
    }),
    z.object({ isProtected: z.literal(true), state: z.string() }),
  ]),
);
const touchedBookingShape = z
  .object({
    isProtected: z.literal(false),
    kind: z.enum(effectKinds),
    bookingId: uuid,
    residentId: uuid,
    reference: z.string().nullable(),
    state: z.enum(['held', 'confirmed']),
    dose: z.int(),
    startsAt: instant,
    venueName: z.string(),
  })
  .meta({ id: 'ImportTouchedBooking' });
const protectedTouchedShape = z
  .object({
    isProtected: z.literal(true),
    kind: z.enum(effectKinds),
    state: z.enum(['held', 'confirmed']),
    dose: z.int(),
  })
  .meta({ id: 'ProtectedImportTouchedBooking' });
const number = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

export interface ImportRouteDependencies {
  readonly imports: ImportRequests;
  readonly importRuns: Pick<ImportRunStore, 'history' | 'find' | 'readRowErrors'>;
  readonly importReview: ImportReview;
  readonly importCarryOvers: Pick<ImportCarryOvers, 'list' | 'decide'>;
  readonly importSettings: ImportSettingsRepository;
  readonly importUndo: Pick<ImportUndo, 'undoable' | 'inTheWay'>;
  readonly programmes: Pick<Programmes, 'allPublished' | 'current'>;
  readonly staff: Pick<StaffRepository, 'list'>;
  readonly audit: Pick<Audit, 'record'>;
  /** Where a workflow is to be read. */
  readonly workflowUrl: (workflowId: string) => string | undefined;
}

/** Imports of residents: history, progress, what one would do, yes and no, and back again. */
export function importRoutes({
  imports,
  importRuns,
  importReview,
  importCarryOvers,
  importSettings,
  importUndo,
  programmes,
  staff: colleagues,
  audit,
  workflowUrl,
}: ImportRouteDependencies): StaffRoute[] {
  async function nameOf(): Promise<(id: string) => string> {
    const names = new Map((await colleagues.list()).map((member) => [member.id, member.displayName]));
    const machines: Readonly<Record<string, string>> = {
      'command-line': 'コマンド',
      'drop-folder': '取込フォルダー（自動）',
      toki: 'Toki（デモ）',
    };
    return (id) => names.get(id) ?? machines[id] ?? id;
  }

  async function documentOf(run: ImportRunRecord) {
    const all = await programmes.allPublished();
    return (all.find((version) => version.programmeId === run.programmeId) ?? (await programmes.current())).document;
  }

  async function detail(run: ImportRunRecord, known?: ImportProgress): Promise<z.input<typeof runAnswer>> {
    const isOpen = run.endedAt === null;
    const [progress, names, document, undoable, settings] = await Promise.all([
      known ?? (isOpen ? imports.progress(run.id) : undefined),
      nameOf(),
      documentOf(run),
      run.status === 'applied' ? importUndo.undoable(run.programmeId) : undefined,
      importSettings.get(run.programmeId),
    ]);
    return {
      ...runJson(run, progress, document.identification.couponNumber.digits, names),
      workflowUrl: workflowUrl(importWorkflowId(run.id)) ?? null,
      undo: { possible: undoable === run.id },
      twoPersons: settings.twoPersons,
    };
  }

  const reviewed = (run: ImportRunRecord) => ({
    id: run.id,
    programmeId: run.programmeId,
    isWaiting: run.endedAt === null,
    isFullSet: run.isFullSet,
  });

  /** The answer to something that was asked of the workflow. */
  async function answerTo(
    runId: string,
    engine: EngineOutcome,
    refused: StaffRefusalCode,
  ): Promise<Outcome<z.input<typeof runAnswer>>> {
    if (engine === 'away') return refuseStaff('import_engine_away');
    const run = await importRuns.find(runId);
    if (run === undefined) return refuseStaff('import_unknown');
    return engine === 'refused' ? refuseStaff(refused) : { answer: await detail(run) };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/imports',
      summary: 'Imports, the newest first',
      roles: readers,
      query: z.object({ before: uuid.optional() }),
      answer: z.object({ imports: z.array(runShape), before: uuid.nullable() }),
      async handle({ query }) {
        const [list, names, version] = await Promise.all([
          importRuns.history({ before: query.before, limit: pageSize }),
          nameOf(),
          programmes.current(),
        ]);
        const { digits } = version.document.identification.couponNumber;
        // Only what is under way is asked of its workflow; there are few.
        const shown = await Promise.all(
          list.map(async (run) =>
            runJson(run, run.endedAt === null ? await imports.progress(run.id) : undefined, digits, names),
          ),
        );
        return { answer: { imports: shown, before: list.length === pageSize ? (list.at(-1)?.id ?? null) : null } };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports',
      summary: 'Import an uploaded file; the same file twice is one import',
      roles: writers,
      status: 201,
      answer: runAnswer,
      body: z.object({
        fileId: uuid,
        mapping: mappingShape,
        /** The file has everybody: who is missing is taken out, after an approval of its own. */
        isFullSet: z.boolean().default(false),
        /** Keep the mapping for the next file of this programme. */
        remember: z.boolean().default(true),
      }),
      async handle({ body, actor, staff }) {
        const mapping = mappingOf(body.mapping);
        const started = await imports.start(body.fileId, { mapping, isFullSet: body.isFullSet, by: staff.staffId });
        const run = started && (await importRuns.find(started.runId));
        if (started === undefined || run === undefined) return refuseStaff('import_file_unknown');
        if (body.remember) await importSettings.remember(run.programmeId, mapping);
        await audit.record(actor, {
          action: 'import.start',
          subject: { kind: 'import', id: run.id },
          result: started.engine,
          detail: { isFullSet: body.isFullSet },
        });
        return started.engine === 'away' ? refuseStaff('import_engine_away') : { answer: await detail(run) };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id',
      summary: 'One import: where it stands, what it would do, what it did',
      roles: readers,
      params: byId,
      answer: runAnswer,
      async handle({ params }) {
        const run = await importRuns.find(params.id);
        return run ? { answer: await detail(run) } : refuseStaff('import_unknown');
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id/errors',
      summary: 'Row errors and notes by line, with the cells they are about',
      roles: writers,
      params: byId,
      query: z.object({ afterLine: number.optional(), afterCode: z.string().max(40).optional() }),
      answer: z.object({ errors: z.array(rowErrorShape), more: z.boolean() }),
      async handle({ params, query, actor }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const { digits } = (await documentOf(run)).identification.couponNumber;
        const found = await importRuns.readRowErrors(
          run.id,
          { line: query.afterLine ?? -1, code: query.afterCode ?? '' },
          pageSize + 1,
        );
        await audit.record(actor, {
          action: 'import.errors',
          subject: { kind: 'import', id: run.id },
          result: 'done',
          detail: { shown: Math.min(found.length, pageSize) },
        });
        return {
          answer: {
            errors: found.slice(0, pageSize).map(({ line, code, column, value }) => ({
              line,
              code,
              column: column ?? null,
              sentence: explainRowError(code, digits),
              isNote: rowNoteCodes.includes(code),
              value,
            })),
            more: found.length > pageSize,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id/errors.csv',
      summary: 'The row errors as a CSV file, formula-safe',
      roles: writers,
      params: byId,
      ...csvFile,
      async handle({ params, actor, ctx }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const { digits } = (await documentOf(run)).identification.couponNumber;
        const rows: CsvCell[][] = [];
        for (let after = { line: -1, code: '' }; rows.length < csvLimit;) {
          const page = await importRuns.readRowErrors(run.id, after, 5_000);
          for (const { line, code, column, value } of page) {
            rows.push([
              line,
              isColumn(column) ? columnNameJa(column) : '',
              value,
              explainRowError(code, digits),
              rowNoteCodes.includes(code) ? 'お知らせ' : '取り込みません',
            ]);
            after = { line, code };
          }
          if (page.length < 5_000) break;
        }
        await audit.record(actor, {
          action: 'import.errors_export',
          subject: { kind: 'import', id: run.id },
          result: 'done',
          detail: { rows: rows.length },
        });
        return csvAnswer(ctx, `import-errors-${run.id}`, ['行', '列', '値', '内容', '扱い'], rows);
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id/bookings',
      summary: 'Live bookings of people whom the import touches: new number, moved out, died, missing',
      roles: writers,
      params: byId,
      query: z.object({ offset: number.optional() }),
      answer: z.object({
        bookings: z.array(z.union([touchedBookingShape, protectedTouchedShape])),
        more: z.boolean(),
      }),
      async handle({ params, query, actor }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const found = await importReview.touchedBookings(reviewed(run), {
          offset: query.offset ?? 0,
          limit: pageSize + 1,
        });
        await audit.record(actor, {
          action: 'import.bookings',
          subject: { kind: 'import', id: run.id },
          result: 'done',
          detail: { shown: Math.min(found.length, pageSize) },
        });
        return {
          answer: {
            bookings: found.slice(0, pageSize).map(touchedBookingJson),
            more: found.length > pageSize,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id/carry-overs',
      summary: 'New rows and residents who may be one person, by evidence; numbers by their last four digits',
      roles: writers,
      params: byId,
      query: z.object({ afterLine: number.optional(), afterResident: uuid.optional() }),
      answer: z.object({ carryOvers: z.array(carryOverShape), more: z.boolean() }),
      async handle({ params, query, actor }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const { afterLine, afterResident } = query;
        const after =
          afterLine === undefined || afterResident === undefined
            ? undefined
            : { line: afterLine, residentId: afterResident };
        const found = await importCarryOvers.list(run.id, after, carryOverPage + 1);
        const shown = found.slice(0, carryOverPage);
        for (const { residentId } of shown)
          await audit.record(actor, {
            action: 'import.carry_over_read',
            subject: { kind: 'import', id: run.id },
            residentId,
            result: 'done',
          });
        return {
          answer: {
            carryOvers: shown.map((item) => ({
              ...item,
              birthDate: formatBothCalendars(item.birthDate),
              reason: evidenceWords(item.evidence),
            })),
            more: found.length > carryOverPage,
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/carry-overs',
      summary: 'Say of pairs whether they are one person, all or nothing; then it is compared again',
      roles: writers,
      params: byId,
      body: z.object({
        decisions: z
          .array(z.object({ line: z.int(), residentId: uuid, isWanted: z.boolean() }))
          .min(1)
          .max(500),
      }),
      answer: runAnswer,
      async handle({ params, body, actor, staff }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const outcome = await importCarryOvers.decide(run.id, body.decisions);
        if (!outcome.ok) return refuseStaff(carryOverRefusals[outcome.code]);
        for (const { residentId, isWanted } of body.decisions)
          await audit.record(actor, {
            action: 'import.carry_over',
            subject: { kind: 'import', id: run.id },
            residentId,
            result: 'done',
            detail: { isWanted },
          });
        return answerTo(run.id, await imports.compareAgain(run.id, staff.staffId), 'import_not_waiting');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/log-in-check',
      summary: 'Could a person with this number and birth date log in once it is approved?',
      roles: writers,
      params: byId,
      body: z.object({ couponNumber: z.string().trim().min(1).max(40), birthDate: z.string().trim().min(1).max(40) }),
      answer: z.object({
        code: z.enum(loginCheckCodes),
        sentence: z.string(),
        group: z.string().nullable(),
        birthDate: z.string().nullable(),
      }),
      async handle({ params, body, actor }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const document = await documentOf(run);
        const parsed = parseCouponNumber(body.couponNumber, document.identification.couponNumber);
        const birth = parseBirthDate(body.birthDate, cityDate(new Date()));
        const checked = !parsed.ok
          ? { code: 'number_malformed' as const }
          : !birth.ok
            ? { code: 'birth_malformed' as const }
            : await importReview.loginCheck(reviewed(run), parsed.value, birth.value);
        await audit.record(actor, {
          action: 'import.log_in_check',
          subject: { kind: 'import', id: run.id },
          result: checked.code,
        });
        const group =
          'groupCode' in checked && checked.code === 'would_log_in'
            ? (groupOf(document, checked.groupCode)?.label ?? null)
            : null;
        return {
          answer: {
            code: checked.code,
            sentence: loginCheckWords(checked.code),
            group,
            birthDate: birth.ok ? formatBothCalendars(birth.value) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/sample',
      summary: 'Rows taken at random, each looked for as a log-in would; numbers by their last four digits',
      roles: writers,
      params: byId,
      answer: z.object({
        rows: z.array(
          z.object({
            line: z.int(),
            number: z.string(),
            birthDate: z.string(),
            group: z.string(),
            isFound: z.boolean(),
          }),
        ),
        found: z.int(),
      }),
      async handle({ params, actor }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const document = await documentOf(run);
        const rows = await importReview.sample(reviewed(run), sampleSize);
        const found = rows.filter((row) => row.isFound).length;
        await audit.record(actor, {
          action: 'import.sample',
          subject: { kind: 'import', id: run.id },
          result: 'done',
          detail: { rows: rows.length, found },
        });
        return {
          answer: {
            found,
            rows: rows.map(({ line, number: shown, birthDate, groupCode, isFound }) => ({
              line,
              number: shown,
              birthDate: formatBothCalendars(birthDate),
              group: groupOf(document, groupCode)?.label ?? groupCode,
              isFound,
            })),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/approve',
      summary:
        'Take the rows over; 412 when they were compared again since `comparison`. The second click gets the answer of the first',
      roles: writers,
      params: byId,
      body: z.object({ comparison: z.int().min(1) }),
      answer: runAnswer,
      async handle({ params, body, actor, staff }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        if (run.status === 'applied') return { answer: await detail(run) };
        if ((await importSettings.get(run.programmeId)).twoPersons && run.startedBy === staff.staffId)
          return refuseStaff('second_person_needed');
        const engine = await imports.approve(run.id, staff.staffId, body.comparison);
        await audit.record(actor, {
          action: 'import.approve',
          subject: { kind: 'import', id: run.id },
          result: engine,
          detail: { comparison: body.comparison },
        });
        const now = engine === 'refused' ? await imports.progress(run.id) : undefined;
        return answerTo(
          run.id,
          engine,
          now !== undefined && now.comparison !== body.comparison ? 'changed_meanwhile' : 'import_not_waiting',
        );
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/approve-removal',
      summary: 'Take out those who are missing from a whole set: names how many',
      roles: writers,
      params: byId,
      body: z.object({ comparison: z.int().min(1), residents: z.int().min(1) }),
      answer: runAnswer,
      async handle({ params, body, actor, staff }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        if (run.status === 'applied') return { answer: await detail(run) };
        if ((await importSettings.get(run.programmeId)).twoPersons && run.startedBy === staff.staffId)
          return refuseStaff('second_person_needed');
        if (run.summary?.toRemove !== body.residents)
          return refuseStaff('import_removal_count', { residents: run.summary?.toRemove ?? 0 });
        const engine = await imports.approveRemoval(run.id, staff.staffId, body.residents, body.comparison);
        await audit.record(actor, {
          action: 'import.approve_removal',
          subject: { kind: 'import', id: run.id },
          result: engine,
          detail: { residents: body.residents },
        });
        return answerTo(run.id, engine, 'import_not_waiting');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/reject',
      summary: 'Leave everything as it is',
      roles: writers,
      params: byId,
      answer: runAnswer,
      async handle({ params, actor, staff }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        if (run.status === 'rejected') return { answer: await detail(run) };
        const engine = await imports.reject(run.id, staff.staffId);
        await audit.record(actor, { action: 'import.reject', subject: { kind: 'import', id: run.id }, result: engine });
        return answerTo(run.id, engine, 'import_not_waiting');
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/:id/undo',
      summary: 'Whether the import can be undone, and the bookings that are in the way',
      roles: writers,
      params: byId,
      answer: z.object({ possible: z.boolean(), bookings: bookingsInTheWay }),
      async handle({ params }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const possible = (await importUndo.undoable(run.programmeId)) === run.id;
        const bookings = possible ? await importUndo.inTheWay(run.id, pageSize) : [];
        return {
          answer: {
            possible: possible && bookings.length === 0,
            bookings: bookings.map(bookingInTheWayJson),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/:id/undo',
      summary: 'Put the residents back as they were before; refused when people whom it brought in have booked since',
      roles: writers,
      params: byId,
      answer: undoShape,
      async handle({ params, actor, staff }) {
        const run = await importRuns.find(params.id);
        if (run === undefined) return refuseStaff('import_unknown');
        const outcome = await imports.undo(run.id, staff.staffId);
        const result =
          outcome === undefined ? 'begun' : outcome === 'away' ? 'away' : outcome.ok ? 'done' : outcome.code;
        await audit.record(actor, { action: 'import.undo', subject: { kind: 'import', id: run.id }, result });
        if (outcome === 'away') return refuseStaff('import_engine_away');
        if (outcome !== undefined && !outcome.ok)
          return refuseStaff(undoRefusals[outcome.code], { bookings: outcome.bookings });
        const now = await importRuns.find(run.id);
        return now === undefined
          ? refuse('not_found')
          : { answer: { run: await detail(now), isUnderWay: outcome === undefined } };
      },
    }),
  ];
}

const carryOverRefusals = {
  unknown: 'resident_unknown',
  taken: 'carry_over_taken',
  not_waiting: 'import_not_waiting',
} as const;
function touchedBookingJson({
  isProtected,
  ...booking
}: TouchedBooking): z.input<typeof touchedBookingShape> | z.input<typeof protectedTouchedShape> {
  const { kind, state, dose } = booking;
  return disclosureTo('review', { isProtected }) === 'whole'
    ? { ...booking, isProtected: false, startsAt: booking.startsAt.toISOString() }
    : { isProtected: true, kind, state, dose };
}

function bookingInTheWayJson({ isProtected, ...booking }: DependentBooking): z.input<typeof bookingsInTheWay>[number] {
  return disclosureTo('review', { isProtected }) === 'whole'
    ? { ...booking, isProtected: false, startsAt: booking.startsAt.toISOString() }
    : { isProtected: true, state: booking.state };
}

const undoRefusals = {
  not_applied: 'import_not_applied',
  not_the_last: 'import_not_the_last',
  nothing_kept: 'import_nothing_kept',
  has_bookings: 'import_has_bookings',
} as const;

function isColumn(column: string | undefined): column is FileColumn {
  return fileColumns.some((known) => known === column);
}
