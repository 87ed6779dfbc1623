import { z } from 'zod';

import { type ChangeOutcome, changeStates, type ChangeView, type ProgrammeChanges } from '../../../database/programmes';
import { type StayReason, stayReasons, stayReasonWords } from '../../../domain/bookings/version-change';
import { noticeChangeKinds } from '../../../domain/notices/notice-changes';
import { changeWorkflowId } from '../../../domain/programmes/programme-workflow';
import { refuseStaff } from '../../../domain/staff/refusals';
import type { ProgrammeRequests } from '../../../engine/requests/programme-requests';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { instant, uuid } from '../frame/shapes';
import { byCode, programmeEditors, programmeReaders } from './programme-routes';

/** What citizens get is the city's to decide. */
const approvers = ['city_admin'] as const;

const reason = z.object({ reason: z.string(), words: z.string(), count: z.int() });
const previewShape = z
  .object({
    number: z.int(),
    versions: z.array(z.object({ number: z.int(), bookings: z.int(), held: z.int() })),
    bookings: z.int(),
    willMove: z.int(),
    stays: z.array(reason),
    notices: z.array(
      z.object({ step: z.string(), label: z.string(), kind: z.enum(noticeChangeKinds), bookings: z.int() }),
    ),
  })
  .meta({ id: 'ProgrammeChangePreview' });
const changeShape = z
  .object({
    id: uuid,
    number: z.int(),
    state: z.enum(changeStates),
    askedBy: z.object({ id: uuid, name: z.string() }),
    askedAt: instant,
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
    endedBy: z.string().nullable(),
    endedAt: instant.nullable(),
    expected: z.int(),
    moved: z.int(),
    stayed: z.array(reason),
    failed: z.int(),
    /** Its page in the Temporal UI; null where there is no such UI. */
    workflowUrl: z.string().nullable(),
  })
  .meta({ id: 'ProgrammeChange' });
const seen = z.object({ number: z.int().min(1) });
const one = byCode.extend({ id: uuid });

export interface ProgrammeChangeRouteDependencies {
  readonly changes: ProgrammeChanges;
  readonly programmeRequests: ProgrammeRequests;
  readonly workflowUrl: (workflowId: string) => string | undefined;
}

/** Bringing the published version to running bookings: what it would do, asked for by one, approved by another, how far it is, its report. */
export function programmeChangeRoutes({
  changes,
  programmeRequests,
  workflowUrl,
}: ProgrammeChangeRouteDependencies): StaffRoute[] {
  const json = (change: ChangeView): z.input<typeof changeShape> => ({
    id: change.id,
    number: change.number,
    state: change.state,
    askedBy: { ...change.askedBy },
    askedAt: change.askedAt.toISOString(),
    approvedBy: change.approvedBy,
    approvedAt: change.approvedAt?.toISOString() ?? null,
    endedBy: change.endedBy,
    endedAt: change.endedAt?.toISOString() ?? null,
    expected: change.expected,
    moved: change.moved,
    failed: change.failed,
    stayed: reasonsJson(change.stayed),
    workflowUrl: change.approvedAt ? (workflowUrl(changeWorkflowId(change.id)) ?? null) : null,
  });
  const answer = (outcome: ChangeOutcome): Outcome<z.input<typeof changeShape>> =>
    outcome.ok ? { answer: json(outcome.change) } : outcome;

  return [
    staffRoute({
      method: 'get',
      path: '/programmes/:code/change-preview',
      roles: programmeReaders,
      params: byCode,
      answer: previewShape,
      summary:
        'What bringing the published version to the bookings to come of older versions would do: how many, which stay and why, which notices are added, dropped or moved',
      async handle({ params }) {
        const preview = await changes.preview(params.code);
        if (!preview) return refuseStaff('programme_unknown');
        return {
          answer: {
            number: preview.number,
            versions: preview.versions.map((version) => ({ ...version })),
            bookings: preview.bookings,
            willMove: preview.willMove,
            stays: reasonsJson(preview.stays),
            notices: preview.notices.map(({ step, label, kind, bookings }) => ({ step, label, kind, bookings })),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/changes',
      summary: 'Versions that were brought to running bookings, the newest first, with progress and report',
      roles: programmeReaders,
      params: byCode,
      answer: z.object({ changes: z.array(changeShape) }),
      handle: async ({ params }) => ({ answer: { changes: (await changes.list(params.code)).map(json) } }),
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/changes',
      summary:
        'Ask to bring the published version to running bookings; another person approves. 412 when another one than `number` is published',
      roles: programmeEditors,
      status: 201,
      params: byCode,
      body: seen,
      answer: changeShape,
      handle: async ({ params, body, actor, staff }) =>
        answer(await changes.ask(actor, staff.staffId, params.code, body.number)),
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/changes/:id/approve',
      summary:
        'Say yes to what another person asked for; it begins at once. 412 when another version than `number` is published',
      roles: approvers,
      params: one,
      body: seen,
      answer: changeShape,
      async handle({ params, body, actor, staff }) {
        const outcome = await changes.approve(actor, staff.staffId, params.code, params.id, body.number);
        // Where Temporal is away now, the worker's sweeper starts what runs.
        if (outcome.ok) await programmeRequests.startChange(outcome.change.id).catch(() => undefined);
        return answer(outcome);
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/changes/:id/stop',
      summary: 'Reject a change that waits, or stop one that runs; bookings that were changed stay changed',
      roles: programmeEditors,
      params: one,
      answer: changeShape,
      async handle({ params, actor, staff }) {
        const outcome = await changes.stop(actor, staff.staffId, params.code, params.id);
        if (outcome.ok) await programmeRequests.stopChange(outcome.change.id).catch(() => undefined);
        return answer(outcome);
      },
    }),
  ];
}

function reasonsJson(counts: ReadonlyMap<string, number>): z.input<typeof reason>[] {
  return [...counts]
    .map(([code, count]) => ({ reason: code, words: isKnown(code) ? stayReasonWords[code] : code, count }))
    .sort((a, b) => b.count - a.count);
}

function isKnown(code: string): code is StayReason {
  return (stayReasons as readonly string[]).includes(code);
}
