import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { BookingRepository } from '../../../database/bookings';
import type {
  CallbackDetail,
  CallbackOutcome,
  CallbackRepository,
  CallbackView,
  NoticeList,
} from '../../../database/notices';
import type { Programmes } from '../../../database/programmes';
import type { IdentityChecks, OpenedResidents } from '../../../database/residents';
import type { StaffSession } from '../../../database/staff';
import { bookingStates } from '../../../domain/contracts/booking-lifecycle';
import { telephonesIn } from '../../../domain/notices/addresses';
import { callbackCauses, callbackEnds, callOutcomes } from '../../../domain/notices/callback';
import { refuseStaff } from '../../../domain/staff/refusals';
import { isSupervising, type StaffRole } from '../../../domain/staff/roles';
import { disclosureTo } from '../../../domain/staff/visibility';
import { parseTelephone } from '../../../domain/text/telephone';
import { cursorMoment, cursorOf, cursorQuery } from '../frame/cursor';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';
import { byId, instant, uuid } from '../frame/shapes';
import { anyNoticeLineShape, noticeLineJson } from './notice-routes';

const countReaders = [...deskRoles, 'auditor'] as const;
const pageSize = 50;
const version = z.int().min(1);
const note = z.string().trim().max(1_000);
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const cause = z.enum(callbackCauses);

const viewShape = z
  .object({
    id: uuid,
    /** Null: a protected person, whom only a supervisor calls; who it is and which booking is not told in lists. */
    residentId: uuid.nullable(),
    isProtected: z.boolean(),
    cause,
    dueAt: instant,
    assignedTo: z.object({ id: uuid, displayName: z.string() }).nullable(),
    booking: z
      .object({
        id: uuid,
        reference: z.string().nullable(),
        state: z.enum(bookingStates),
        startsAt: instant,
        venueName: z.string(),
      })
      .nullable(),
    noticeId: uuid.nullable(),
    noticeStep: z.string().nullable(),
    attempts: z.int(),
    lastOutcome: z.enum(callOutcomes).nullable(),
    doneAt: instant.nullable(),
    doneBy: z.string().nullable(),
    end: z.enum(callbackEnds).nullable(),
    version: z.int(),
    createdAt: instant,
    /** None: it came by itself. */
    createdBy: z.string().nullable(),
  })
  .meta({ id: 'Callback' });

const detailShape = viewShape
  .extend({
    note: z.string().nullable(),
    attemptList: z.array(
      z.object({ at: instant, staffName: z.string(), outcome: z.enum(callOutcomes), note: z.string().nullable() }),
    ),
  })
  .meta({ id: 'CallbackDetail' });

/** What is needed to call: shown to the person who has the entry open, and recorded. */
const contactShape = z
  .object({
    telephones: z.array(z.object({ digits: z.string(), display: z.string() })),
    kana: z.string().nullable(),
    /** Nobody else may learn where this person will be: told to nobody but them, and only by a supervisor. */
    protected: z.boolean(),
    /** What could not be told. */
    notices: z.array(anyNoticeLineShape),
  })
  .meta({ id: 'CallbackContact' });

export interface CallbackRouteDependencies {
  readonly callbacks: CallbackRepository;
  readonly bookings: Pick<BookingRepository, 'listOf' | 'answersOf'>;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly noticeLists: Pick<NoticeList, 'ofBooking'>;
  readonly reader: Pick<OpenedResidents, 'opened'>;
  readonly identityChecks: Pick<IdentityChecks, 'openResidents'>;
  readonly audit: Audit;
}

/** The people to call: those who could not be told, those whose notice failed, those who were promised a call. */
export function callbackRoutes({
  callbacks,
  bookings,
  programmes,
  noticeLists,
  reader,
  identityChecks,
  audit,
}: CallbackRouteDependencies): StaffRoute[] {
  /** The numbers that the resident gave, of the latest booking first, each once. */
  async function telephonesOf(residentId: string): Promise<{ digits: string; display: string }[]> {
    const found = new Map<string, string>();
    for (const booking of (await bookings.listOf(residentId)).slice(0, 10)) {
      const [answers, { document }] = await Promise.all([
        bookings.answersOf(booking.id),
        programmes.version(booking.programmeVersionId),
      ]);
      for (const text of telephonesIn(document, answers)) {
        const read = parseTelephone(text);
        if (read.ok) found.set(read.value.digits, read.value.display);
      }
    }
    return [...found].map(([digits, display]) => ({ digits, display }));
  }

  async function viewerOf({ staffId, role }: Pick<StaffSession, 'staffId' | 'role'>): Promise<Viewer> {
    return { role, open: await identityChecks.openResidents(staffId) };
  }

  async function outcomeOf(
    staff: StaffSession,
    result: CallbackOutcome,
  ): Promise<Outcome<z.input<typeof detailShape>>> {
    return result.ok ? { answer: detailJson(result.callback, await viewerOf(staff)) } : result;
  }

  return [
    staffRoute({
      method: 'get',
      path: '/callbacks',
      summary: `People to call, the most urgent first, ${String(pageSize)} at a time; state=done: those done, the latest first`,
      roles: deskRoles,
      query: z.object({
        state: z.enum(['open', 'done']).default('open'),
        cause: cause.optional(),
        assigned: z.union([z.enum(['me', 'nobody']), uuid]).optional(),
        overdue: z.literal('yes').optional(),
        after: cursorQuery(z.tuple([cursorMoment, uuid])).optional(),
      }),
      answer: z.object({ callbacks: z.array(viewShape), next: z.string().nullable() }),
      async handle({ query: { state, assigned, overdue, after, ...query }, actor, staff }) {
        const found = await callbacks.list({
          ...query,
          done: state === 'done',
          assignedTo: assigned === 'me' ? staff.staffId : assigned,
          overdue: overdue === 'yes',
          ...(after ? { after: { at: after[0], id: after[1] } } : {}),
          limit: pageSize + 1,
        });
        const shown = found.slice(0, pageSize);
        await audit.record(actor, { action: 'callback.list', result: 'done', detail: { shown: shown.length } });
        const viewer = await viewerOf(staff);
        const last = shown.at(-1);
        return {
          answer: {
            callbacks: shown.map((item) => viewJson(item, viewer)),
            next: found.length > pageSize && last ? cursorOf(last.doneAt ?? last.dueAt, last.id) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/callbacks/counts',
      summary: 'How many people are to be called',
      roles: countReaders,
      answer: z
        .object({
          open: z.int(),
          overdue: z.int(),
          unassigned: z.int(),
          byCause: z.object({ notice_failed: z.int(), no_address: z.int(), promised: z.int() }),
        })
        .meta({ id: 'CallbackCounts' }),
      handle: async () => ({ answer: await callbacks.counts() }),
    }),
    staffRoute({
      method: 'get',
      path: '/callbacks/assignees',
      summary: 'Who can be asked to call',
      roles: deskRoles,
      answer: z.object({ staff: z.array(z.object({ id: uuid, displayName: z.string() })) }),
      handle: async () => ({ answer: { staff: await callbacks.assignees() } }),
    }),
    staffRoute({
      method: 'post',
      path: '/callbacks/next',
      summary: 'Take the most urgent entry that nobody has; null when there is none',
      roles: deskRoles,
      body: z.object({ cause: cause.optional() }),
      answer: z.object({ callbackId: uuid.nullable() }),
      async handle({ body, actor, staff }) {
        return {
          answer: {
            callbackId:
              (await callbacks.takeNext(actor, staff.staffId, { ...body, withProtected: isSupervising(staff.role) })) ??
              null,
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/callbacks',
      summary: 'Promise a resident a call; 409 when one is promised already',
      roles: deskRoles,
      params: byId,
      status: 201,
      answer: detailShape,
      body: z.object({ dueAt: moment, note: note.optional(), bookingId: uuid.optional() }),
      handle: async ({ params, body, actor, staff }) =>
        outcomeOf(staff, await callbacks.promise(actor, { residentId: params.id, ...body })),
    }),
    staffRoute({
      method: 'get',
      path: '/callbacks/:id',
      summary: 'One entry with its calls',
      roles: deskRoles,
      params: byId,
      answer: detailShape,
      async handle({ params, actor, staff }) {
        const found = await callbacks.find(params.id);
        await audit.record(actor, {
          action: 'callback.read',
          subject: { kind: 'callback', id: params.id },
          residentId: found?.residentId,
          result: found ? 'done' : 'callback_unknown',
        });
        return found ? { answer: detailJson(found, await viewerOf(staff)) } : refuseStaff('callback_unknown');
      },
    }),
    staffRoute({
      // A POST although it reads: numbers and names are shown only on purpose.
      method: 'post',
      path: '/callbacks/:id/contact',
      summary: 'Whom to call: telephone numbers, the name to ask for, what could not be told',
      roles: deskRoles,
      params: byId,
      answer: contactShape,
      async handle({ params, actor, staff }) {
        const found = await callbacks.find(params.id);
        const person = found && (await reader.opened(found.residentId));
        const isRefused = person?.isProtected === true && !isSupervising(staff.role);
        await audit.record(actor, {
          action: 'callback.show_contact',
          subject: { kind: 'callback', id: params.id },
          residentId: found?.residentId,
          result: !person ? 'callback_unknown' : isRefused ? 'protected_resident' : 'done',
        });
        if (!person) return refuseStaff('callback_unknown');
        if (isRefused) return refuseStaff('protected_resident');
        const { open } = await viewerOf(staff);
        const [telephones, notices] = await Promise.all([
          telephonesOf(found.residentId),
          found.booking ? noticeLists.ofBooking(found.booking.id) : [],
        ]);
        return {
          answer: {
            telephones,
            kana: person.kana ?? null,
            protected: person.isProtected,
            notices: notices
              .filter((item) => item.urgency > 0 || item.id === found.noticeId)
              .map((item) => noticeLineJson(item, disclosureTo('list', item, open.has(item.residentId)))),
          },
        };
      },
    }),
    staffRoute({
      method: 'patch',
      path: '/callbacks/:id',
      summary: 'Who calls, until when, what there is to know; 412 when another person changed it since `version`',
      roles: deskRoles,
      params: byId,
      answer: detailShape,
      body: z.object({
        version,
        assignedTo: uuid.nullable().optional(),
        dueAt: moment.optional(),
        note: note.nullable().optional(),
      }),
      handle: async ({ params, body: { version: known, ...input }, actor, staff }) =>
        outcomeOf(staff, await callbacks.update(actor, params.id, known, input)),
    }),
    staffRoute({
      method: 'post',
      path: '/callbacks/:id/attempts',
      summary: 'A call and what came of it; `reached` ticks the entry off, otherwise it is due again',
      roles: deskRoles,
      params: byId,
      answer: detailShape,
      body: z.object({ version, outcome: z.enum(callOutcomes), note: note.optional(), dueAt: moment.optional() }),
      handle: async ({ params, body: { version: known, ...input }, actor, staff }) =>
        outcomeOf(staff, await callbacks.attempt(actor, staff.staffId, params.id, known, input)),
    }),
    staffRoute({
      method: 'post',
      path: '/callbacks/:id/tick-off',
      summary: 'Settled without a call',
      roles: deskRoles,
      params: byId,
      body: z.object({ version }),
      answer: detailShape,
      handle: async ({ params, body, actor, staff }) =>
        outcomeOf(staff, await callbacks.tickOff(actor, staff.staffId, params.id, body.version)),
    }),
    staffRoute({
      method: 'post',
      path: '/callbacks/:id/reopen',
      summary: 'Take the tick back',
      roles: deskRoles,
      params: byId,
      body: z.object({ version }),
      answer: detailShape,
      handle: async ({ params, body, actor, staff }) =>
        outcomeOf(staff, await callbacks.reopen(actor, params.id, body.version)),
    }),
  ];
}

/** Who asks, and whose data are open to them. */
interface Viewer {
  readonly role: StaffRole;
  readonly open: ReadonlySet<string>;
}

function viewJson(
  { dueAt, doneAt, createdAt, booking, ...rest }: CallbackView,
  { role, open }: Viewer,
): z.input<typeof viewShape> {
  const isWhole = disclosureTo('list', rest, open.has(rest.residentId)) === 'whole';
  return {
    ...rest,
    // Who calls must know whom; of the booking nothing is told before the check.
    residentId: isWhole || isSupervising(role) ? rest.residentId : null,
    noticeId: isWhole ? rest.noticeId : null,
    noticeStep: isWhole ? rest.noticeStep : null,
    dueAt: dueAt.toISOString(),
    doneAt: doneAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    booking: booking && isWhole ? { ...booking, startsAt: booking.startsAt.toISOString() } : null,
  };
}

function detailJson({ note: text, attemptList, ...view }: CallbackDetail, viewer: Viewer): z.input<typeof detailShape> {
  // Notes of calls are written by who may call.
  const isTold = !view.isProtected || isSupervising(viewer.role);
  return {
    ...viewJson(view, viewer),
    note: isTold ? text : null,
    attemptList: attemptList.map((item) => ({
      ...item,
      note: isTold ? item.note : null,
      at: item.at.toISOString(),
    })),
  };
}
