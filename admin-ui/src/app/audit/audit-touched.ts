import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { cityDay, CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { dayEnd, dayStart } from './audit-range';
import { actionWords } from './audit-words';

/** After a leak: how many people, and which. */
@Component({
  selector: 'toki-audit-touched',
  imports: [CityTime, EmptyState, Icon, MatButton, MatFormField, MatInput, MatLabel, Paging, ProblemNote, RouterLink],
  templateUrl: './audit-touched.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditTouched {
  private readonly api = inject(Api);
  protected readonly list = listState(['actorId', 'action', 'from', 'to']);
  protected readonly actionWords = actionWords;
  private readonly today = cityDay();
  protected readonly from = computed(() => this.list.values().from || this.today);
  protected readonly to = computed(() => this.list.values().to || this.today);
  protected readonly choices = loaded(() => this.api.client.GET('/api/v1/audit/choices'));
  protected readonly found = loaded(
    () => this.api.client.GET('/api/v1/audit/touched', { params: { query: this.query() } }),
    { on: () => this.query() },
  );
  protected readonly file = computed(() => {
    const { after: _after, ...query } = this.query();
    return `/api/v1/audit/touched.csv?${new URLSearchParams(query).toString()}`;
  });
  private readonly query = computed(() => {
    const { from: _from, to: _to, ...rest } = this.list.asked();
    return { from: dayStart(this.from()), until: dayEnd(this.to()), ...rest };
  });

  constructor() {
    void this.choices.reload();
  }

  protected words(actions: readonly string[]): string {
    return actions.map(actionWords).join('、');
  }
}
