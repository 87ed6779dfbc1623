import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { NoMatch } from '../shared/no-match';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { Rows } from '../shared/rows';
import { SidePanel } from '../shared/side-panel';
import { dayEnd, dayStart } from './audit-range';
import { actionWords, resultWords, subjectWords } from './audit-words';

/** The events, the newest first. */
@Component({
  selector: 'toki-audit-events',
  imports: [CityTime, MatButton, MatFormField, MatInput, MatLabel, NoMatch, Paging, ProblemNote, Rows, SidePanel],
  templateUrl: './audit-events.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditEvents {
  private readonly api = inject(Api);
  protected readonly list = listState(['actorId', 'action', 'residentId', 'from', 'to']);
  protected readonly actionWords = actionWords;
  protected readonly resultWords = resultWords;
  protected readonly subjectWords = subjectWords;
  protected readonly choices = loaded(() => this.api.client.GET('/api/v1/audit/choices'));
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/audit', { params: { query: this.query() } }), {
    on: () => this.query(),
  });
  protected readonly events = computed(() => this.page.value()?.events ?? []);
  protected readonly open = computed(() => this.events().find((event) => String(event.seq) === this.list.values().id));
  private readonly query = computed(() => {
    const { from, to, after, ...rest } = this.list.asked();
    return {
      ...rest,
      ...(from && { from: dayStart(from) }),
      ...(to && { until: dayEnd(to) }),
      ...(after && { before: after }),
    };
  });

  constructor() {
    void this.choices.reload();
  }

  protected who(event: Schema<'AuditEvent'>): string {
    return event.actorName ?? (event.actorKind === 'machine' ? `プログラム（${event.origin}）` : 'ログイン前');
  }

  protected detailOf(event: Schema<'AuditEvent'>): [string, string][] {
    return Object.entries(event.detail).map(([name, value]) => [name, String(value)]);
  }
}
