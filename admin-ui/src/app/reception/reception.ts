import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';

import { defined } from '../../../../domain/text/defined';
import { Api, type Problem, type Schema } from '../api/api';
import { cityDay, CityTime, cityWords } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { urlState } from '../shared/url-state';
import { birthWords, type CheckInOutcome, CheckInResult } from './check-in-result';
import { DayList, type Entry, linesOf, type OpenEntry, type Show } from './day-list';
import { OffLine } from './off-line';
import { type LetThrough, letThroughWords, type UndoReason, undoWords } from './reasons';
import { WalkIn } from './walk-in';

type CheckIn = Schema<'CheckIn'>;
type Panel = '' | 'walk-in' | 'off-line';
/** What the person showed, with what they said where it was asked for, or the line that was chosen. */
type Shown = { readonly code: string; readonly birthDate?: string } | { readonly bookingId: string };

/** A venue's day: check people in by what they show, see who is awaited, take walk-ins, close the day. */
@Component({
  selector: 'toki-reception',
  imports: [
    CheckInResult,
    CityTime,
    EmptyState,
    Icon,
    MatButton,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    OffLine,
    PageHeader,
    ProblemNote,
    ReactiveFormsModule,
    WalkIn,
  ],
  templateUrl: './reception.html',
  styleUrl: './reception.css',
  host: { '(document:keydown)': 'catchReader($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Reception {
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly box = viewChild<ElementRef<HTMLInputElement>>('box');
  protected readonly url = urlState('venue', 'date', 'dose', 'show', 'panel');
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/venues'));
  protected readonly list = new DayList(this.api);
  protected readonly code = new FormControl('', { nonNullable: true });
  protected readonly find = new FormControl('', { nonNullable: true });
  private readonly wanted = toSignal(this.find.valueChanges, { initialValue: '' });
  protected readonly result = signal<CheckInOutcome | undefined>(undefined);
  /** What has to be chosen before anything is done: why a person is let through, or why a check-in is undone. */
  protected readonly choice = signal<{ readonly kind: 'let_through' | 'undo'; readonly entry: Entry } | undefined>(
    undefined,
  );
  /** The code of a protected person, who is asked for their birth date. */
  protected readonly birthAsked = signal('');
  protected readonly birthDate = new FormControl('', { nonNullable: true });
  private shown: Shown | undefined;
  /** The coupon number of a person without a booking. */
  protected readonly stranger = signal('');
  protected readonly busy = signal(false);
  protected readonly reasons = Object.entries(letThroughWords) as [LetThrough, string][];
  protected readonly undoReasons = Object.entries(undoWords) as [UndoReason, string][];
  protected readonly birthWords = birthWords;
  protected readonly today = cityDay();
  protected readonly date = computed(() => this.url.values().date || this.today);
  protected readonly dose = computed(() => Number(this.url.values().dose) || undefined);
  protected readonly show = computed(() => (this.url.values().show || 'all') as Show);
  protected readonly panel = computed(() => this.url.values().panel as Panel);
  protected readonly venue = computed(() =>
    this.venues.value()?.venues.find((item) => item.id === this.url.values().venue),
  );
  protected readonly lines = computed(() => linesOf(this.list.entries(), this.wanted(), this.show()));
  protected readonly dayWords = computed(() => cityWords.date(this.date()));

  constructor() {
    void this.venues.reload();
    effect(() => {
      const venue = this.venue();
      const date = this.date();
      if (venue) untracked(() => void this.list.open(venue.id, date));
    });
    afterNextRender(() => this.ready());
    inject(DestroyRef).onDestroy(() => this.list.close());
  }

  protected chooseVenue(id: string): void {
    this.url.set({ venue: id });
    setTimeout(() => this.ready());
  }

  protected open(panel: Panel): void {
    this.url.set({ panel: this.panel() === panel ? '' : panel });
  }

  /** The box takes what a QR reader types, wherever the focus was left. */
  protected catchReader(event: KeyboardEvent): void {
    const target = event.target as HTMLElement | null;
    if (
      event.key.length !== 1 ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target?.closest('input, textarea, select, mat-select, [role=dialog], [role=listbox]')
    )
      return;
    if (event.key === ' ' && target?.closest('button, a')) return;
    this.box()?.nativeElement.focus();
  }

  protected async checkIn(): Promise<void> {
    const code = this.code.value.trim();
    this.code.setValue('');
    if (code === '' || this.busy()) return;
    await this.send({ code });
  }

  protected async checkInWithBirthDate(): Promise<void> {
    const birthDate = this.birthDate.value.trim();
    if (birthDate === '' || this.busy()) return;
    await this.send({ code: this.birthAsked(), birthDate });
  }

  protected checkInEntry({ bookingId }: OpenEntry): Promise<void> {
    return this.send({ bookingId });
  }

  protected async letThrough(letThrough: LetThrough): Promise<void> {
    if (this.shown) await this.send(this.shown, letThrough);
  }

  protected askUndo(entry: Entry): void {
    this.choice.set({ kind: 'undo', entry });
    this.result.set({
      kind: 'warn',
      headline: 'この受付を取り消しますか',
      sentences: ['取り消すと、予約は受付の前の状態に戻ります。理由を選んでください。'],
      entry,
    });
  }

  protected async undo(entry: Entry, reason: UndoReason): Promise<void> {
    if (entry.bookingId === null) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/bookings/{id}/undo-check-in', {
      params: { path: { id: entry.bookingId } },
      body: { reason },
    });
    this.busy.set(false);
    this.choice.set(undefined);
    if (data) {
      const before: Entry = entry.isProtected
        ? { ...entry, state: 'confirmed', arrivedAt: null }
        : { ...entry, state: 'confirmed', arrivedAt: null, version: data.version };
      this.list.put(before);
      this.result.set({
        kind: 'warn',
        headline: '受付を取り消しました',
        sentences: [`理由：${undoWords[reason]}`],
        entry: before,
      });
    } else this.refused(error);
    this.ready();
  }

  /** Nothing is done; on to the next person. */
  protected leave(): void {
    this.choice.set(undefined);
    this.result.set(undefined);
    this.birthAsked.set('');
    this.ready();
  }

  protected walkedIn(sentence: string): void {
    this.url.set({ panel: '' });
    this.result.set({ kind: 'good', headline: '予約のない方を受け付けました', sentences: [sentence] });
    void this.list.reload();
    this.ready();
  }

  protected toWalkIn(): void {
    if (this.panel() !== 'walk-in') this.url.set({ panel: 'walk-in' });
  }

  protected async closeDay(): Promise<void> {
    const venue = this.venue();
    if (!venue) return;
    const query = { venueId: venue.id, date: this.date() };
    const { data, error } = await this.api.client.GET('/api/v1/reception/missing', { params: { query } });
    if (!data) {
      this.messages.problem(error.detail);
      return;
    }
    if (data.count === 0) {
      this.messages.done('時間が過ぎて、まだ受け付けていない予約はありません。');
      return;
    }
    const yes = await this.confirmDialog.yes({
      heading: `${venue.name}　${this.dayWords()}を締めますか`,
      sentences: [
        `時間が過ぎて、まだ受け付けていない${String(data.count)}件を「来場なし」にします。`,
        'あとから来た方は、そのまま受け付けられます。紙やオフラインの名簿の記録がある場合は、先に入れてください。',
      ],
      yes: `${String(data.count)}件を来場なしにする`,
    });
    if (!yes) return;
    const { data: done, error: failed } = await this.api.client.POST('/api/v1/reception/close-day', { body: query });
    if (done)
      this.messages.done(
        `${String(done.missed)}件を「来場なし」にしました。${done.left > 0 ? `${String(done.left)}件は、その間に状態が変わりました。` : ''}`,
      );
    else this.messages.problem(failed.detail);
    await this.list.reload();
  }

  protected print(): void {
    window.print();
  }

  private async send(shown: Shown, letThrough?: LetThrough): Promise<void> {
    const venue = this.venue();
    if (!venue) return;
    const dose = this.dose();
    this.busy.set(true);
    this.choice.set(undefined);
    this.stranger.set('');
    this.birthAsked.set('');
    this.birthDate.setValue('');
    this.shown = shown;
    const { data, error } = await this.api.client.POST('/api/v1/check-ins', {
      body: {
        venueId: venue.id,
        ...defined({ dose }),
        ...shown,
        ...defined({ letThrough }),
      },
    });
    this.busy.set(false);
    if (data) this.answered(data);
    else this.refused(error, 'code' in shown ? shown.code : '');
    if (this.birthAsked() === '') this.ready();
  }

  private answered({ outcome, warnings, entry }: CheckIn): void {
    if (outcome === 'checked_in') {
      this.list.put(entry);
      this.result.set({
        kind: 'good',
        headline: '受け付けました',
        sentences: warnings.map((warning) => warning.sentence),
        entry,
      });
    } else if (outcome === 'already') {
      this.list.put(entry);
      this.result.set({
        kind: 'warn',
        headline: 'すでに受け付けています',
        sentences: entry.arrivedAt
          ? [`${cityWords.moment(entry.arrivedAt)}に受け付けています。同じ方かお確かめください。`]
          : [],
        entry,
      });
    } else {
      this.choice.set({ kind: 'let_through', entry });
      this.result.set({
        kind: 'warn',
        headline: '確認してください',
        sentences: warnings.map((warning) => warning.sentence),
        entry,
      });
    }
  }

  private refused(problem: Problem, typed = ''): void {
    if (problem.code === 'birth_date_needed' || problem.code === 'birth_date_other' || problem.faults?.length)
      this.askBirthDate(problem, typed);
    else this.refusedForGood(problem, typed);
  }

  /** A protected person says their birth date: it is compared, and never shown. */
  private askBirthDate(problem: Problem, code: string): void {
    this.birthAsked.set(code);
    this.result.set({
      kind: 'warn',
      headline: '生年月日を確認してください',
      sentences: [problem.faults?.[0]?.sentence ?? problem.detail],
    });
    setTimeout(() => document.getElementById('check-in-birth-date')?.focus());
  }

  private refusedForGood(problem: Problem, typed: string): void {
    const sentence =
      problem.code === 'too_early_here' && typeof problem.facts?.['earliest'] === 'string'
        ? `${problem.detail}接種できるのは${cityWords.date(problem.facts['earliest'])}からです。`
        : problem.detail;
    this.result.set({ kind: 'bad', headline: '受け付けられません', sentences: [sentence] });
    if (problem.code === 'nothing_booked') this.stranger.set(typed);
  }

  /** Ready for the next person. */
  private ready(): void {
    this.box()?.nativeElement.focus();
  }
}
