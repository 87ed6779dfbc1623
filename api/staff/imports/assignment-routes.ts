import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { AssignmentFinding, AssignmentRun, AssignmentRunStore, ImportFileStore } from '../../../database/imports';
import type { Programmes } from '../../../database/programmes';
import type { StaffRepository } from '../../../database/staff';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { channels } from '../../../domain/contracts/booking-workflow';
import type { CsvCell } from '../../../domain/csv/write-csv';
import { type AssignmentPart, assignmentWorkflowId } from '../../../domain/imports/assignment-workflow';
import {
  type AssignmentColumn,
  assignmentColumnNames,
  assignmentColumns,
} from '../../../domain/imports/assignments/columns';
import {
  assignmentPhases,
  assignmentPhaseWords,
  explainAssignmentFault,
} from '../../../domain/imports/assignments/words';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { disclosureTo, protectedWords } from '../../../domain/staff/visibility';
import type { AssignmentRequests } from '../../../engine/requests/assignment-requests';
import { csvAnswer, csvFile } from '../frame/csv-answer';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, channel, instant, uuid } from '../frame/shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;
const pageSize = 50;
const csvPage = 2_000;
const count = z.int().min(0);
const line = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const person = z.object({ id: uuid, name: z.string() });

const runShape = z
  .object({
    id: uuid,
    fileName: z.string(),
    phase: z.enum(assignmentPhases),
    phaseWords: z.string(),
    channel,
    /** Rows of the file looked at, and roughly how many lines there are (null: not known). */
    rowsDone: count,
    rowsExpected: count.nullable(),
    rows: z.object({ read: count, bookable: count, refused: count, booked: count, taken_back: count, kept: count }),
    createdAt: instant,
    approvedAt: instant.nullable(),
    endedAt: instant.nullable(),
    takenBackAt: instant.nullable(),
    startedBy: person,
    approvedBy: person.nullable(),
    takeBackApprovedBy: person.nullable(),
    refusal: z.object({ code: z.string(), sentence: z.string() }).nullable(),
  })
  .meta({ id: 'AssignmentRun' });

const detailShape = runShape
  .extend({
    faults: z.array(z.object({ code: z.string(), count, sentence: z.string() })),
    /** Appointments of the run that nobody has touched since, and those that a person has. */
    untouched: count,
    touched: count,
    takeBackAsked: z.object({ by: person, at: instant }).nullable(),
    workflowUrl: z.string().nullable(),
  })
  .meta({ id: 'AssignmentRunDetail' });

const rowShape = z
  .object({
    line: z.int(),
    state: z.enum(['refused', 'booked', 'taken_back', 'kept', 'bookable', 'read']),
    number: z.string(),
    venue: z.string(),
    date: z.string(),
    time: z.string(),
    dose: z.string(),
    sentence: z.string().nullable(),
    bookingId: uuid.nullable(),
  })
  .meta({ id: 'AssignmentRow' });

export interface AssignmentRouteDependencies {
  readonly assignments: AssignmentRunStore;
  readonly assignmentRequests: AssignmentRequests;
  readonly importFiles: Pick<ImportFileStore, 'find'>;
  readonly programmes: Pick<Programmes, 'allPublished' | 'current'>;
  readonly staff: Pick<StaffRepository, 'list'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly workflowUrl: (workflowId: string) => string | undefined;
}

/** Appointments that the city gives to people by a file: what it would book, the yes of a second person, what it booked, and back again. */
export function assignmentRoutes({
  assignments,
  assignmentRequests,
  importFiles,
  programmes,
  staff: colleagues,
  audit,
  workflowUrl,
}: AssignmentRouteDependencies): StaffRoute[] {
  async function nameOf(): Promise<(id: string) => { id: string; name: string }> {
    const names = new Map((await colleagues.list()).map((member) => [member.id, member.displayName]));
    return (id) => ({ id, name: names.get(id) ?? id });
  }

  function json(run: AssignmentRun, name: (id: string) => { id: string; name: string }): z.input<typeof runShape> {
    const who = (id: string | null) => (id === null ? null : name(id));
    return {
      id: run.id,
      fileName: run.fileName,
      phase: run.status,
      phaseWords: assignmentPhaseWords[run.status],
      channel: run.channel,
      rowsDone: run.stagedRecords,
      rowsExpected: run.lineCount,
      rows: run.rows,
      createdAt: run.createdAt.toISOString(),
      approvedAt: run.approvedAt?.toISOString() ?? null,
      endedAt: run.endedAt?.toISOString() ?? null,
      takenBackAt: run.takenBackAt?.toISOString() ?? null,
      startedBy: name(run.startedBy),
      approvedBy: who(run.approvedBy),
      takeBackApprovedBy: who(run.takeBackApprovedBy),
      refusal: run.refusal,
    };
  }

  async function detail(run: AssignmentRun): Promise<z.input<typeof detailShape>> {
    const [name, faults, { untouched, touched }] = await Promise.all([
      nameOf(),
      assignments.faults(run.id),
      assignments.untouched(run.id),
    ]);
    const part: AssignmentPart =
      run.takeBackApprovedBy !== null ? 'take_back' : run.approvedBy !== null ? 'book' : 'check';
    return {
      ...json(run, name),
      faults: faults.map((item) => ({ ...item, sentence: explainAssignmentFault(item.code) })),
      untouched,
      touched,
      takeBackAsked:
        run.takeBackAskedBy !== null && run.takeBackAskedAt !== null && run.status === 'done'
          ? { by: name(run.takeBackAskedBy), at: run.takeBackAskedAt.toISOString() }
          : null,
      workflowUrl: workflowUrl(assignmentWorkflowId(run.id, part)) ?? null,
    };
  }

  async function detailOf(id: string): Promise<Outcome<z.input<typeof detailShape>>> {
    const run = await assignments.find(id);
    return run ? { answer: await detail(run) } : refuseStaff('assignment_unknown');
  }

  /** A step that people decide, recorded whatever came of it; then, where there is one, the part of the work that follows. */
  async function decided(
    id: string,
    actor: Parameters<Audit['record']>[0],
    action: string,
    step: { ok: true } | StaffRefusal,
    { facts = {}, part }: { facts?: Record<string, number>; part?: AssignmentPart } = {},
  ): Promise<Outcome<z.input<typeof detailShape>>> {
    const begun = step.ok && part ? await assignmentRequests.start(id, part) : true;
    await audit.record(actor, {
      action,
      subject: { kind: 'assignment', id },
      result: step.ok ? (begun ? 'done' : 'away') : step.staffCode,
      detail: facts,
    });
    if (!step.ok) return step;
    return begun ? detailOf(id) : refuseStaff('import_engine_away');
  }

  return [
    staffRoute({
      method: 'get',
      path: '/assignments',
      summary: 'Files of appointments that the city assigned, the newest first',
      roles: readers,
      query: z.object({ before: uuid.optional() }),
      answer: z.object({ assignments: z.array(runShape), before: uuid.nullable(), channels: z.array(channel) }),
      async handle({ query }) {
        const [list, name, { document }] = await Promise.all([
          assignments.history({ before: query.before, limit: pageSize }),
          nameOf(),
          programmes.current(),
        ]);
        return {
          answer: {
            assignments: list.map((run) => json(run, name)),
            before: list.length === pageSize ? (list.at(-1)?.id ?? null) : null,
            channels: document.channels,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/assignment-template.csv',
      summary: 'A file to begin from: the header and one row that shows how it is written',
      roles: writers,
      ...csvFile,
      async handle({ ctx }) {
        const { document } = await programmes.current();
        const example: Readonly<Record<AssignmentColumn, CsvCell>> = {
          number: '0'.repeat(document.identification.couponNumber.digits),
          venueCode: '',
          venue: '○○会場',
          date: addDays(cityDate(new Date()), 14),
          time: '09:30',
          dose: document.doses[0]?.number ?? 1,
          telephone: '',
          email: '',
        };
        const columns = assignmentColumns.filter((column) => column !== 'venueCode');
        return csvAnswer(
          ctx,
          'assigned-appointments',
          columns.map((column) => assignmentColumnNames[column]),
          [columns.map((column) => example[column])],
        );
      },
    }),
    staffRoute({
      method: 'post',
      path: '/assignments',
      summary: 'Look through an uploaded file of appointments; the same file twice is one run',
      roles: writers,
      status: 201,
      answer: detailShape,
      body: z.object({ fileId: uuid, channel: z.enum(channels).default('venue') }),
      async handle({ body, actor, staff }) {
        const file = await importFiles.find(body.fileId);
        const version = (await programmes.allPublished()).find((item) => item.programmeId === file?.programmeId);
        if (!file || !version) return refuseStaff('import_file_unknown');
        const id = await assignments.create({
          programmeId: version.programmeId,
          fileId: body.fileId,
          channel: body.channel,
          startedBy: staff.staffId,
        });
        return decided(id, actor, 'assignment.start', { ok: true }, { part: 'check' });
      },
    }),
    staffRoute({
      method: 'get',
      path: '/assignments/:id',
      summary: 'One file of appointments: where it stands, what it would book, what it booked',
      roles: readers,
      params: byId,
      answer: detailShape,
      handle: ({ params }) => detailOf(params.id),
    }),
    staffRoute({
      method: 'get',
      path: '/assignments/:id/rows',
      summary: 'Rows that are not booked, or kept at a take-back, with what is wrong; in the order of the file',
      roles: writers,
      params: byId,
      query: z.object({ afterLine: line.optional() }),
      answer: z.object({ rows: z.array(rowShape), more: z.boolean() }),
      async handle({ params, query, actor }) {
        const run = await assignments.find(params.id);
        if (!run) return refuseStaff('assignment_unknown');
        const found = await assignments.findings(run.id, ['refused', 'kept'], {
          afterLine: query.afterLine ?? -1,
          limit: pageSize + 1,
        });
        await audit.record(actor, {
          action: 'assignment.rows',
          subject: { kind: 'assignment', id: run.id },
          result: 'done',
          detail: { shown: Math.min(found.length, pageSize) },
        });
        return { answer: { rows: found.slice(0, pageSize).map(rowJson), more: found.length > pageSize } };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/assignments/:id/faults.csv',
      summary: 'The rows that are not booked as a CSV file, formula-safe',
      roles: writers,
      params: byId,
      ...csvFile,
      async handle({ params, actor, ctx }) {
        const run = await assignments.find(params.id);
        if (!run) return refuseStaff('assignment_unknown');
        const rows: CsvCell[][] = [];
        for (let afterLine = -1; ;) {
          const page = await assignments.findings(run.id, ['refused', 'kept'], { afterLine, limit: csvPage });
          for (const item of page) {
            const row = rowJson(item);
            rows.push([row.line, row.number, row.venue, row.date, row.time, row.dose, row.sentence]);
            afterLine = row.line;
          }
          if (page.length < csvPage) break;
        }
        await audit.record(actor, {
          action: 'assignment.rows_export',
          subject: { kind: 'assignment', id: run.id },
          result: 'done',
          detail: { rows: rows.length },
        });
        return csvAnswer(
          ctx,
          `assignment-faults-${run.id}`,
          ['行', '接種券番号', '会場', '日付', '開始', '回', '内容'],
          rows,
        );
      },
    }),
    staffRoute({
      method: 'post',
      path: '/assignments/:id/approve',
      summary:
        'Book what would be booked: never by who started it; names how many rows were seen. The second click begins what did not begin',
      roles: writers,
      params: byId,
      body: z.object({ bookable: z.int().min(1) }),
      answer: detailShape,
      handle: async ({ params, body, actor, staff }) =>
        decided(
          params.id,
          actor,
          'assignment.approve',
          await assignments.approve(params.id, staff.staffId, body.bookable),
          { facts: { bookable: body.bookable }, part: 'book' },
        ),
    }),
    staffRoute({
      method: 'post',
      path: '/assignments/:id/reject',
      summary: 'Book nothing',
      roles: writers,
      params: byId,
      answer: detailShape,
      handle: async ({ params, actor }) =>
        decided(params.id, actor, 'assignment.reject', await assignments.reject(params.id)),
    }),
    staffRoute({
      method: 'post',
      path: '/assignments/:id/take-back',
      summary: 'Ask that the appointments that nobody has touched since are cancelled',
      roles: writers,
      params: byId,
      answer: detailShape,
      handle: async ({ params, actor, staff }) =>
        decided(params.id, actor, 'assignment.ask_take_back', await assignments.askTakeBack(params.id, staff.staffId)),
    }),
    staffRoute({
      method: 'post',
      path: '/assignments/:id/take-back/approve',
      summary: 'Cancel them: never by who asked. The second click begins what did not begin',
      roles: writers,
      params: byId,
      answer: detailShape,
      handle: async ({ params, actor, staff }) =>
        decided(
          params.id,
          actor,
          'assignment.approve_take_back',
          await assignments.approveTakeBack(params.id, staff.staffId),
          { part: 'take_back' },
        ),
    }),
    staffRoute({
      method: 'post',
      path: '/assignments/:id/take-back/withdraw',
      summary: 'Leave the appointments as they are after all',
      roles: writers,
      params: byId,
      answer: detailShape,
      handle: async ({ params, actor }) =>
        decided(params.id, actor, 'assignment.withdraw_take_back', await assignments.withdrawTakeBack(params.id)),
    }),
  ];
}

function rowJson({
  line: at,
  isProtected,
  state,
  cells: all,
  code,
  detail,
  bookingId,
}: AssignmentFinding): z.input<typeof rowShape> {
  // The number of a protected resident beside a venue and a time is what nobody may see, also where it was not booked as it is.
  const isWhole = disclosureTo('review', { isProtected }) === 'whole';
  const cells: AssignmentFinding['cells'] = isWhole ? all : { number: protectedWords };
  return {
    line: at,
    state,
    number: cells.number ?? '',
    venue: cells.venueCode ?? cells.venue ?? '',
    date: cells.date ?? '',
    time: cells.time ?? '',
    dose: cells.dose ?? '',
    sentence: code === null ? null : explainAssignmentFault(code, isWhole ? detail : {}),
    bookingId: isWhole ? bookingId : null,
  };
}
