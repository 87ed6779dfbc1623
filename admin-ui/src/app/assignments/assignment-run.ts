import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';

import { Api, type Problem } from '../api/api';
import { figure } from '../imports/words';
import { channelWords } from '../schedule/week';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { lookAgain } from '../shared/look-again';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { Steps } from '../shared/steps';
import { AssignmentRows } from './assignment-rows';
import { allRows, assignmentChips, type AssignmentRun, isAtWork } from './words';

const steps = ['各行の確認', '承認', '予約', '完了'];
const stepOf: Readonly<Partial<Record<AssignmentRun['phase'], number>>> = {
  checking: 0,
  waiting: 1,
  booking: 2,
  done: 3,
};

/** One file of appointments: how far it is, what it would book, yes or no, what it booked, and back again. */
@Component({
  selector: 'toki-assignment-run',
  imports: [RouterLink, MatButton, MatProgressBar, AssignmentRows, CityTime, Icon, PageHeader, ProblemNote, Steps],
  templateUrl: './assignment-run.html',
  styleUrl: './assignment-run.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssignmentRunPage {
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly me = inject(Session).me;
  readonly id = input.required<string>();

  protected readonly run = loaded(
    () => this.api.client.GET('/api/v1/assignments/{id}', { params: { path: { id: this.id() } } }),
    { on: () => this.id() },
  );
  protected readonly refused = signal<Problem | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly mayDecide = computed(() => this.me()?.role === 'city_admin');
  /** The person who began it leaves the yes to another person. */
  protected readonly isOwn = computed(() => this.run.value()?.startedBy.id === this.me()?.id);
  protected readonly isOwnTakeBack = computed(() => this.run.value()?.takeBackAsked?.by.id === this.me()?.id);
  /** The person who said yes can have it begun where it did not begin. */
  protected readonly mayGoOn = computed(() => {
    const run = this.run.value();
    const me = this.me()?.id;
    return (
      (run?.phase === 'booking' && run.approvedBy?.id === me) ||
      (run?.phase === 'taking_back' && run.takeBackApprovedBy?.id === me)
    );
  });
  protected readonly steps = steps;
  protected readonly step = computed(() => stepOf[this.run.value()?.phase ?? 'failed'] ?? -1);
  protected readonly percent = computed(() => {
    const run = this.run.value();
    if (!run) return undefined;
    const { rows } = run;
    if (run.phase === 'checking')
      return run.rowsExpected && rows.bookable + rows.refused === 0
        ? Math.min(100, Math.round((run.rowsDone / run.rowsExpected) * 100))
        : undefined;
    if (run.phase === 'booking') return Math.round((rows.booked / Math.max(1, rows.booked + rows.bookable)) * 100);
    const cancelled = rows.taken_back + rows.kept;
    return run.phase === 'taking_back'
      ? Math.round((cancelled / Math.max(1, cancelled + rows.booked)) * 100)
      : undefined;
  });
  protected readonly cards = computed(() => {
    const run = this.run.value();
    if (!run || run.phase === 'checking' || run.phase === 'refused' || run.phase === 'failed') return [];
    const { rows } = run;
    const isAsked = run.phase === 'waiting' || run.phase === 'rejected';
    const cards = [
      isAsked
        ? { label: '予約できる', value: rows.bookable, note: '承認すると、この席が取られます' }
        : {
            label: '予約した',
            value: rows.booked + rows.taken_back + rows.kept,
            note: 'お一人ずつお知らせが送られます',
          },
      {
        label: '予約しない行',
        value: rows.refused,
        note: rows.refused > 0 ? '下の一覧で、行ごとの理由がわかります' : 'ありません',
      },
    ];
    if (run.phase === 'booking') cards.push({ label: 'これから予約する', value: rows.bookable, note: '順に進みます' });
    if (run.phase === 'taken_back' || run.phase === 'taking_back')
      cards.push(
        { label: '取り消した', value: rows.taken_back, note: '席は空きに戻りました' },
        { label: '残した', value: rows.kept, note: '変更や取り消し、来場のあった予約です' },
      );
    return cards;
  });
  protected readonly chips = assignmentChips;
  protected readonly channels = channelWords;
  protected readonly isAtWork = isAtWork;
  protected readonly figure = figure;
  protected readonly allRows = allRows;

  constructor() {
    lookAgain(this.run, {
      everyMs: 1_000,
      isAtWork: (run) => isAtWork(run.phase),
      isWaiting: (run) => run.phase === 'waiting' || run.takeBackAsked !== null,
      isBusy: this.busy,
    });
  }

  protected async approve(run: AssignmentRun): Promise<void> {
    const sentences = [
      `${figure(run.rows.bookable)}件の予約を取ります。席は「${channelWords[run.channel]}」の席から取ります。`,
      '予約された方には、事業で決めたお知らせが送られます。',
      '取った予約は、ご本人がまだ触れていないものに限り、後からまとめて取り消せます（もう一人の承認が要ります）。',
    ];
    if (!(await this.confirmDialog.yes({ heading: 'この内容で予約しますか', sentences, yes: '予約する' }))) return;
    await this.decide(() =>
      this.api.client.POST('/api/v1/assignments/{id}/approve', {
        params: { path: { id: run.id } },
        body: { bookable: run.rows.bookable },
      }),
    );
  }

  protected async reject(run: AssignmentRun): Promise<void> {
    const isSure = await this.confirmDialog.yes({
      heading: 'この割り当てを取りやめますか',
      sentences: ['だれも予約されません。割り当てるには、ファイルをもう一度選びます。'],
      yes: '取りやめる',
      no: '戻る',
    });
    if (isSure)
      await this.decide(() =>
        this.api.client.POST('/api/v1/assignments/{id}/reject', { params: { path: { id: run.id } } }),
      );
  }

  protected async askTakeBack(run: AssignmentRun): Promise<void> {
    const isSure = await this.confirmDialog.yes({
      heading: '予約の取り消しを申請しますか',
      sentences: [
        `まだ変更や取り消し、来場のない${figure(run.untouched)}件が対象です。ほかの管理者が承認するまで、取り消されません。`,
        ...(run.touched > 0 ? [`${figure(run.touched)}件は、ご本人などが変えているため残ります。`] : []),
      ],
      yes: '申請する',
      danger: true,
    });
    if (isSure)
      await this.decide(() =>
        this.api.client.POST('/api/v1/assignments/{id}/take-back', { params: { path: { id: run.id } } }),
      );
  }

  protected async approveTakeBack(run: AssignmentRun): Promise<void> {
    const isSure = await this.confirmDialog.yes({
      heading: `${figure(run.untouched)}件の予約を取り消しますか`,
      sentences: ['席は空きに戻り、取り消された方には事業で決めたお知らせが送られます。元には戻せません。'],
      yes: '取り消す',
      danger: true,
    });
    if (isSure)
      await this.decide(() =>
        this.api.client.POST('/api/v1/assignments/{id}/take-back/approve', { params: { path: { id: run.id } } }),
      );
  }

  protected goOn({ id, phase, rows }: AssignmentRun): Promise<void> {
    return this.decide(() =>
      phase === 'booking'
        ? this.api.client.POST('/api/v1/assignments/{id}/approve', {
            params: { path: { id } },
            body: { bookable: Math.max(1, rows.bookable) },
          })
        : this.api.client.POST('/api/v1/assignments/{id}/take-back/approve', { params: { path: { id } } }),
    );
  }

  protected withdrawTakeBack(run: AssignmentRun): Promise<void> {
    return this.decide(() =>
      this.api.client.POST('/api/v1/assignments/{id}/take-back/withdraw', { params: { path: { id: run.id } } }),
    );
  }

  private async decide(send: () => Promise<{ data?: AssignmentRun; error?: Problem }>): Promise<void> {
    this.busy.set(true);
    const { data, error } = await send();
    this.busy.set(false);
    this.refused.set(error);
    if (data) this.run.set(data);
    else await this.run.reload();
  }
}
