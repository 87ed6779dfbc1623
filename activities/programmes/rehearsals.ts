import { randomUUID } from 'node:crypto';

import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';

import type { ProgrammeRehearsals } from '../../database/programmes';
import { bookingStateWords } from '../../domain/bookings/booking-words';
import { refusalInProgramme } from '../../domain/bookings/refusal-words';
import { cityDate, cityTime, instantOf } from '../../domain/calendar/city-time';
import { isEnded } from '../../domain/contracts/booking-lifecycle';
import {
  bookingEventSignalName,
  type BookingLifecycleInput,
  bookingWorkflowType,
  type Timeline,
  timelineQueryName,
} from '../../domain/contracts/booking-workflow';
import { checkProgrammeDocument, type ProgrammeDocument } from '../../domain/programmes/document';
import type { RehearsalInput } from '../../domain/programmes/programme-workflow';
import { composePlan } from '../../domain/rehearsal/compose';
import { inventPeople, type OfferedSeats } from '../../domain/rehearsal/invent-people';
import type { PersonPlan, PlannedBooking } from '../../domain/rehearsal/plan';
import { samplePersonOf } from '../../domain/rehearsal/sample-person';
import type { RehearsalEntry, RehearsalFault, RehearsalReport, RehearsalScript } from '../../domain/rehearsal/script';
import { defined } from '../../domain/text/defined';
import { inParallel } from '../../engine/loops/in-parallel';
import {
  arrival,
  fastForward,
  fastForwardingStart,
  skipTimeToTheEnd,
  TimeSkippingUnsupportedError,
  unlessUnsupported,
} from '../../engine/temporal/time-skipping';
import type { RehearsalWorld, RehearsalWorlds, RehearsedNotice } from './rehearsal-world';

export interface RehearsalOptions {
  readonly client: Client;
  readonly worlds: RehearsalWorlds;
  /** The queue of this process: its worlds are in its memory. */
  readonly queue: string;
  readonly rehearsals: Pick<ProgrammeRehearsals, 'task' | 'progress' | 'finish' | 'giveUp'>;
  /** Slots of the programme from a moment on, at most `limit`, the earliest first. */
  readonly slotsFrom: (programmeId: string, from: Date, limit: number) => Promise<OfferedSeats[]>;
}

export interface RehearsalActivities {
  playRehearsal(input: RehearsalInput): Promise<void>;
  failRehearsal(input: RehearsalInput): Promise<void>;
}

/** Given at the start, which spares the workflow to set it. */
const bookingStatus = defineSearchAttributeKey('BookingStatus', 'KEYWORD');
/** People who are played at the same time. */
const atOnce = 40;
const heartbeatEveryMs = 2_000;
/** A booking that has not ended by itself after so long in real time never will. */
const patienceMs = 45_000;
const mostSlots = 5_000;

interface PlayedBooking {
  readonly id: string;
  readonly planned: PlannedBooking;
  readonly endedAs: string;
  readonly notices: readonly RehearsedNotice[];
  readonly timeline: Timeline | undefined;
}

interface PlayedPerson {
  readonly plan: PersonPlan;
  readonly bookings: readonly PlayedBooking[];
}

/**
 * Plays a rehearsal: every booking is the real workflow on the real server, with its time skipped from step to step, and the real
 * activities on a world in memory. Nothing is written but the report, and nothing is sent.
 */
export function createRehearsalActivities({
  client,
  worlds,
  queue,
  rehearsals,
  slotsFrom,
}: RehearsalOptions): RehearsalActivities {
  /** One booking from its hold to its end. `isTold`: with its timeline. */
  async function playBooking(
    world: RehearsalWorld,
    plan: PersonPlan,
    residentId: string,
    planned: PlannedBooking,
    before: string | null,
    isTold: boolean,
  ): Promise<PlayedBooking> {
    const id = world.add(plan, residentId, planned, before);
    const workflowId = `${queue}/${id}`;
    let acts = planned.acts;
    // Many people: hold and confirmation come together, which spares each of them a stop on the way.
    if (!isTold && acts[0]?.kind === 'confirm') {
      eventOf(world, id, acts[0]);
      acts = acts.slice(1);
    }
    const execution = { workflowId };
    let clock = Date.now();
    const aheadMs = (act: PlannedBooking['acts'][number]) =>
      Math.max(0, world.workflowTime(id, act.at).getTime() - clock);
    const [first, ...later] = acts;
    const begin = first && fastForwardingStart(Math.max(1, aheadMs(first)));
    const handle = await unlessUnsupported(() =>
      client.workflow.start(bookingWorkflowType, {
        ...begin?.options,
        workflowId,
        taskQueue: queue,
        staticSummary: 'リハーサル',
        args: [{ bookingId: id, events: world.eventsOf(id) } satisfies BookingLifecycleInput],
        typedSearchAttributes: [{ key: bookingStatus, value: world.stateOf(id) }],
      }),
    );
    try {
      if (first && begin) {
        await arrival(client.workflow, execution, begin.fastForwardId);
        clock += aheadMs(first);
        await handle.signal(bookingEventSignalName, eventOf(world, id, first));
      }
      for (const act of later) {
        if (aheadMs(act) > 0) await fastForward(client.workflow, execution, aheadMs(act));
        clock += aheadMs(act);
        await handle.signal(bookingEventSignalName, eventOf(world, id, act));
      }
      if (!isEnded(world.stateOf(id)) || hasLaterSteps(world.document))
        await skipTimeToTheEnd(client.workflow, execution);
      const endedAs = await withinPatience(handle.result() as Promise<string>);
      return {
        id,
        planned,
        endedAs,
        notices: world.notices(id),
        timeline: isTold ? await handle.query<Timeline>(timelineQueryName) : undefined,
      };
    } catch (error) {
      await handle.terminate('the rehearsal ended').catch(() => undefined);
      if (error instanceof TimeSkippingUnsupportedError) throw error;
      return { id, planned, endedAs: (error as Error).message, notices: world.notices(id), timeline: undefined };
    }
  }

  async function playPerson(world: RehearsalWorld, plan: PersonPlan, isTold: boolean): Promise<PlayedPerson> {
    const residentId = randomUUID();
    const played: PlayedBooking[] = [];
    for (const planned of plan.bookings) {
      played.push(
        await playBooking(
          world,
          plan,
          residentId,
          planned,
          planned.isMove ? (played.at(-1)?.id ?? null) : null,
          isTold,
        ),
      );
    }
    return { plan, bookings: played };
  }

  async function play(
    document: ProgrammeDocument,
    programmeId: string,
    script: RehearsalScript,
    progress: (people: number) => Promise<void>,
  ): Promise<RehearsalReport> {
    const started = Date.now();
    const world = worlds.open(document);
    try {
      if (script.kind === 'person') {
        const plan = composePlan(
          document,
          { ...script.person, ...samplePersonOf(document, script.person.groupCode) },
          script.story,
        );
        const person = await playPerson(world, plan, true);
        return {
          people: 1,
          durationMs: Date.now() - started,
          faults: faultsOf(document, [person], [plan]),
          timeline: timelineOf(world, person),
        };
      }
      const opening = inventPeople(document, {
        people: script.people,
        seed: script.seed,
        slots: await slotsFrom(programmeId, firstOpening(document), mostSlots),
      });
      let done = 0;
      const played: PlayedPerson[] = [];
      await inParallel(opening.plans, atOnce, async (plan) => {
        played.push(await playPerson(world, plan, false));
        done++;
        if (done % 20 === 0) await progress(done);
      });
      const faults = faultsOf(document, played, []);
      return {
        people: played.length,
        durationMs: Date.now() - started,
        faults,
        ...figuresOf(document, played, opening.offered),
      };
    } finally {
      worlds.close(world);
    }
  }

  return {
    /** Plays a rehearsal and stores its report; again from the beginning when the process that played it died. */
    async playRehearsal({ rehearsalId }) {
      const context = Context.current();
      const heart = setInterval(() => {
        context.heartbeat();
      }, heartbeatEveryMs);
      try {
        const task = await rehearsals.task(rehearsalId);
        if (!task)
          throw ApplicationFailure.nonRetryable(`rehearsal ${rehearsalId} is not in the database`, 'RehearsalUnknown');
        const checked = checkProgrammeDocument(task.document);
        if (!checked.ok)
          throw ApplicationFailure.nonRetryable(
            'this worker cannot read the document: it is newer than the program',
            'DocumentNotUnderstood',
          );
        await rehearsals.progress(rehearsalId, 0);
        const report = await play(checked.document, task.programmeId, task.script, (people) =>
          rehearsals.progress(rehearsalId, people),
        );
        await rehearsals.finish(rehearsalId, report);
      } catch (error) {
        if (!(error instanceof TimeSkippingUnsupportedError)) throw error;
        await rehearsals.giveUp(rehearsalId, 'unsupported');
      } finally {
        clearInterval(heart);
      }
    },

    failRehearsal: ({ rehearsalId }) => rehearsals.giveUp(rehearsalId, 'failed'),
  };
}

function eventOf(world: RehearsalWorld, id: string, act: PlannedBooking['acts'][number]) {
  switch (act.kind) {
    case 'confirm':
      return world.happen(id, 'confirmed', act.at, 'citizen', null);
    case 'give_up':
      return world.happen(id, 'released', act.at, 'citizen', 'given_up');
    case 'cancel':
      return world.happen(id, 'cancelled', act.at, 'citizen', 'citizen');
    case 'city_cancel':
      return world.happen(id, 'cancelled', act.at, 'city', 'city');
    case 'moved':
      return world.happen(id, 'cancelled', act.at, 'citizen', 'moved');
    case 'attend':
      return world.happen(id, 'attended', act.at, 'venue', 'checked_in');
  }
}

/** Something may be told on a day after the booking's end, which the workflow waits for. */
function hasLaterSteps({ journey }: ProgrammeDocument): boolean {
  return journey.some(({ when }) => when.kind === 'days_after' || when.kind === 'next_dose_possible');
}

function withinPatience<Value>(work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('it did not come to its end'));
    }, patienceMs);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

function firstOpening(document: ProgrammeDocument): Date {
  return new Date(Math.min(...document.groups.map((group) => Date.parse(group.opensAt))));
}

/** Everything that the citizen would get and the city would see, in order of time. */
function timelineOf(world: RehearsalWorld, { plan, bookings }: PlayedPerson): RehearsalEntry[] {
  const entries = bookings.flatMap(({ id, planned, notices, timeline }): RehearsalEntry[] =>
    (timeline?.done ?? []).map((entry) => {
      const asked = entry.kind === 'notice' ? notices.find((notice) => notice.step === entry.name) : undefined;
      const sent = asked?.status === 'sent' ? asked : undefined;
      const at = sent?.at ?? world.ownTime(id, entry.at);
      return {
        at: at.toISOString(),
        kind: entry.kind,
        label: entry.label,
        status: entry.status === 'to_come' ? 'skipped' : entry.status,
        dose: planned.dose,
        ...defined({ notice: sent?.message }),
        ...(asked?.isCall ? { isCall: true as const } : {}),
      };
    }),
  );
  if (plan.refusal)
    entries.push({
      at: plan.refusal.at.toISOString(),
      kind: 'refusal',
      label: refusalInProgramme(world.document, plan.refusal.refusal),
      status: 'failed',
      dose: plan.refusal.dose,
    });
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What did not go as the rules say. `plans`: those whose refusal is a fault in itself. */
function faultsOf(
  document: ProgrammeDocument,
  people: readonly PlayedPerson[],
  plans: readonly PersonPlan[],
): RehearsalFault[] {
  const faults = new Map<string, RehearsalFault>();
  const add = (sentence: string, path?: string) =>
    faults.set(sentence, path === undefined ? { sentence } : { sentence, path });
  const stepPath = (step: string) => `journey.${String(document.journey.findIndex((item) => item.id === step))}`;
  for (const { refusal } of plans)
    if (refusal) add(`この人は、ここから先へ進めません：${refusalInProgramme(document, refusal.refusal)}`);
  for (const { planned, endedAs, notices } of people.flatMap((person) => person.bookings)) {
    if (endedAs !== planned.endsAs)
      add(`予約が「${bookingStateWords[planned.endsAs]}」で終わるはずのところ、「${endedAs}」で終わりました。`);
    for (const notice of notices) {
      if (notice.status === 'failed' || notice.status === 'unclear' || notice.status === 'queued')
        add(`お知らせ「${notice.step}」を書けませんでした。`, stepPath(notice.step));
      if (notice.message?.text.trim() === '') add(`お知らせ「${notice.step}」の本文が空です。`, stepPath(notice.step));
      const isBefore = document.journey.find((step) => step.id === notice.step)?.when.kind === 'days_before';
      if (isBefore && notice.status === 'sent' && notice.at >= planned.slot.startsAt)
        add(`お知らせ「${notice.step}」が、予約の時刻を過ぎてから送られました。`, stepPath(notice.step));
    }
  }
  return [...faults.values()];
}

function figuresOf(
  document: ProgrammeDocument,
  people: readonly PlayedPerson[],
  offered: readonly OfferedSeats[],
): Pick<RehearsalReport, 'seats' | 'noticesPerHour' | 'noticesByStep'> {
  const bookings = people.flatMap((person) => person.bookings);
  const notices = bookings.flatMap((booking) => booking.notices);
  const hours = new Map<string, number>();
  for (const notice of notices.filter(({ status }) => status === 'sent')) {
    const hour = instantOf(cityDate(notice.at), `${cityTime(notice.at).slice(0, 2)}:00`).toISOString();
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return {
    seats: document.doses.map(({ number }) => {
      const of = (state: PlannedBooking['endsAs']) =>
        bookings.filter((booking) => booking.planned.dose === number && booking.endedAs === state).length;
      return {
        dose: number,
        offered: offered.filter((slot) => slot.dose === number).reduce((sum, slot) => sum + slot.seats, 0),
        attended: of('attended'),
        noShow: of('no_show'),
        cancelled: of('cancelled'),
        expired: of('expired') + of('released'),
        unmet: people.filter(({ plan }) => plan.refusal?.dose === number).length,
      };
    }),
    noticesPerHour: [...hours].sort(([a], [b]) => (a < b ? -1 : 1)).map(([hour, count]) => ({ hour, notices: count })),
    noticesByStep: document.journey.map(({ id }) => ({
      step: id,
      sent: notices.filter((notice) => notice.step === id && notice.status === 'sent').length,
      skipped: notices.filter((notice) => notice.step === id && notice.status === 'skipped').length,
    })),
  };
}
