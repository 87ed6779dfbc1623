import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { focusRow, Rows } from '../shared/rows';
import { SidePanel } from '../shared/side-panel';
import { urlState } from '../shared/url-state';
import { dayEnd, dayStart } from './audit-range';
import { actionWords, resultWords, subjectWords } from './audit-words';

/** The events, the newest first. */
@Component({
  selector: 'toki-audit-events',
  imports: [CityTime, EmptyState, MatButton, MatFormField, MatInput, MatLabel, ProblemNote, Rows, SidePanel],
  templateUrl: './audit-events.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditEvents {
  private readonly api = inject(Api);
  protected readonly filters = urlState('actorId', 'action', 'residentId', 'from', 'to', 'before', 'seq');
  protected readonly actionWords = actionWords;
  protected readonly resultWords = resultWords;
  protected readonly subjectWords = subjectWords;
  protected readonly choices = loaded(() => this.api.client.GET('/api/v1/audit/choices'));
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/audit', { params: { query: this.query() } }));
  protected readonly events = computed(() => this.page.value()?.events ?? []);
  protected readonly open = computed(() => this.events().find((event) => String(event.seq) === this.filters.values().seq));
  protected readonly isFiltered = computed(() => {
    const { before: _before, seq: _seq, ...rest } = this.filters.values();
    return Object.values(rest).some((value) => value !== '');
  });
  private readonly query = computed(() => {
    const { seq: _seq, from, to, ...rest } = this.filters.values();
    return {
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')), ...(from === '' ? {} : { from: dayStart(from) }), ...(to === '' ? {} : { until: dayEnd(to) }),
    };
  }, { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) });

  constructor() {
    void this.choices.reload();
    effect(() => {
      this.query();
      untracked(() => void this.page.reload());
    });
  }

  protected who(event: Schema<'AuditEvent'>): string {
    return event.actorName ?? (event.actorKind === 'machine' ? `プログラム（${event.origin}）` : 'ログイン前');
  }

  protected detailOf(event: Schema<'AuditEvent'>): [string, string][] {
    return Object.entries(event.detail).map(([name, value]) => [name, String(value)]);
  }

  protected filter(changes: Partial<ReturnType<typeof this.filters.values>>): void {
    this.filters.set({ ...changes, before: '', seq: '' });
  }

  protected reset(): void {
    this.filters.set({ actorId: '', action: '', residentId: '', from: '', to: '', before: '', seq: '' });
  }

  protected close(): void {
    const { seq } = this.filters.values();
    this.filters.set({ seq: '' }, { replace: true });
    focusRow(seq);
  }
}
