import { ChangeDetectionStrategy, Component, computed, effect, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { figure } from '../imports/words';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { urlState } from '../shared/url-state';
import { assignmentChips } from './words';

/** Every file of appointments that the city assigned, the newest first. */
@Component({
  selector: 'toki-assignment-list',
  imports: [RouterLink, MatButton, CityTime, EmptyState, Icon, PageHeader, ProblemNote],
  templateUrl: './assignment-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssignmentList {
  private readonly api = inject(Api);
  private readonly me = inject(Session).me;
  protected readonly page = urlState('before');
  protected readonly list = loaded(
    () =>
      this.api.client.GET('/api/v1/assignments', {
        params: { query: this.page.values().before === '' ? {} : { before: this.page.values().before } },
      }),
    { everyMs: 5_000 },
  );
  protected readonly mayAssign = computed(() => this.me()?.role === 'city_admin');
  protected readonly chips = assignmentChips;

  constructor() {
    effect(() => {
      this.page.values();
      void this.list.reload();
    });
  }

  /** What it did, or would do. */
  protected counts({ phase, rows, refusal, rowsDone }: Schema<'AssignmentRun'>): string {
    if (refusal) return refusal.sentence;
    if (phase === 'checking') return rowsDone > 0 ? `${figure(rowsDone)}行を確認` : '';
    if (phase === 'waiting' || phase === 'rejected') return `予約できる ${figure(rows.bookable)}件`;
    if (phase === 'booking') return `${figure(rows.booked)} / ${figure(rows.booked + rows.bookable)}件`;
    if (phase === 'taken_back') return `取り消した ${figure(rows.taken_back)}件、残した ${figure(rows.kept)}件`;
    return `予約した ${figure(rows.booked)}件`;
  }
}
