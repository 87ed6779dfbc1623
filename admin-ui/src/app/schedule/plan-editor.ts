import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { daysBetween } from '../../../../domain/calendar/city-time';
import { isPlainDate } from '../../../../domain/calendar/plain-date';
import { Api, type Problem, type Schema } from '../api/api';
import { cityDay, CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Conflict, type Difference } from '../shared/conflict';
import { EmptyState } from '../shared/empty-state';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { type Editing, warnBeforeUnload } from '../shared/unsaved-changes';
import { type DayState, ExceptionsCalendar } from './exceptions-calendar';
import {
  fillForm,
  fillSeats,
  isUsuallyOpen,
  placed,
  type PlanForm,
  planForm,
  type Schedule,
  type ScheduleInput,
  scheduleOf,
  sessionGroup,
  type SpecialDay,
} from './plan-form';
import { PlanPreview } from './plan-preview';
import { channelOrder, channelWords, mondayOf, seatWords, weekdayWords } from './week';

/** Days of one plan, as the server has it. */
const longestDays = 400;

/** A weekly plan: filled in, looked at, then saved as it was shown. */
@Component({
  selector: 'toki-plan-editor',
  imports: [
    CityTime,
    Conflict,
    EmptyState,
    ErrorSummary,
    ExceptionsCalendar,
    Icon,
    MatButton,
    MatCheckbox,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    PageHeader,
    PlanPreview,
    ProblemNote,
    ReactiveFormsModule,
    RouterLink,
  ],
  templateUrl: './plan-editor.html',
  styleUrl: './plan-editor.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PlanEditor implements Editing {
  /** From the URL; none for a new plan. */
  readonly id = input<string>();
  /** From the query: the venue that a new plan is for. */
  readonly venue = input<string>();

  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly router = inject(Router);
  private readonly messages = inject(Messages);
  private readonly session = inject(Session);
  protected readonly canEdit = computed(() => this.session.me()?.role === 'city_admin');
  protected readonly form: PlanForm = planForm(cityDay());
  protected readonly special = signal<readonly SpecialDay[]>([]);
  protected readonly faults = new FormFaults(this.form);
  protected readonly busy = signal(false);
  protected readonly known = signal<Schedule | undefined>(undefined);
  protected readonly theirs = signal<Schedule | undefined>(undefined);
  protected readonly preview = signal<Schema<'PlanPreview'> | undefined>(undefined);
  protected readonly note = signal('');
  /** What is shown is the removal of the plan, not its saving. */
  protected readonly removing = signal(false);
  protected readonly channels = channelOrder;
  protected readonly channelWords = channelWords;
  protected readonly weekdayWords = weekdayWords;
  protected readonly planning = loaded(() => this.api.client.GET('/api/v1/city/planning'));
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/city/venues'));
  protected readonly answer = loaded(() =>
    this.api.client.GET('/api/v1/city/schedules/{id}', { params: { path: { id: this.id() ?? '' } } }),
  );
  private readonly value = toSignal(this.form.valueChanges);
  protected readonly range = computed(() => {
    this.value();
    const { validFrom: from, lastDay: last } = this.form.getRawValue();
    return isPlainDate(from) && isPlainDate(last) && from <= last && daysBetween(from, last) < longestDays
      ? { from, last }
      : undefined;
  });
  protected readonly holidayAnswer = loaded(() =>
    this.api.client.GET('/api/v1/city/holidays', {
      params: { query: { from: this.range()?.from ?? cityDay(), to: this.range()?.last ?? cityDay() } },
    }),
  );
  protected readonly holidays = computed(
    () => new Map((this.holidayAnswer.value()?.holidays ?? []).map(({ date, name }) => [date, name])),
  );
  protected readonly stateOf = computed(() => {
    this.value();
    const [special, holidays] = [this.special(), this.holidays()];
    return (day: string): DayState => {
      const exception = special.find((item) => item.date === day);
      if (exception) return exception.kind === 'closed' ? 'exception_closed' : 'exception_extra';
      return isUsuallyOpen(this.form, day, holidays.has(day)) ? 'open' : 'closed';
    };
  });
  protected readonly differences = computed<Difference[]>(() => {
    const theirs = this.theirs();
    if (!theirs) return [];
    const [mine, saved] = [wordsOf(scheduleOf(this.form, this.special())), wordsOf(theirs)];
    return Object.keys(saved).flatMap((label) =>
      mine[label] === saved[label] ? [] : [{ label, mine: mine[label] ?? '', theirs: saved[label] ?? '' }],
    );
  });
  protected readonly venueName = computed(() => {
    this.value();
    return this.venues.value()?.venues.find((venue) => venue.id === this.form.controls.venueId.value)?.name ?? '';
  });

  constructor() {
    warnBeforeUnload(() => this.hasUnsaved());
    void this.venues.reload();
    effect(() => {
      this.id();
      untracked(() => void this.begin());
    });
    effect(() => {
      if (this.range()) untracked(() => void this.holidayAnswer.reload());
    });
    effect(() => {
      // Whatever is changed makes what was shown old.
      this.value();
      this.special();
      untracked(() => this.preview.set(undefined));
    });
    effect(() => {
      const first = this.venues.value()?.venues[0]?.id;
      untracked(() => {
        if (this.form.controls.venueId.value === '') this.form.controls.venueId.reset(this.venue() ?? first ?? '');
      });
    });
  }

  hasUnsaved(): boolean {
    return this.form.dirty && !this.busy();
  }

  protected async begin(): Promise<void> {
    await this.planning.reload();
    const doses = this.doses();
    if (this.id() === undefined) {
      fillSeats(this.form, doses);
      return;
    }
    await this.answer.reload();
    const schedule = this.answer.value();
    if (schedule) this.show(schedule);
  }

  protected addSession(day: PlanForm['controls']['week']['controls'][number]): void {
    // There is always one: the last cannot be taken out.
    const { until } = day.controls.sessions.at(-1).getRawValue();
    day.controls.sessions.push(sessionGroup({ from: until, until: '' }));
    this.form.markAsDirty();
  }

  protected addBreak(): void {
    this.form.controls.breaks.push(sessionGroup({ from: '', until: '' }));
    this.form.markAsDirty();
  }

  protected removeAt(list: { removeAt(index: number): void }, index: number): void {
    list.removeAt(index);
    this.form.markAsDirty();
  }

  /** The hours of the first open weekday on every open one. */
  protected sameHours(): void {
    const open = this.form.controls.week.controls.filter((day) => day.controls.open.value);
    const first = open[0]?.getRawValue().sessions ?? [];
    for (const day of open.slice(1)) {
      day.controls.sessions.clear();
      for (const session of first) day.controls.sessions.push(sessionGroup(session));
    }
    this.form.markAsDirty();
  }

  /** A day becomes unlike its weekday, or like it again. */
  protected toggleDay(day: string): void {
    const usual = this.stateOf()(day);
    const rest = this.special().filter((item) => item.date !== day);
    const hours = this.form.getRawValue().week.find((item) => item.open)?.sessions ?? [
      { from: '09:30', until: '16:30' },
    ];
    const added: SpecialDay[] =
      usual === 'open'
        ? [{ kind: 'closed', date: day, note: '' }]
        : usual === 'closed'
          ? [{ kind: 'extra', date: day, note: '', sessions: hours }]
          : [];
    this.special.set([...rest, ...added].sort((a, b) => (a.date < b.date ? -1 : 1)));
    this.form.markAsDirty();
  }

  protected editSpecial(date: string, part: 'note' | 'from' | 'until', event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    this.special.update((list) =>
      list.map((item) => {
        if (item.date !== date) return item;
        if (part === 'note') return { ...item, note: text };
        return item.kind === 'extra'
          ? {
              ...item,
              sessions: item.sessions.map((session, index) => (index === 0 ? { ...session, [part]: text } : session)),
            }
          : item;
      }),
    );
    this.form.markAsDirty();
  }

  /** Shows what saving would do. */
  protected async look(): Promise<void> {
    this.note.set('');
    this.removing.set(false);
    this.faults.clear();
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/schedules/preview', {
      body: {
        schedule: this.schedule(),
        overwriteHandSet: this.form.controls.overwriteHandSet.value,
        ...this.knownId(),
      },
    });
    this.busy.set(false);
    if (error) this.refuse(error);
    else {
      this.preview.set(data);
      setTimeout(() => document.getElementById('plan-preview')?.focus());
    }
  }

  protected async save(leaveConflicts: boolean): Promise<void> {
    const [preview, known] = [this.preview(), this.known()];
    if (!preview) return;
    this.busy.set(true);
    const body = {
      schedule: this.schedule(),
      overwriteHandSet: this.form.controls.overwriteHandSet.value,
      fingerprint: preview.fingerprint,
      leaveConflicts,
    };
    const { data, error } = known
      ? await this.api.client.PATCH('/api/v1/city/schedules/{id}', {
          params: { path: { id: known.id } },
          body: { ...body, version: known.version },
        })
      : await this.api.client.POST('/api/v1/city/schedules', { body });
    if (data) {
      this.form.markAsPristine();
      const { added, changed, removed } = data.preview.counts;
      this.messages.done(
        `日程を保存しました（新しい枠${String(added)}、変わった枠${String(changed)}、なくなった枠${String(removed)}）。市民の画面には2秒以内に出ます。`,
      );
      await this.router.navigate(['/schedule/week'], {
        queryParams: {
          venue: data.schedule.venueId,
          week: mondayOf(data.schedule.validFrom > cityDay() ? data.schedule.validFrom : cityDay()),
        },
      });
    } else this.refuse(error);
    this.busy.set(false);
  }

  /** Shows what taking the plan away would do. */
  protected async lookAtRemoval(): Promise<void> {
    const known = this.known();
    if (!known) return;
    const { data, error } = await this.api.client.GET('/api/v1/city/schedules/{id}/removal', {
      params: { path: { id: known.id } },
    });
    if (!data) {
      this.refuse(error);
      return;
    }
    this.removing.set(true);
    this.preview.set(data);
    setTimeout(() => document.getElementById('plan-preview')?.focus());
  }

  protected async remove(leaveConflicts: boolean): Promise<void> {
    const [preview, known] = [this.preview(), this.known()];
    if (!preview || !known) return;
    const sure = await this.confirmDialog.yes({
      heading: `日程「${known.name}」を消しますか`,
      sentences: [
        `これからの枠${String(preview.counts.removed)}個がなくなります。`,
        ...(leaveConflicts
          ? [`予約のある枠${String(preview.counts.conflicts)}個は、予約を残して新しい受付を止めます。`]
          : []),
      ],
      yes: '消す',
      danger: true,
    });
    if (!sure) return;
    this.busy.set(true);
    const { error } = await this.api.client.DELETE('/api/v1/city/schedules/{id}', {
      params: {
        path: { id: known.id },
        query: {
          version: String(known.version),
          fingerprint: preview.fingerprint,
          leaveConflicts: leaveConflicts ? 'true' : 'false',
        },
      },
    });
    if (error) this.refuse(error);
    else {
      this.form.markAsPristine();
      this.messages.done(`日程「${known.name}」を消しました。`);
      await this.router.navigate(['/schedule/week'], { queryParams: { venue: known.venueId } });
    }
    this.busy.set(false);
  }

  protected takeTheirs(): void {
    const theirs = this.theirs();
    if (theirs) this.show(theirs);
  }

  /** My words, on top of the version that I have now seen: what they do is shown again before. */
  protected async keepMine(): Promise<void> {
    this.known.set(this.theirs());
    this.theirs.set(undefined);
    await this.look();
  }

  private doses(): number[] {
    return (this.planning.value()?.doses ?? []).map((dose) => dose.number);
  }

  private knownId(): { id?: string } {
    const known = this.known();
    return known ? { id: known.id } : {};
  }

  private schedule(): ScheduleInput {
    return scheduleOf(this.form, this.special());
  }

  private show(schedule: Schedule): void {
    this.known.set(schedule);
    this.theirs.set(undefined);
    this.faults.clear();
    this.special.set(fillForm(this.form, schedule, this.doses()));
    if (!this.canEdit()) this.form.disable();
  }

  private refuse(problem: Problem): void {
    const current = problem.current as { schedule?: Schedule; preview?: Schema<'PlanPreview'> } | undefined;
    if (current?.schedule) this.theirs.set(current.schedule);
    else if (current?.preview) {
      this.preview.set(current.preview);
      this.note.set(
        problem.code === 'changed_meanwhile'
          ? '確認している間に、予約かほかの人の変更がありました。新しい内容を確認してから、もう一度保存してください。'
          : problem.detail,
      );
    } else
      this.faults.show(
        (problem.faults ?? [{ field: '', sentence: problem.detail }]).map((fault) =>
          placed(fault, this.form, this.special()),
        ),
      );
  }
}

/** A plan in words, part by part: for two people who changed it. */
function wordsOf({ name, validFrom, validUntil, template }: ScheduleInput): Readonly<Record<string, string>> {
  const hours = (sessions: readonly { from: string; until: string }[]) =>
    sessions.map(({ from, until }) => `${from}～${until}`).join('・');
  const doses = [...new Set(template.seats.map((seat) => seat.dose))];
  return {
    名前: name,
    期間: `${validFrom} から ${validUntil} の前日`,
    曜日と時間: [...template.week]
      .sort((a, b) => a.weekday - b.weekday)
      .map((day) => `${weekdayWords[day.weekday] ?? ''} ${hours(day.sessions)}`)
      .join('、'),
    休憩: hours(template.breaks),
    祝日: template.closedOnHolidays ? '休む' : '開く',
    年末年始: template.closedAtYearEnd ? '休む' : '開く',
    特別な日: template.exceptions.map((item) => `${item.date} ${item.kind === 'closed' ? '休み' : '開く'}`).join('、'),
    枠の長さ: `${String(template.blockMinutes)}分`,
    ワクチン: template.vaccine ?? '',
    席数: doses
      .map(
        (dose) =>
          `${String(dose)}回目 ${seatWords(Object.fromEntries(channelOrder.map((channel) => [channel, template.seats.find((seat) => seat.dose === dose && seat.channel === channel)?.capacity ?? 0])) as Schema<'SeatsByChannel'>)}`,
      )
      .join('、'),
  };
}
