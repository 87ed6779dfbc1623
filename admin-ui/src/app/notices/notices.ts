import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { NoMatch } from '../shared/no-match';
import { PageHeader } from '../shared/page-header';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Rows } from '../shared/rows';
import { NoticePanel } from './notice-panel';
import { type NoticeStatus, noticeStatusTones, noticeStatusWords } from './notice-words';

/** Every notice with its status, those that failed first. */
@Component({
  selector: 'toki-notices',
  imports: [
    CityTime,
    EmptyState,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    NoMatch,
    NoticePanel,
    PageHeader,
    Paging,
    ProblemNote,
    Reference,
    RouterLink,
    Rows,
  ],
  templateUrl: './notices.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Notices {
  private readonly api = inject(Api);
  protected readonly list = listState(['status', 'step', 'from', 'to', 'reference']);
  protected readonly statuses = Object.entries(noticeStatusWords) as [NoticeStatus, string][];
  protected readonly words = noticeStatusWords;
  protected readonly tones = noticeStatusTones;

  protected readonly counts = loaded(() => this.api.client.GET('/api/v1/notices/counts'), { everyMs: 30_000 });
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/notices', { params: { query: this.query() } }), {
    on: () => this.query(),
  });
  protected readonly lines = computed(() => this.page.value()?.notices ?? []);
  private readonly query = computed(() => {
    const { status, ...rest } = this.list.asked();
    return { ...rest, ...(status && { status: status as NoticeStatus }) };
  });

  constructor() {
    void this.counts.reload();
  }

  protected refresh(): void {
    void this.page.reload();
    void this.counts.reload();
  }
}
