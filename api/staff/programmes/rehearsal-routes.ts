import { z } from 'zod';

import type { ProgrammeDrafts, ProgrammeRehearsals, RehearsalView } from '../../../database/programmes';
import { isTimeOfDay } from '../../../domain/calendar/city-time';
import { checkProgrammeDocument } from '../../../domain/programmes/document';
import { stories } from '../../../domain/rehearsal/script';
import { refuseStaff } from '../../../domain/staff/refusals';
import type { ProgrammeRequests } from '../../../engine/requests/programme-requests';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, channel, instant, uuid } from '../frame/shapes';
import { byCode, programmeEditors, programmeReaders } from './programme-routes';

const script = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('person'),
    person: z.object({ groupCode: z.string().min(1).max(40), hasEmail: z.boolean(), channel }),
    story: z.object({
      kind: z.enum(stories),
      bookedAt: z.iso.datetime({ offset: true }),
      daysAhead: z.int().min(0).max(365),
      time: z.string().refine(isTimeOfDay),
      actsDaysBefore: z.int().min(0).max(365),
      venueCode: z.string().min(1).max(40).optional(),
    }),
  }),
  z.object({ kind: z.literal('programme'), people: z.int().min(1).max(500), seed: z.int().min(0).max(1_000_000) }),
]);

const entryShape = z
  .object({
    at: instant,
    kind: z.enum(['event', 'notice', 'deadline', 'refusal']),
    label: z.string(),
    status: z.enum(['done', 'skipped', 'failed']),
    dose: z.int(),
    notice: z.object({ channel: z.string(), subject: z.string(), text: z.string() }).optional(),
    isCall: z.boolean().optional(),
  })
  .meta({ id: 'RehearsalEntry' });
const reportShape = z
  .object({
    people: z.int(),
    durationMs: z.number(),
    faults: z.array(z.object({ sentence: z.string(), path: z.string().optional() })),
    timeline: z.array(entryShape).optional(),
    seats: z
      .array(
        z.object({
          dose: z.int(),
          offered: z.int(),
          attended: z.int(),
          noShow: z.int(),
          cancelled: z.int(),
          expired: z.int(),
          unmet: z.int(),
        }),
      )
      .optional(),
    noticesPerHour: z.array(z.object({ hour: instant, notices: z.int() })).optional(),
    noticesByStep: z.array(z.object({ step: z.string(), sent: z.int(), skipped: z.int() })).optional(),
  })
  .meta({ id: 'RehearsalReport' });
const rehearsalShape = z
  .object({
    id: uuid,
    programmeCode: z.string(),
    checksum: z.string(),
    script,
    state: z.enum(['waiting', 'running', 'done', 'failed', 'unsupported']),
    progress: z.int(),
    report: reportShape.nullable(),
    passed: z.boolean().nullable(),
    askedBy: z.string(),
    askedAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Rehearsal' });

/** Rehearsals: the real workflow with skipped time, for one invented person or some hundred. */
export function rehearsalRoutes({
  drafts,
  rehearsals,
  processes,
}: {
  drafts: ProgrammeDrafts;
  rehearsals: ProgrammeRehearsals;
  processes: ProgrammeRequests;
}): StaffRoute[] {
  return [
    staffRoute({
      method: 'post',
      path: '/programmes/:code/rehearsals',
      summary: 'Rehearse the draft as it stands, or a version: one person’s story, or a whole programme',
      roles: programmeEditors,
      status: 201,
      params: byCode,
      body: z.object({ of: z.union([z.literal('draft'), z.int().min(1)]).default('draft'), script }),
      answer: z.object({ id: uuid }),
      async handle({ params, body, actor, staff }) {
        const draft = body.of === 'draft' ? await drafts.find(params.code) : undefined;
        if (draft && !draft.ok) return draft;
        const checked = checkProgrammeDocument(
          draft ? draft.draft.document : await drafts.documentOf(params.code, Number(body.of)),
        );
        if (!checked.ok) return refuseStaff(draft ? 'draft_invalid' : 'version_unknown');
        const asked = await rehearsals.ask(actor, staff.staffId, params.code, checked.document, body.script);
        if (!asked.ok) return asked;
        try {
          await processes.startRehearsal(asked.id);
        } catch {
          await rehearsals.giveUp(asked.id, 'failed');
          return refuseStaff('engine_away');
        }
        return { answer: { id: asked.id } };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/rehearsals',
      summary: 'The last rehearsals, the newest first',
      roles: programmeReaders,
      params: byCode,
      answer: z.object({ rehearsals: z.array(rehearsalShape) }),
      handle: async ({ params }) => ({
        answer: { rehearsals: (await rehearsals.list(params.code)).map(rehearsalJson) },
      }),
    }),
    staffRoute({
      method: 'get',
      path: '/rehearsals/:id',
      summary: 'A rehearsal: how far it is, and its report',
      roles: programmeReaders,
      params: byId,
      answer: rehearsalShape,
      async handle({ params }) {
        const found = await rehearsals.find(params.id);
        return found ? { answer: rehearsalJson(found) } : refuseStaff('rehearsal_unknown');
      },
    }),
  ];
}

function rehearsalJson({ askedAt, endedAt, ...rehearsal }: RehearsalView): z.input<typeof rehearsalShape> {
  return {
    ...(structuredClone(rehearsal) as unknown as Omit<z.input<typeof rehearsalShape>, 'askedAt' | 'endedAt'>),
    askedAt: askedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
