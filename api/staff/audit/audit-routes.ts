import { z } from 'zod';

import type { Audit, AuditSearch, TouchedResident } from '../../../database/audit';
import type { IdentityChecks } from '../../../database/residents';
import { cityDate, cityTime } from '../../../domain/calendar/city-time';
import { csvText } from '../../../domain/csv/write-csv';
import { refuseStaff } from '../../../domain/staff/refusals';
import { auditEntryTold, disclosureTo } from '../../../domain/staff/visibility';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { instant, role, uuid } from '../frame/shapes';

const roles = ['auditor', 'city_admin'] as const;
const pageSize = 100;
const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const head = z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

const eventShape = z
  .object({
    seq: z.int(),
    at: instant,
    actorKind: z.enum(['staff', 'anonymous', 'machine']),
    actorId: uuid.nullable(),
    actorName: z.string().nullable(),
    action: z.string(),
    subjectKind: z.string().nullable(),
    subjectId: uuid.nullable(),
    residentId: uuid.nullable(),
    origin: z.string(),
    result: z.string(),
    detail: z.record(z.string(), z.unknown()),
    requestId: uuid.nullable(),
  })
  .meta({ id: 'AuditEvent' });

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const touchedQuery = z.object({
  from: moment,
  until: moment,
  actorId: uuid.optional(),
  action: z.string().max(100).optional(),
});
/** Rows of one file: a spreadsheet takes about a million. */
const mostRows = 1_000_000;
const touchedPage = 100;
const touchedShape = z
  .object({
    residentId: uuid,
    events: z.int(),
    people: z.int(),
    firstAt: instant,
    lastAt: instant,
    actions: z.array(z.string()),
  })
  .meta({ id: 'TouchedResident' });

/** What was read and changed by whom. Looking at it is recorded too. */
export function auditRoutes({
  audit,
  auditSearch,
  identityChecks,
}: {
  audit: Audit;
  auditSearch: AuditSearch;
  identityChecks: Pick<IdentityChecks, 'openResidents'>;
}): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/audit/choices',
      summary: 'What the events can be searched by: members of staff, actions',
      roles,
      answer: z.object({
        staff: z.array(z.object({ id: uuid, displayName: z.string(), role })),
        actions: z.array(z.string()),
      }),
      async handle() {
        const [staff, actions] = await Promise.all([auditSearch.people(), auditSearch.actions()]);
        return { answer: { staff, actions } };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/audit/touched',
      summary:
        'Whose data was read or changed between two moments, by whom, by which action: how many people, and their ids',
      roles,
      query: touchedQuery.extend({ after: uuid.optional() }),
      answer: z
        .object({
          residents: z.int(),
          events: z.int(),
          people: z.int(),
          list: z.array(touchedShape),
          next: uuid.nullable(),
        })
        .meta({ id: 'Touched' }),
      async handle({ query: { after, ...filter }, actor }) {
        if (filter.from >= filter.until) return refuseStaff('range_backwards');
        const {
          residents,
          allEvents,
          allPeople,
          list: found,
        } = await auditSearch.touched(filter, { after, limit: touchedPage + 1 });
        const list = found.slice(0, touchedPage);
        await audit.record(actor, {
          action: 'audit.touched',
          result: 'done',
          detail: { residents, shown: list.length },
        });
        return {
          answer: {
            residents,
            events: allEvents,
            people: allPeople,
            list: list.map(touchedJson),
            next: found.length > touchedPage ? (list.at(-1)?.residentId ?? null) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/audit/touched.csv',
      summary: 'The same as a file: opaque ids, numbers and times; nothing that names a person',
      roles,
      query: touchedQuery,
      answer: z.string(),
      async handle({ query, actor, ctx }) {
        if (query.from >= query.until) return refuseStaff('range_backwards');
        const { list: found } = await auditSearch.touched(query, { limit: mostRows });
        await audit.record(actor, {
          action: 'audit.touched_export',
          result: 'done',
          detail: { residents: found.length },
        });
        ctx.set('Content-Type', 'text/csv; charset=utf-8');
        ctx.set(
          'Content-Disposition',
          `attachment; filename="touched-${cityDate(query.from)}-${cityDate(query.until)}.csv"`,
        );
        return {
          answer: csvText(
            ['対象者ID', '件数', '職員の数', '最初', '最後', '操作'],
            found.map((item) => [
              item.residentId,
              item.events,
              item.people,
              cityMoment(item.firstAt),
              cityMoment(item.lastAt),
              item.actions.join(' '),
            ]),
          ),
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/audit',
      summary: 'Events, the newest first; with residentId: whose data was touched, by whom',
      roles,
      query: z.object({
        residentId: uuid.optional(),
        actorId: uuid.optional(),
        action: z.string().max(100).optional(),
        from: z.iso.datetime({ offset: true }).optional(),
        until: z.iso.datetime({ offset: true }).optional(),
        before: number.optional(),
      }),
      answer: z.object({ events: z.array(eventShape), before: z.int().nullable() }),
      async handle({ query: { from, until, ...filter }, actor, staff }) {
        const open = await identityChecks.openResidents(staff.staffId);
        await audit.record(actor, { action: 'audit.read', residentId: filter.residentId, result: 'done' });
        const events = await audit.list({
          ...filter,
          ...(from ? { from: new Date(from) } : {}),
          ...(until ? { until: new Date(until) } : {}),
          limit: pageSize,
        });
        return {
          answer: {
            events: events.map(({ isProtected, ...event }) => ({
              ...auditEntryTold(
                event,
                disclosureTo('list', { isProtected }, event.residentId !== null && open.has(event.residentId)),
              ),
              at: event.at.toISOString(),
            })),
            before: events.length === pageSize ? (events.at(-1)?.seq ?? null) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/audit/verify',
      summary: 'Follow the chain from its beginning; `noted`: an earlier end of it, written down elsewhere',
      roles,
      body: z.object({ noted: head.optional() }),
      answer: z.object({
        intact: z.boolean(),
        checked: z.int(),
        /** Note it down outside: it shows later that nothing was cut off. */
        head: head.optional(),
        fault: z.enum(['gap', 'changed', 'seal', 'head']).optional(),
        brokenAt: z.int().optional(),
      }),
      async handle({ body, actor }) {
        const verdict = await audit.verify(body.noted);
        await audit.record(actor, {
          action: 'audit.verify',
          result: verdict.ok ? 'done' : verdict.fault,
          detail: { checked: verdict.checked },
        });
        if (verdict.ok) return { answer: { intact: true, checked: verdict.checked, head: verdict.head } };
        return { answer: { intact: false, checked: verdict.checked, fault: verdict.fault, brokenAt: verdict.seq } };
      },
    }),
  ];
}

function touchedJson({ firstAt, lastAt, actions, ...rest }: TouchedResident): z.input<typeof touchedShape> {
  return { ...rest, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString(), actions: [...actions] };
}

function cityMoment(moment: Date): string {
  return `${cityDate(moment)} ${cityTime(moment)}`;
}
