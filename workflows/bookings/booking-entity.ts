import { eventWords, noticeWords, skipWords } from '../../domain/bookings/booking-words';
import { bookingDetails } from '../../domain/bookings/workflow-details';
import { type BookingState, isEnded } from '../../domain/contracts/booking-lifecycle';
import {
  againOccurrence,
  type BookingEvent,
  type BookingFacts,
  type CancelBookingInput,
  type JourneyPlan,
  type JourneyPlanStep,
  newestJourneySchema,
  type NoticeOutcome,
  type ResendNoticeInput,
  type Timeline,
  type TimelineEntry,
  unlessToldPrefix,
} from '../../domain/contracts/booking-workflow';
import { laterSteps, noShowAt, remindersOf, stepsAfterChange, stepsAt } from '../../domain/notices/journey-moments';

/** Something that the workflow has to have done outside. */
export type Task =
  | { readonly kind: 'expire_hold' }
  | { readonly kind: 'mark_no_show' }
  | { readonly kind: 'load_events' }
  | { readonly kind: 'send_notice'; readonly step: JourneyPlanStep; readonly occurrence: string };

/** A moment that the booking waits for. Times are ms since the epoch. */
export interface Deadline {
  readonly name: string;
  readonly label: string;
  readonly at: number;
  readonly task: Task;
}

const gapPatienceMs = 10_000;
const longestPatienceMs = 3_600_000;
const recheckMs = 10_000;

/**
 * A booking as its workflow sees it: which events have been applied, what is waited for, what was sent. Plain data and
 * rules; time comes in, tasks come out. The same calls give the same answers, which is what a replay needs.
 */
export class BookingEntity {
  #version = 0;
  #facts: BookingFacts | undefined;
  #journey: JourneyPlan | undefined;
  /** Events that came before their turn. */
  readonly #early = new Map<number, BookingEvent>();
  #deadlines: Deadline[] = [];
  readonly #done: TimelineEntry[] = [];
  readonly #underWay: { readonly task: Task; readonly since: number }[] = [];
  /** Steps whose notice failed or is unclear. */
  readonly #worries = new Set<string>();
  #hasNews = true;
  /** The state that the database told, while the event that led to it has not come. */
  #told: BookingState | undefined;
  #gapPatienceMs = gapPatienceMs;
  /** Version of the last event that took an end back; 0: there was none. */
  #tookEndBack = 0;
  /** The event that confirmed the booking: what another version would have planned goes by it. */
  #confirmation: BookingEvent | undefined;
  /** A person told of a change of the programme without saying what changes. */
  #lacksJourney = false;
  #hasChangedProgramme = false;

  constructor(readonly bookingId: string) {}

  get version(): number {
    return this.#version;
  }

  get state(): BookingState | 'waiting' {
    return this.#facts?.state ?? 'waiting';
  }

  get facts(): BookingFacts | undefined {
    return this.#facts;
  }

  get isEnded(): boolean {
    return this.#facts !== undefined && isEnded(this.#facts.state);
  }

  /** Nothing more will happen. */
  get isOver(): boolean {
    return this.isEnded && this.#underWay.length === 0 && !this.hasLaterNotices;
  }

  /** The booking has ended, but something is still to be told on a later day. */
  get hasLaterNotices(): boolean {
    return this.isEnded && this.#deadlines.some(({ task }) => task.kind === 'send_notice');
  }

  /** Something came in since the last `advance`. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** An event is there that has not been applied. */
  get hasMore(): boolean {
    return this.#early.has(this.#version + 1);
  }

  /** It was brought under another version than it was made under. */
  get hasChangedProgramme(): boolean {
    return this.#hasChangedProgramme;
  }

  get needsAttention(): boolean {
    return this.#worries.size > 0;
  }

  /** An event, in whatever order and however often it arrives. */
  receive(event: BookingEvent): void {
    if (event.version <= this.#version || this.#early.has(event.version)) return;
    if (event.type === 'programme_changed' && !event.facts.journey) {
      // A relay of an older release does not know that it has to add the journey: it is asked for.
      this.#lacksJourney = true;
      this.#hasNews = true;
      return;
    }
    this.#early.set(event.version, event);
    this.#hasNews = true;
  }

  /** Applies what can be applied and takes what is due at `now`; the tasks are to be started. */
  advance(now: number): Task[] {
    this.#hasNews = false;
    const tasks: Task[] = [];
    for (let event = this.#early.get(this.#version + 1); event; event = this.#early.get(this.#version + 1)) {
      this.#early.delete(event.version);
      tasks.push(...this.#apply(event));
    }
    this.#watchForGap(now);
    const due = this.#deadlines.filter((deadline) => deadline.at <= now);
    this.#deadlines = this.#deadlines.filter((deadline) => deadline.at > now);
    for (const { task, at } of due) {
      if (task.kind === 'send_notice' && task.step.before && now >= Date.parse(this.#facts?.slotStartsAt ?? ''))
        this.#record(task, { status: 'skipped', reason: 'too_late' }, at);
      else tasks.push(task);
    }
    for (const task of tasks) this.#underWay.push({ task, since: now });
    return tasks;
  }

  /** The next moment at which `advance` has something to do by itself. */
  nextDeadline(): Deadline | undefined {
    return this.#deadlines.reduce<Deadline | undefined>(
      (first, item) => (first && first.at <= item.at ? first : item),
      undefined,
    );
  }

  /** What an end that the system asked for came to. `event` null: it was not to be ended. */
  settleChange(
    task: Task,
    change: { readonly event: BookingEvent | null; readonly state: BookingState },
    now: number,
  ): void {
    this.#finish(task);
    if (change.event) this.receive(change.event);
    else if (change.state !== this.state) this.#told = change.state;
    else this.#expect({ ...deadlineNames[task.kind], at: now + recheckMs, task });
  }

  settleEvents(task: Task, events: readonly BookingEvent[]): void {
    this.#finish(task);
    for (const event of events) this.receive(event);
  }

  settleNotice(task: Task & { kind: 'send_notice' }, outcome: NoticeOutcome, now: number): void {
    this.#finish(task);
    this.#record(task, outcome, now);
  }

  /** A notice that is sent once more on request; its end is told by `settleNotice`. */
  startResend({ step }: ResendNoticeInput, requestId: string, now: number): Task & { kind: 'send_notice' } {
    const found = this.#journey?.steps.find((item) => item.id === step);
    if (!found) throw new Error('refusalOfResend was asked before');
    const task = { kind: 'send_notice' as const, step: found, occurrence: againOccurrence(requestId) };
    this.#underWay.push({ task, since: now });
    return task;
  }

  /** Why a booking cannot be cancelled by an operator now, as a sentence; undefined when it can. */
  refusalOfCancel(input: Partial<CancelBookingInput> | undefined): string | undefined {
    if (input?.reason !== 'operator' && input?.reason !== 'city')
      return '入力は {"reason": "operator"} または {"reason": "city"} です。';
    if (this.state === 'held') return 'まだ確定していない予約です。期限が過ぎると席は自動で戻ります。';
    if (this.state !== 'confirmed') return 'この予約は確定していないか、すでに終わっています。';
    return undefined;
  }

  /** Why a notice cannot be sent again, as a sentence; undefined when it can. */
  refusalOfResend(input: Partial<ResendNoticeInput> | undefined): string | undefined {
    const sent = this.resendable();
    const examples = sent.map((step) => `{"step": "${step}"}`).join(' ');
    if (typeof input?.step !== 'string') return `入力は ${examples || '{"step": "…"}'} です。`;
    if (!sent.includes(input.step))
      return sent.length === 0
        ? 'もう一度送れるお知らせはまだありません。'
        : `もう一度送れるお知らせは ${examples} です。`;
    return undefined;
  }

  /** Ids of the steps whose notice was sent, or should have been, and which the journey still has: those that can be sent again. */
  resendable(): string[] {
    const steps = new Set(this.#journey?.steps.map((step) => step.id));
    return [
      ...new Set(
        this.#done.flatMap((entry) =>
          entry.kind === 'notice' && entry.status !== 'skipped' && steps.has(entry.name) ? [entry.name] : [],
        ),
      ),
    ];
  }

  timeline(): Timeline {
    const underWay = this.#underWay.map(({ task, since }): TimelineEntry => entryOf(task, since, 'to_come'));
    const waiting = this.#deadlines.map(({ task, at, label }): TimelineEntry => ({
      ...entryOf(task, at, 'to_come'),
      label,
    }));
    return {
      bookingId: this.bookingId,
      state: this.state,
      version: this.#version,
      done: [...this.#done],
      toCome: [...underWay, ...waiting].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    };
  }

  /** Markdown for the Temporal UI. */
  details(): string {
    return bookingDetails(this.timeline(), this.#facts, this.resendable());
  }

  #apply(event: BookingEvent): Task[] {
    this.#version = event.version;
    this.#facts = event.facts;
    this.#told = undefined;
    this.#gapPatienceMs = gapPatienceMs;
    this.#done.push({ kind: 'event', name: event.type, at: event.at, status: 'done', label: eventWords(event) });
    this.#deadlines = [];
    if (event.facts.journey) this.#journey = understood(event.facts.journey);
    else if (event.type === 'confirmed')
      throw new Error('a confirmation is handed over with the journey of its programme version');
    if (event.type === 'held') {
      const { holdExpiresAt } = event.facts;
      if (holdExpiresAt !== undefined)
        this.#expect({ ...deadlineNames.expire_hold, at: Date.parse(holdExpiresAt), task: { kind: 'expire_hold' } });
      const told = this.#journey ? stepsAt(this.#journey, event) : [];
      return told.map((step): Task => ({ kind: 'send_notice', step, occurrence: 'first' }));
    }
    if (event.facts.takesEndBack) this.#tookEndBack = event.version;
    if (event.type === 'confirmed') this.#confirmation = event;
    if (event.type === 'programme_changed') {
      this.#planAnew(event);
      return [];
    }
    if (event.facts.state === 'confirmed' && this.#journey) {
      this.#planReminders(this.#journey, event);
      this.#expect({
        ...deadlineNames.mark_no_show,
        at: noShowAt(this.#journey, event.facts.slotEndsAt),
        task: { kind: 'mark_no_show' },
      });
    }
    if (this.#journey) this.#planLaterSteps(this.#journey, event);
    const steps = this.#journey ? stepsAt(this.#journey, event) : [];
    return steps.flatMap((step): Task[] => {
      // Who was told before the end was taken back is not told again: `first` is sent once, and this one only where nothing was.
      const task = {
        kind: 'send_notice' as const,
        step,
        occurrence: this.#tookEndBack === 0 ? 'first' : `${unlessToldPrefix}${String(this.#tookEndBack)}`,
      };
      if (step.invites && event.facts.nextDoseBooked) {
        this.#record(task, { status: 'skipped', reason: 'next_dose_booked' }, Date.parse(event.at));
        return [];
      }
      return [task];
    });
  }

  /** Another journey takes the place of the one before: what is still to come is planned by it, what was told is not told again. */
  #planAnew(event: BookingEvent): void {
    this.#hasChangedProgramme = true;
    this.#lacksJourney = false;
    const journey = this.#journey;
    if (!journey) return;
    const told = new Set([
      ...this.#done.flatMap((entry) => (entry.kind === 'notice' && entry.status !== 'skipped' ? [entry.name] : [])),
      ...this.#underWay.flatMap(({ task }) => (task.kind === 'send_notice' ? [task.step.id] : [])),
    ]);
    for (const { step, dueAt, leftOut } of stepsAfterChange(
      journey,
      this.#confirmation ?? event,
      event.facts.slotStartsAt,
      event.at,
    )) {
      if (told.has(step.id)) continue;
      const task = { kind: 'send_notice' as const, step, occurrence: 'first' };
      if (!leftOut) this.#expect({ name: step.id, label: noticeWords(step), at: dueAt, task });
      // What the journey before left out has been noted.
      else if (!this.#done.some((entry) => entry.name === step.id))
        this.#record(task, { status: 'skipped', reason: leftOut }, dueAt);
    }
    this.#expect({
      ...deadlineNames.mark_no_show,
      at: noShowAt(journey, event.facts.slotEndsAt),
      task: { kind: 'mark_no_show' },
    });
  }

  #planLaterSteps(journey: JourneyPlan, event: BookingEvent): void {
    for (const { step, dueAt, leftOut } of laterSteps(journey, event)) {
      const task = {
        kind: 'send_notice' as const,
        step,
        occurrence: this.#tookEndBack === 0 ? 'first' : `${unlessToldPrefix}${String(this.#tookEndBack)}`,
      };
      if (leftOut) this.#record(task, { status: 'skipped', reason: leftOut }, dueAt);
      else this.#expect({ name: step.id, label: noticeWords(step), at: dueAt, task });
    }
  }

  #planReminders(journey: JourneyPlan, event: BookingEvent): void {
    for (const { step, dueAt, leftOut } of remindersOf(journey, event.at, event.facts.slotStartsAt)) {
      const task = { kind: 'send_notice' as const, step, occurrence: 'first' };
      // After an end that was taken back the same reminders stand as before: what was left out has been noted.
      if (leftOut && this.#tookEndBack > 0) continue;
      if (leftOut) this.#record(task, { status: 'skipped', reason: leftOut }, dueAt);
      else this.#expect({ name: step.id, label: noticeWords(step), at: dueAt, task });
    }
  }

  #expect(deadline: Deadline): void {
    this.#deadlines.push(deadline);
  }

  /** An event is missing: it may be late, so some patience; then the database is asked, ever more rarely. */
  #watchForGap(now: number): void {
    const isBehind = this.#version === 0 || this.#early.size > 0 || this.#told !== undefined || this.#lacksJourney;
    const isWatching =
      this.#deadlines.some(({ task }) => task.kind === 'load_events') ||
      this.#underWay.some(({ task }) => task.kind === 'load_events');
    if (!isBehind) this.#deadlines = this.#deadlines.filter(({ task }) => task.kind !== 'load_events');
    else if (!isWatching && !this.isEnded) {
      // A run that begins with an end taken back has nothing to wait for: the events before it were another run's.
      const patience =
        this.#version === 0 && [...this.#early.values()].some(({ facts }) => facts.takesEndBack)
          ? 1
          : this.#gapPatienceMs;
      this.#expect({ ...deadlineNames.load_events, at: now + patience, task: { kind: 'load_events' } });
      this.#gapPatienceMs = Math.min(this.#gapPatienceMs * 2, longestPatienceMs);
    }
  }

  #finish(task: Task): void {
    const index = this.#underWay.findIndex((item) => item.task === task);
    if (index >= 0) this.#underWay.splice(index, 1);
    this.#hasNews = true;
  }

  #record(task: Task & { kind: 'send_notice' }, { status, reason }: NoticeOutcome, at: number): void {
    const isWrong = status === 'failed' || status === 'unclear';
    if (isWrong) this.#worries.add(task.step.id);
    else if (status === 'sent') this.#worries.delete(task.step.id);
    const words = status === 'unclear' ? '届いたか不明' : reason === undefined ? undefined : skipWords(reason);
    const entry = entryOf(task, at, status === 'sent' ? 'done' : isWrong ? 'failed' : 'skipped');
    this.#done.push(words === undefined ? entry : { ...entry, label: `${entry.label}（${words}）` });
  }
}

/** A worker that does not know what a newer programme asks for leaves the booking to one that does: the workflow task is tried again. */
function understood(journey: JourneyPlan): JourneyPlan {
  if ((journey.schema ?? 1) > newestJourneySchema)
    throw new Error(
      `新しい書き方（${String(journey.schema)}）の通知の流れです。この worker が読めるのは ${String(newestJourneySchema)} までです`,
    );
  return journey;
}

const deadlineNames = {
  expire_hold: { name: 'hold_end', label: '仮押さえの期限' },
  mark_no_show: { name: 'no_show', label: '来場確認の締め切り' },
  load_events: { name: 'missing_events', label: '届いていない記録の確認' },
  send_notice: { name: 'notice', label: 'お知らせ' },
} as const;

function entryOf(task: Task, at: number, status: TimelineEntry['status']): TimelineEntry {
  const when = new Date(at).toISOString();
  if (task.kind !== 'send_notice') return { kind: 'deadline', ...deadlineNames[task.kind], at: when, status };
  const label = noticeWords(task.step);
  return {
    kind: 'notice',
    name: task.step.id,
    at: when,
    status,
    label: task.occurrence.startsWith('again/') ? `${label}（再送）` : label,
  };
}
