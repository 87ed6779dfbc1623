import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { NoMatch } from '../shared/no-match';
import { PageHeader } from '../shared/page-header';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Rows } from '../shared/rows';
import { CallbackPanel } from './callback-panel';
import { type Callback, type Cause, causeWords, endWords, outcomeWords } from './callback-words';

/** The people to call, the most urgent first. */
@Component({
  selector: 'toki-callbacks',
  imports: [
    CallbackPanel,
    CityTime,
    EmptyState,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    NoMatch,
    PageHeader,
    Paging,
    ProblemNote,
    Reference,
    Rows,
  ],
  templateUrl: './callbacks.html',
  styles: `
    .counts {
      display: flex;
      flex-wrap: wrap;
      gap: 12px 32px;
      list-style: none;
      margin: 0 0 16px;
      padding: 0;
    }
    .counts .late {
      color: #a80000;
    }
    td .chip {
      margin-left: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Callbacks {
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  protected readonly list = listState(['state', 'cause', 'assigned', 'overdue']);
  protected readonly causes = Object.entries(causeWords) as [Cause, string][];
  protected readonly causeWords = causeWords;
  protected readonly outcomeWords = outcomeWords;
  protected readonly endWords = endWords;

  protected readonly counts = loaded(() => this.api.client.GET('/api/v1/callbacks/counts'), { everyMs: 30_000 });
  protected readonly page = loaded(
    () => this.api.client.GET('/api/v1/callbacks', { params: { query: this.query() } }),
    { on: () => this.query() },
  );
  protected readonly lines = computed(() => this.page.value()?.callbacks ?? []);
  protected readonly isDone = computed(() => this.list.values().state === 'done');
  private readonly query = computed(() => {
    const { state, cause, overdue, ...rest } = this.list.asked();
    return {
      ...rest,
      ...(state === 'done' && { state: 'done' as const }),
      ...(cause && { cause: cause as Cause }),
      ...(overdue === 'yes' && { overdue: 'yes' as const }),
    };
  });

  constructor() {
    void this.counts.reload();
  }

  protected isOverdue(line: Callback): boolean {
    return line.doneAt === null && Date.parse(line.dueAt) <= Date.now();
  }

  protected refresh(): void {
    void this.page.reload();
    void this.counts.reload();
  }

  /** The most urgent one that nobody has becomes mine and opens. */
  protected async takeNext(): Promise<void> {
    const { cause } = this.list.asked();
    const { data, error } = await this.api.client.POST('/api/v1/callbacks/next', {
      body: cause ? { cause: cause as Cause } : {},
    });
    if (error) {
      this.messages.problem(error.detail);
      return;
    }
    if (data.callbackId === null) {
      this.messages.done('担当のいない折り返しはありません。');
      return;
    }
    this.refresh();
    this.list.open(data.callbackId);
  }
}
