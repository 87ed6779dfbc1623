import { z } from 'zod';
import type { Audit } from '../../../database/audit';
import { staffRoute, type StaffRoute } from '../define-route';
import { instant, uuid } from '../shapes';

const roles = ['auditor', 'city_admin'] as const;
const pageSize = 100;
const number = z.string().regex(/^\d{1,15}$/).transform(Number);
const head = z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

const eventShape = z
  .object({
    seq: z.int(), at: instant, actorKind: z.enum(['staff', 'anonymous', 'machine']), actorId: uuid.nullable(), action: z.string(), subjectKind: z.string().nullable(),
    subjectId: uuid.nullable(), residentId: uuid.nullable(), origin: z.string(), result: z.string(), detail: z.record(z.string(), z.unknown()), requestId: uuid.nullable(),
  })
  .meta({ id: 'AuditEvent' });

/** What was read and changed by whom. Looking at it is recorded too. */
export function auditRoutes({ audit }: { audit: Audit }): StaffRoute[] {
  return [
    staffRoute({
      method: 'get', path: '/audit', summary: 'Events, the newest first; with residentId: whose data was touched, by whom', roles,
      query: z.object({
        residentId: uuid.optional(), actorId: uuid.optional(), action: z.string().max(100).optional(), from: z.iso.datetime({ offset: true }).optional(),
        until: z.iso.datetime({ offset: true }).optional(), before: number.optional(),
      }),
      answer: z.object({ events: z.array(eventShape), before: z.int().nullable() }),
      async handle({ query: { from, until, ...filter }, actor }) {
        await audit.record(actor, { action: 'audit.read', residentId: filter.residentId, result: 'done' });
        const events = await audit.list({ ...filter, ...(from ? { from: new Date(from) } : {}), ...(until ? { until: new Date(until) } : {}), limit: pageSize });
        return {
          answer: {
            events: events.map((event) => ({ ...event, at: event.at.toISOString() })),
            before: events.length === pageSize ? (events.at(-1)?.seq ?? null) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'post', path: '/audit/verify', summary: 'Follow the chain from its beginning; `noted`: an earlier end of it, written down elsewhere', roles,
      body: z.object({ noted: head.optional() }),
      answer: z.object({
        intact: z.boolean(), checked: z.int(),
        /** Note it down outside: it shows later that nothing was cut off. */
        head: head.optional(),
        fault: z.enum(['gap', 'changed', 'seal', 'head']).optional(), brokenAt: z.int().optional(),
      }),
      async handle({ body, actor }) {
        const verdict = await audit.verify(body.noted);
        await audit.record(actor, { action: 'audit.verify', result: verdict.ok ? 'done' : verdict.fault, detail: { checked: verdict.checked } });
        if (verdict.ok) return { answer: { intact: true, checked: verdict.checked, head: verdict.head } };
        return { answer: { intact: false, checked: verdict.checked, fault: verdict.fault, brokenAt: verdict.seq } };
      },
    }),
  ];
}
