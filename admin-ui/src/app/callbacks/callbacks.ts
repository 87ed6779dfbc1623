import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { focusRow, Rows } from '../shared/rows';
import { Tell } from '../shared/tell';
import { urlState } from '../shared/url-state';
import { CallbackPanel } from './callback-panel';
import { causeWords, endWords, outcomeWords, type Callback, type Cause } from './callback-words';

/** The people to call, the most urgent first. */
@Component({
  selector: 'toki-callbacks',
  imports: [CallbackPanel, CityTime, EmptyState, Icon, MatButton, MatFormField, MatInput, MatLabel, PageHeader, ProblemNote, Reference, Rows],
  templateUrl: './callbacks.html',
  styles: `
    .counts { display: flex; flex-wrap: wrap; gap: 12px 32px; list-style: none; margin: 0 0 16px; padding: 0; }
    .counts .late { color: #a80000; }
    td .chip { margin-left: 8px; }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Callbacks {
  private readonly api = inject(Api);
  private readonly tell = inject(Tell);
  protected readonly filters = urlState('state', 'cause', 'assigned', 'overdue', 'after', 'id');
  protected readonly causes = Object.entries(causeWords) as [Cause, string][];
  protected readonly causeWords = causeWords;
  protected readonly outcomeWords = outcomeWords;
  protected readonly endWords = endWords;

  protected readonly counts = loaded(() => this.api.client.GET('/api/v1/callbacks/counts'), { everyMs: 30_000 });
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/callbacks', { params: { query: this.query() } }));
  protected readonly lines = computed(() => this.page.value()?.callbacks ?? []);
  protected readonly isDone = computed(() => this.filters.values().state === 'done');
  protected readonly isFiltered = computed(() => {
    const { after: _after, id: _id, ...rest } = this.filters.values();
    return Object.values(rest).some((value) => value !== '');
  });
  private readonly query = computed(() => {
    const { state, cause, assigned, overdue, after } = this.filters.values();
    return {
      ...(state === 'done' ? { state: 'done' as const } : {}), ...(cause === '' ? {} : { cause: cause as Cause }), ...(assigned === '' ? {} : { assigned }),
      ...(overdue === 'yes' ? { overdue: 'yes' as const } : {}), ...(after === '' ? {} : { after }),
    };
  }, { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) });

  constructor() {
    void this.counts.reload();
    effect(() => {
      this.query();
      untracked(() => void this.page.reload());
    });
  }

  protected isOverdue(line: Callback): boolean {
    return line.doneAt === null && Date.parse(line.dueAt) <= Date.now();
  }

  protected filter(changes: Partial<ReturnType<typeof this.filters.values>>): void {
    this.filters.set({ ...changes, after: '', id: '' });
  }

  protected reset(): void {
    this.filters.set({ state: '', cause: '', assigned: '', overdue: '', after: '', id: '' });
  }

  protected open(id: string): void {
    this.filters.set({ id }, { replace: true });
  }

  protected close(): void {
    const { id } = this.filters.values();
    this.filters.set({ id: '' }, { replace: true });
    focusRow(id);
  }

  protected refresh(): void {
    void this.page.reload();
    void this.counts.reload();
  }

  /** The most urgent one that nobody has becomes mine and opens. */
  protected async takeNext(): Promise<void> {
    const { cause } = this.filters.values();
    const { data, error } = await this.api.client.POST('/api/v1/callbacks/next', { body: cause === '' ? {} : { cause: cause as Cause } });
    if (error) {
      this.tell.problem(error.detail);
      return;
    }
    if (data.callbackId === null) {
      this.tell.done('担当のいない折り返しはありません。');
      return;
    }
    this.refresh();
    this.open(data.callbackId);
  }
}
