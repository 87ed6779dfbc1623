import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { addDays } from '../../../../domain/calendar/city-time';
import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { urlState } from '../shared/url-state';
import { BalanceNote } from './balance-note';
import {
  type Cell,
  cellWords,
  gridOf,
  type GridSlot,
  isWithin,
  moved,
  type Place,
  slotsWithin,
  stoppedWords,
} from './grid-model';
import { SeatBar } from './seat-bar';
import { type SeatChange, SeatPanel } from './seat-panel';
import { daysOfWeek, mondayOf } from './week';

/** One venue in one week: times down, days across, each cell a slot. All of it works by the keyboard. */
@Component({
  selector: 'toki-week-page',
  imports: [
    BalanceNote,
    CityTime,
    EmptyState,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    PageHeader,
    ProblemNote,
    RouterLink,
    SeatBar,
    SeatPanel,
  ],
  templateUrl: './week-page.html',
  styleUrl: './week-grid.css',
  host: { '(document:pointerup)': 'endDrag()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class WeekPage {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  private readonly messages = inject(Messages);
  protected readonly filters = urlState('venue', 'week', 'dose');
  protected readonly canEdit = computed(() => this.session.me()?.role === 'city_admin');
  protected readonly monday = computed(() => mondayOf(this.filters.values().week));
  protected readonly days = computed(() => daysOfWeek(this.monday()));
  protected readonly planning = loaded(() => this.api.client.GET('/api/v1/city/planning'));
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/city/venues'));
  protected readonly venueId = computed(
    () => this.filters.values().venue || (this.venues.value()?.venues[0]?.id ?? ''),
  );
  protected readonly venue = computed(() => this.venues.value()?.venues.find((venue) => venue.id === this.venueId()));
  protected readonly plans = loaded(() =>
    this.api.client.GET('/api/v1/city/schedules', { params: { query: { venueId: this.venueId() } } }),
  );
  protected readonly answer = loaded(
    () =>
      this.api.client.GET('/api/v1/city/slots/week', {
        params: { query: { venueId: this.venueId(), from: this.monday(), to: addDays(this.monday(), 6) } },
      }),
    { everyMs: 15_000 },
  );
  protected readonly holidays = computed(
    () => new Map((this.answer.value()?.holidays ?? []).map(({ date, name }) => [date, name])),
  );
  protected readonly doses = computed(() => this.planning.value()?.doses ?? []);
  protected readonly channels = computed(() => this.planning.value()?.channels ?? []);
  protected readonly dose = computed(
    () =>
      Number(this.filters.values().dose || 0) || (this.answer.value()?.slots[0]?.dose ?? this.doses()[0]?.number ?? 1),
  );
  protected readonly model = computed(() =>
    gridOf(this.answer.value()?.slots ?? [], this.days(), this.dose(), new Date()),
  );

  protected readonly active = signal<Place>({ row: 0, column: 0 });
  /** Where a range began; the active cell is its other corner. */
  protected readonly anchor = signal<Place | undefined>(undefined);
  protected readonly panelOpen = signal(false);
  protected readonly chosen = computed<readonly GridSlot[]>(() =>
    slotsWithin(this.model(), this.anchor() ?? this.active(), this.active()),
  );
  protected readonly told = computed(() => {
    const { chosen, cell } = { chosen: this.chosen(), cell: this.model().at(this.active()) };
    if (this.anchor() && chosen.length > 1)
      return `${String(chosen.length)}個の枠を選んでいます。Enterキーで席数を変えられます。`;
    return cell ? cellWords(cell) : '';
  });
  private dragging = false;
  private readonly panel = viewChild(SeatPanel);

  constructor() {
    void this.planning.reload();
    void this.venues.reload();
    effect(() => {
      const ready = this.venueId() !== '';
      this.monday();
      untracked(() => {
        if (ready) void this.answer.reload();
      });
    });
    effect(() => {
      const ready = this.venueId() !== '';
      untracked(() => {
        if (ready) void this.plans.reload();
      });
    });
    effect(() => {
      // Another week, venue or dose: nothing is chosen any more.
      [this.monday(), this.venueId(), this.dose()].join();
      untracked(() => this.clear());
    });
  }

  protected cellAt(row: number, column: number): Cell | undefined {
    return this.model().at({ row, column });
  }

  protected isActive(row: number, column: number): boolean {
    const { row: atRow, column: atColumn } = this.active();
    return atRow === row && atColumn === column;
  }

  protected isChosen(row: number, column: number): boolean {
    const cell = this.cellAt(row, column);
    const from = this.anchor() ?? (this.panelOpen() ? this.active() : undefined);
    return cell !== undefined && !cell.isPast && from !== undefined && isWithin({ row, column }, from, this.active());
  }

  protected readonly stoppedWords = stoppedWords;

  protected wordsOf(cell: Cell): string {
    return cellWords(cell);
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    const next = moved(this.active(), event.key, this.model(), event.ctrlKey);
    if (next) {
      this.anchor.set(event.shiftKey ? (this.anchor() ?? this.active()) : undefined);
      this.active.set(next);
      this.focusActive();
    } else if (event.key === 'a' && event.ctrlKey) {
      this.anchor.set({ row: 0, column: 0 });
      this.active.set({ row: this.model().times.length - 1, column: this.days().length - 1 });
      this.focusActive();
    } else if (event.key === 'Enter' || event.key === ' ') this.openPanel();
    else if (event.key === 'Escape') this.clear();
    else if (event.key === 'PageDown') this.move(7);
    else if (event.key === 'PageUp') this.move(-7);
    else return;
    event.preventDefault();
  }

  protected onDown(event: PointerEvent, row: number, column: number): void {
    if (event.button !== 0) return;
    this.dragging = true;
    this.anchor.set(event.shiftKey ? (this.anchor() ?? this.active()) : { row, column });
    this.active.set({ row, column });
  }

  protected onEnter(row: number, column: number): void {
    if (this.dragging) this.active.set({ row, column });
  }

  /** A range drawn with the mouse opens at once; a single cell by its click. */
  protected endDrag(): void {
    const [from, to] = [this.anchor(), this.active()];
    if (this.dragging && from && (from.row !== to.row || from.column !== to.column)) this.openPanel();
    this.dragging = false;
  }

  protected onClick(row: number, column: number): void {
    this.active.set({ row, column });
    this.openPanel();
  }

  protected openPanel(): void {
    if (this.chosen().length === 0) return;
    this.panelOpen.set(true);
    setTimeout(() => this.panel()?.focusFirst());
  }

  protected closePanel(): void {
    this.panelOpen.set(false);
    this.anchor.set(undefined);
    this.focusActive();
  }

  protected async onChanged(changes: readonly SeatChange[]): Promise<void> {
    await this.answer.reload();
    this.closePanel();
    const slots = new Set(changes.map((change) => change.slotId)).size;
    this.messages.undoable(`${String(slots)}個の枠の席数を変えました。`, () => void this.undo(changes));
  }

  protected move(days: number): void {
    this.filters.set({ week: addDays(this.monday(), days) });
  }

  protected chooseVenue(event: Event): void {
    this.filters.set({ venue: (event.target as HTMLSelectElement).value });
  }

  protected chooseDose(event: Event): void {
    this.filters.set({ dose: (event.target as HTMLSelectElement).value });
  }

  private async undo(changes: readonly SeatChange[]): Promise<void> {
    const { error } = await this.api.client.POST('/api/v1/city/slots/capacities', {
      body: { changes: changes.map((change) => ({ ...change, was: change.capacity, capacity: change.was })) },
    });
    await this.answer.reload();
    if (error)
      this.messages.problem(
        error.code === 'below_booked'
          ? '変えた後に予約が入ったため、元に戻せませんでした。枠を開いて確認してください。'
          : error.detail,
      );
    else this.messages.done('席数を元に戻しました。');
  }

  private clear(): void {
    this.anchor.set(undefined);
    this.panelOpen.set(false);
    const { row, column } = this.active();
    this.active.set({ row: Math.max(0, Math.min(row, this.model().times.length - 1)), column });
  }

  private focusActive(): void {
    const { row, column } = this.active();
    setTimeout(() => document.getElementById(`cell-${String(row)}-${String(column)}`)?.focus());
  }
}
