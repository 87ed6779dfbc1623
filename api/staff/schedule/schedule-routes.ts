import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type {
  PlanPreview,
  PlanToSave,
  ScheduleInput,
  ScheduleRepository,
  ScheduleView,
  SlotPlanRepository,
} from '../../../database/schedule';
import { addDays, daysBetween } from '../../../domain/calendar/city-time';
import { holidaysBetween, isHoliday } from '../../../domain/calendar/holidays';
import { scheduleTemplate } from '../../../domain/schedule/week-plan';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { defined } from '../../../domain/text/defined';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, channel, plainDate, uuid, versionQuery } from '../frame/shapes';
import { previewJson, previewShape, scheduleJson, scheduleShape } from './schedule-shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;
/** Days of one plan: a year and the weeks around it. */
const longestDays = 400;

const schedule = z.object({
  venueId: uuid,
  name: z
    .string('日程の名前を入力してください。')
    .trim()
    .min(1, '日程の名前を入力してください。')
    .max(60, '日程の名前は60文字までです。'),
  validFrom: plainDate,
  /** The day after the last. */
  validUntil: plainDate,
  template: scheduleTemplate,
});
const overwrite = z.boolean().default(false);
const consent = { fingerprint: z.string().max(100), leaveConflicts: z.boolean().default(false) };
const saved = z.object({ schedule: scheduleShape, preview: previewShape });

export interface ScheduleRouteDependencies {
  readonly schedules: ScheduleRepository;
  readonly plans: SlotPlanRepository;
  readonly programmes: Pick<Programmes, 'current'>;
}

/** Weekly plans and the slots that they make. What saving would do is shown first, and then exactly that is done. */
export function scheduleRoutes({ schedules, plans, programmes }: ScheduleRouteDependencies): StaffRoute[] {
  async function planOf(
    input: { schedule: z.output<typeof schedule>; overwriteHandSet: boolean },
    known?: { id: string; version: number },
  ): Promise<PlanToSave | StaffRefusal> {
    const { programmeId, document } = await programmes.current();
    const { validFrom, validUntil, template, venueId } = input.schedule;
    const days = daysBetween(validFrom, validUntil);
    if (days < 1 || days > longestDays) return refuseStaff('schedule_too_long', { mostDays: longestDays });
    if (template.seats.some((seat) => !document.doses.some((dose) => dose.number === seat.dose)))
      return refuseStaff('dose_unknown');
    return {
      programmeId,
      venueId,
      now: new Date(),
      overwriteHandSet: input.overwriteHandSet,
      schedule: input.schedule satisfies ScheduleInput,
      isHoliday,
      ...defined({ known }),
    };
  }
  const work = async ({ venueId }: ScheduleView) => ({
    programmeId: (await programmes.current()).programmeId,
    venueId,
    now: new Date(),
    overwriteHandSet: true,
  });
  const savedJson = (result: { preview: PlanPreview; schedule: ScheduleView }) => ({
    answer: { schedule: scheduleJson(result.schedule), preview: previewJson(result.preview) },
  });
  const shown = (result: StaffRefusal): StaffRefusal => ({
    ...result,
    ...(result.current === undefined ? {} : { current: currentJson(result.current) }),
  });

  return [
    staffRoute({
      method: 'get',
      path: '/city/schedules',
      summary: 'Weekly plans, of one venue or of all, in order of their beginning',
      roles: readers,
      query: z.object({ venueId: uuid.optional() }),
      answer: z.object({ schedules: z.array(scheduleShape) }),
      handle: async ({ query }) => ({
        answer: {
          schedules: (await schedules.list((await programmes.current()).programmeId, query.venueId)).map(scheduleJson),
        },
      }),
    }),
    staffRoute({
      method: 'get',
      path: '/city/schedules/:id',
      summary: 'One weekly plan',
      roles: readers,
      params: byId,
      answer: scheduleShape,
      async handle({ params }) {
        const found = await schedules.find((await programmes.current()).programmeId, params.id);
        return found ? { answer: scheduleJson(found) } : refuseStaff('schedule_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/schedules/preview',
      summary:
        'What saving a plan would do to slots: new, changed, unchanged, taken away, in conflict; changes nothing',
      roles: writers,
      body: z.object({ schedule, id: uuid.optional(), overwriteHandSet: overwrite }),
      answer: previewShape,
      async handle({ body }) {
        const plan = await planOf(body, body.id === undefined ? undefined : { id: body.id, version: 0 });
        return 'staffCode' in plan ? plan : { answer: previewJson(await plans.preview(plan)) };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/schedules',
      summary: 'Add a plan and make its slots, as previewed under `fingerprint`',
      roles: writers,
      status: 201,
      body: z.object({ schedule, overwriteHandSet: overwrite, ...consent }),
      answer: saved,
      async handle({ body, actor }) {
        const plan = await planOf(body);
        if ('staffCode' in plan) return plan;
        const result = await plans.save(actor, plan, body);
        return result.ok ? savedJson(result) : shown(result);
      },
    }),
    staffRoute({
      method: 'patch',
      path: '/city/schedules/:id',
      summary:
        'Change a plan and its slots, as previewed under `fingerprint`; 412 with the state in force when another person changed it since `version`',
      roles: writers,
      params: byId,
      body: z.object({ schedule, version: z.int().min(1), overwriteHandSet: overwrite, ...consent }),
      answer: saved,
      async handle({ params, body, actor }) {
        const plan = await planOf(body, { id: params.id, version: body.version });
        if ('staffCode' in plan) return plan;
        const result = await plans.save(actor, plan, body);
        return result.ok ? savedJson(result) : shown(result);
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/schedules/:id/removal',
      summary: 'What taking a plan away would do; changes nothing',
      roles: writers,
      params: byId,
      answer: previewShape,
      async handle({ params }) {
        const found = await schedules.find((await programmes.current()).programmeId, params.id);
        return found
          ? { answer: previewJson(await plans.previewRemoval(await work(found), found.id)) }
          : refuseStaff('schedule_unknown');
      },
    }),
    staffRoute({
      method: 'delete',
      path: '/city/schedules/:id',
      summary: 'Take a plan away with its slots to come; 409 names those that people have, unless they are left',
      roles: writers,
      params: byId,
      query: versionQuery.extend({
        fingerprint: z.string().max(100),
        leaveConflicts: z.enum(['true', 'false']).default('false'),
      }),
      answer: previewShape,
      async handle({ params, query, actor }) {
        const found = await schedules.find((await programmes.current()).programmeId, params.id);
        if (!found) return refuseStaff('schedule_unknown');
        const result = await plans.remove(
          actor,
          await work(found),
          { id: found.id, version: query.version },
          { fingerprint: query.fingerprint, leaveConflicts: query.leaveConflicts === 'true' },
        );
        return result.ok ? { answer: previewJson(result.preview) } : shown(result);
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/planning',
      summary: 'What seats are planned for: the doses of the programme, and the channels that it is booked by',
      roles: readers,
      answer: z.object({
        programme: z.string(),
        doses: z.array(z.object({ number: z.int(), label: z.string() })),
        channels: z.array(channel),
      }),
      async handle() {
        const { document } = await programmes.current();
        return {
          answer: {
            programme: document.name,
            doses: document.doses.map(({ number, label }) => ({ number, label })),
            channels: document.channels,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/holidays',
      summary: 'Public holidays of Japan by name, from and to included',
      roles: readers,
      query: z.object({ from: plainDate, to: plainDate }),
      answer: z.object({ holidays: z.array(z.object({ date: z.string(), name: z.string() })) }),
      handle: ({ query }) =>
        Promise.resolve({ answer: { holidays: holidaysBetween(query.from, addDays(query.to, 1)) } }),
    }),
  ];
}

/** What a refusal shows, in the shapes of the answers. */
function currentJson(current: unknown): unknown {
  const { preview, schedule: found } = current as { preview?: PlanPreview; schedule?: ScheduleView };
  return { ...(preview ? { preview: previewJson(preview) } : {}), ...(found ? { schedule: scheduleJson(found) } : {}) };
}
