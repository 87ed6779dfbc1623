import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { figure, isWaiting, phaseChips, sourceWords } from './words';

/** Every import that was ever begun, the newest first. */
@Component({
  selector: 'toki-import-list',
  imports: [RouterLink, MatButton, CityTime, EmptyState, Icon, PageHeader, Paging, ProblemNote],
  templateUrl: './import-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ImportList {
  private readonly api = inject(Api);
  private readonly me = inject(Session).me;
  protected readonly page = listState([]);
  protected readonly list = loaded(() => this.api.client.GET('/api/v1/imports', { params: { query: this.query() } }), {
    on: () => this.query(),
    everyMs: 5_000,
  });
  protected readonly mayImport = computed(() => this.me()?.role === 'city_admin');
  protected readonly chips = phaseChips;
  protected readonly sources = sourceWords;
  protected readonly isWaiting = isWaiting;

  private readonly query = computed(() => {
    const { after } = this.page.asked();
    return after ? { before: after } : {};
  });

  /** What it did, or would do. */
  protected counts(run: Schema<'ImportRun'>): string {
    const facts = run.result ?? run.summary;
    if (!facts) return run.refusal?.sentence ?? (run.rowsDone > 0 ? `${figure(run.rowsDone)}行を確認` : '');
    const parts = [`新しい方 ${figure(facts.created)}人`, `変わる方 ${figure(facts.changed)}人`];
    if (facts.newNumber > 0) parts.push(`番号が変わる方 ${figure(facts.newNumber)}人`);
    if (facts.gone > 0) parts.push(`転出・死亡 ${figure(facts.gone)}人`);
    return parts.join('、');
  }
}
