import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { focusRow, Rows } from '../shared/rows';
import { urlState } from '../shared/url-state';
import { NoticePanel } from './notice-panel';
import { noticeStatusTones, noticeStatusWords, type NoticeStatus } from './notice-words';

/** Every notice with what became of it, those that failed first. */
@Component({
  selector: 'toki-notices',
  imports: [CityTime, EmptyState, MatButton, MatFormField, MatInput, MatLabel, NoticePanel, PageHeader, ProblemNote, Reference, RouterLink, Rows],
  templateUrl: './notices.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Notices {
  private readonly api = inject(Api);
  protected readonly filters = urlState('status', 'step', 'from', 'to', 'reference', 'after', 'id');
  protected readonly statuses = Object.entries(noticeStatusWords) as [NoticeStatus, string][];
  protected readonly words = noticeStatusWords;
  protected readonly tones = noticeStatusTones;

  protected readonly counts = loaded(() => this.api.client.GET('/api/v1/notices/counts'), { everyMs: 30_000 });
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/notices', { params: { query: this.query() } }));
  protected readonly lines = computed(() => this.page.value()?.notices ?? []);
  protected readonly isFiltered = computed(() => {
    const { after: _after, id: _id, ...rest } = this.filters.values();
    return Object.values(rest).some((value) => value !== '');
  });
  private readonly query = computed(() => {
    const { id: _id, status, ...rest } = this.filters.values();
    return { ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')), ...(status === '' ? {} : { status: status as NoticeStatus }) };
  }, { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) });

  constructor() {
    void this.counts.reload();
    effect(() => {
      this.query();
      untracked(() => void this.page.reload());
    });
  }

  protected filter(changes: Partial<ReturnType<typeof this.filters.values>>): void {
    this.filters.set({ ...changes, after: '', id: '' });
  }

  protected reset(): void {
    this.filters.set({ status: '', step: '', from: '', to: '', reference: '', after: '', id: '' });
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
}
