import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { Api } from '../api/api';
import { cityDay, CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { urlState } from '../shared/url-state';
import { dayEnd, dayStart } from './audit-range';
import { actionWords } from './audit-words';

/** After a leak: how many people, and which. */
@Component({
  selector: 'toki-audit-touched',
  imports: [CityTime, EmptyState, Icon, MatButton, MatFormField, MatInput, MatLabel, ProblemNote, RouterLink],
  templateUrl: './audit-touched.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditTouched {
  private readonly api = inject(Api);
  protected readonly filters = urlState('actorId', 'action', 'from', 'to', 'after');
  protected readonly actionWords = actionWords;
  private readonly today = cityDay();
  protected readonly from = computed(() => this.filters.values().from || this.today);
  protected readonly to = computed(() => this.filters.values().to || this.today);
  protected readonly choices = loaded(() => this.api.client.GET('/api/v1/audit/choices'));
  protected readonly found = loaded(() => this.api.client.GET('/api/v1/audit/touched', { params: { query: this.query() } }));
  protected readonly file = computed(() => {
    const { after: _after, ...query } = this.query();
    return `/api/v1/audit/touched.csv?${new URLSearchParams(query).toString()}`;
  });
  private readonly query = computed(() => {
    const { actorId, action, after } = this.filters.values();
    return {
      from: dayStart(this.from()), until: dayEnd(this.to()), ...(actorId === '' ? {} : { actorId }), ...(action === '' ? {} : { action }), ...(after === '' ? {} : { after }),
    };
  }, { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) });

  constructor() {
    void this.choices.reload();
    effect(() => {
      this.query();
      untracked(() => void this.found.reload());
    });
  }

  protected words(actions: readonly string[]): string {
    return actions.map(actionWords).join('、');
  }

  protected filter(changes: Partial<ReturnType<typeof this.filters.values>>): void {
    this.filters.set({ ...changes, after: '' });
  }
}
