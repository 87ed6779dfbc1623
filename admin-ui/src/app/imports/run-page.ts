import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { Router, RouterLink } from '@angular/router';

import { namesakesApart } from '../../../../domain/imports/carry-over';
import { isChecking } from '../../../../domain/imports/import-words';
import { Api, type Problem } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { lookAgain } from '../shared/look-again';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { Steps } from '../shared/steps';
import { LogInCheck } from './log-in-check';
import { RunBookings } from './run-bookings';
import { RunCarryOvers } from './run-carry-overs';
import { RunErrors } from './run-errors';
import { RunSummary } from './run-summary';
import { figure, fileSize, type ImportRun, isWaiting, isWorking, type Phase, phaseChips, sourceWords } from './words';

const steps: readonly { readonly label: string; readonly phases: readonly Phase[] }[] = [
  { label: 'ファイルの確認', phases: ['inspecting'] },
  { label: '各行の確認', phases: ['staging'] },
  { label: 'いまの対象者との比較', phases: ['comparing'] },
  { label: '承認', phases: ['waiting_for_approval', 'waiting_for_removal_approval'] },
  { label: '取り込み', phases: ['applying'] },
  { label: '完了', phases: ['applied'] },
];

/** A booking that keeps an import from being undone; of a protected resident it is told that there is one. */
type InTheWay =
  | {
      readonly isProtected: false;
      readonly id: string;
      readonly reference: string | null;
      readonly startsAt: string;
      readonly venueName: string;
    }
  | { readonly isProtected: true };

/** One import: how far it is, what it would do, yes or no, what it did, and back again. Can be left and found again. */
@Component({
  selector: 'toki-run-page',
  imports: [
    RouterLink,
    MatButton,
    MatProgressBar,
    CityTime,
    Icon,
    PageHeader,
    ProblemNote,
    Steps,
    LogInCheck,
    RunBookings,
    RunCarryOvers,
    RunErrors,
    RunSummary,
  ],
  templateUrl: './run-page.html',
  styleUrl: './run-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunPage {
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly router = inject(Router);
  private readonly me = inject(Session).me;
  readonly id = input.required<string>();

  protected readonly run = loaded(
    () => this.api.client.GET('/api/v1/imports/{id}', { params: { path: { id: this.id() } } }),
    { on: () => this.id() },
  );
  protected readonly refused = signal<Problem | undefined>(undefined);
  protected readonly inTheWay = signal<readonly InTheWay[]>([]);
  protected readonly busy = signal(false);
  protected readonly typed = signal('');
  protected readonly unsavedPairs = signal(0);
  protected readonly mayDecide = computed(() => this.me()?.role === 'city_admin');
  /** The person who started it must leave the yes to another person. */
  protected readonly needsSecond = computed(
    () => this.run.value()?.twoPersons === true && this.run.value()?.startedBy?.id === this.me()?.id,
  );
  protected readonly labels = steps.map((step) => step.label);
  protected readonly step = computed(() => {
    const phase = this.run.value()?.phase;
    return phase === undefined ? -1 : steps.findIndex((item) => item.phases.includes(phase));
  });
  protected readonly percent = computed(() => {
    const run = this.run.value();
    return run?.rowsExpected ? Math.min(100, Math.round((run.rowsDone / run.rowsExpected) * 100)) : undefined;
  });
  protected readonly chips = phaseChips;
  protected readonly sources = sourceWords;
  protected readonly isWorking = isWorking;
  protected readonly isChecking = isChecking;
  protected readonly isWaiting = isWaiting;
  protected readonly figure = figure;
  protected readonly namesakesApart = namesakesApart;
  protected readonly size = fileSize;

  constructor() {
    lookAgain(this.run, {
      everyMs: 700,
      isAtWork: (run) => isWorking(run.phase),
      isWaiting: (run) => isWaiting(run.phase),
      isBusy: this.busy,
    });
  }

  protected async approve(run: ImportRun): Promise<void> {
    const facts = run.summary;
    if (!facts) return;
    const sentences = [`新しい方 ${figure(facts.created)}人を加え、${figure(facts.changed)}人の内容を変えます。`];
    if (facts.newNumber > 0)
      sentences.push(
        `${figure(facts.newNumber)}人を、同じ人として新しい番号に引き継ぎます。前の番号ではログインできなくなり、ログイン中の画面も終わります。`,
      );
    if (namesakesApart(facts) > 0)
      sentences.push(`同じカナ・生年月日の人がいる${figure(namesakesApart(facts))}人は、別の人として登録します。`);
    if (facts.gone > 0) sentences.push(`転出・死亡の${figure(facts.gone)}人を対象から外します。予約は残ります。`);
    if (facts.toRemove > 0)
      sentences.push(`ファイルにない${figure(facts.toRemove)}人を対象から外すかどうかは、この次にお尋ねします。`);
    sentences.push('取り込んだ後も、次の取込をするまでは元に戻せます。');
    if (!(await this.confirmDialog.yes({ heading: 'この内容で取り込みますか', sentences, yes: '取り込む' }))) return;
    await this.decide(() =>
      this.api.client.POST('/api/v1/imports/{id}/approve', {
        params: { path: { id: run.id } },
        body: { comparison: run.comparison },
      }),
    );
  }

  protected async approveRemoval(run: ImportRun): Promise<void> {
    const residents = run.summary?.toRemove ?? 0;
    if (this.typed().trim().normalize('NFKC').replace(/,/g, '') !== String(residents)) {
      this.messages.problem(`対象から外すのは${figure(residents)}人です。人数を確かめて、同じ数を入力してください。`);
      return;
    }
    await this.decide(() =>
      this.api.client.POST('/api/v1/imports/{id}/approve-removal', {
        params: { path: { id: run.id } },
        body: { comparison: run.comparison, residents },
      }),
    );
  }

  protected async reject(run: ImportRun): Promise<void> {
    const isSure = await this.confirmDialog.yes({
      heading: 'この取込を取りやめますか',
      sentences: ['何も変わりません。確かめた内容は消えるので、取り込むにはファイルをもう一度選びます。'],
      yes: '取りやめる',
      no: '戻る',
    });
    if (isSure)
      await this.decide(() =>
        this.api.client.POST('/api/v1/imports/{id}/reject', { params: { path: { id: run.id } } }),
      );
  }

  protected async undo(run: ImportRun): Promise<void> {
    const done = run.result;
    if (!done) return;
    const isSure = await this.confirmDialog.yes({
      heading: '取り込む前に戻しますか',
      sentences: [
        `この取込で加わった${figure(done.created)}人は消え、ログインできなくなります。変わった方・外れた方は、取り込む前の内容に戻ります。`,
        '加わった方に予約があるときは戻せません。そのときは予約の一覧をお見せします。',
      ],
      yes: '取り込む前に戻す',
      danger: true,
    });
    if (!isSure) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/imports/{id}/undo', {
      params: { path: { id: run.id } },
    });
    this.busy.set(false);
    this.refused.set(error);
    if (data) {
      this.run.set(data.run);
      this.inTheWay.set([]);
      this.messages.done(
        data.isUnderWay ? '戻しています。しばらくしてからご確認ください。' : '取り込む前に戻しました。',
      );
    } else if (error.code === 'import_has_bookings') {
      const found = await this.api.client.GET('/api/v1/imports/{id}/undo', { params: { path: { id: run.id } } });
      this.inTheWay.set(found.data?.bookings ?? []);
    }
  }

  /** The counts are no longer those that were looked at. */
  protected comparedAgain(run: ImportRun): void {
    this.run.set(run);
    this.refused.set(undefined);
  }

  protected again(): void {
    void this.router.navigate(['/imports/new']);
  }

  private async decide(send: () => Promise<{ data?: ImportRun; error?: Problem }>): Promise<void> {
    this.busy.set(true);
    const { data, error } = await send();
    this.busy.set(false);
    this.refused.set(error);
    if (data) this.run.set(data);
    else await this.run.reload();
  }
}
