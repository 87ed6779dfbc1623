import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';

import { Api } from '../api/api';
import { cityDay } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { urlState } from '../shared/url-state';
import { FigureChart } from './figure-chart';
import { type By, channelWords, type Line, lineOf, linesBy } from './lines';
import { UnmetSearches } from './unmet-searches';

const views = [
  { by: 'day', label: '日' },
  { by: 'venue', label: '会場' },
  { by: 'group', label: '対象区分' },
  { by: 'dose', label: '回' },
  { by: 'channel', label: '窓口' },
] as const satisfies readonly { readonly by: By; readonly label: string }[];
const dayMs = 86_400_000;

/** The city's figures: one question to the server, seen by day, venue, group, dose or channel; each picture with its table. */
@Component({
  selector: 'toki-statistics',
  imports: [
    UnmetSearches,
    EmptyState,
    FigureChart,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    PageHeader,
    ProblemNote,
  ],
  templateUrl: './statistics.html',
  styleUrl: './statistics.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Statistics {
  private readonly api = inject(Api);
  protected readonly views = views;
  protected readonly channels = Object.entries(channelWords);
  protected readonly url = urlState('from', 'to', 'venueId', 'dose', 'channel', 'groupCode', 'by');
  protected readonly from = computed(() => this.url.values().from || cityDay(new Date(Date.now() - 7 * dayMs)));
  protected readonly to = computed(() => this.url.values().to || cityDay(new Date(Date.now() + 21 * dayMs)));
  protected readonly by = computed(() => (this.url.values().by || 'day') as By);
  private readonly query = computed(
    () => {
      const { venueId, dose, channel, groupCode } = this.url.values();
      return {
        from: this.from(),
        to: this.to(),
        ...(venueId && { venueId }),
        ...(dose && { dose }),
        ...(channel && { channel: channel as 'web' }),
        ...(groupCode && { groupCode }),
      };
    },
    { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) },
  );
  protected readonly statistics = loaded(
    () => this.api.client.GET('/api/v1/numbers', { params: { query: this.query() } }),
    { on: () => this.query() },
  );
  protected readonly file = computed(
    () => `/api/v1/numbers.csv?${new URLSearchParams(this.query() as Record<string, string>).toString()}`,
  );
  protected readonly view = computed(() => views.find((view) => view.by === this.by()) ?? views[0]);
  protected readonly total = computed((): Line | undefined => {
    const row = this.statistics.value()?.rows.find((item) => item.by === 'total');
    return row && lineOf(row, '合計');
  });
  protected readonly lines = computed((): readonly Line[] => {
    const known = this.statistics.value();
    if (!known) return [];
    const map = (list: readonly { value: string; label: string }[]) =>
      new Map(list.map((item) => [item.value, item.label]));
    return linesBy(known.rows, this.by(), {
      venues: map(known.venues),
      groups: map(known.groups),
      doses: map(known.doses),
    });
  });
  protected readonly doseLabel = computed(
    () =>
      this.statistics.value()?.doses.find((item) => item.value === (this.url.values().dose || '1'))?.label ?? '1回目',
  );
  protected readonly chartLabel = computed(() => `${this.view().label}ごとの席と人の数`);

  /** Of the seats, in whole percent. */
  protected share(line: Line): string {
    return line.capacity ? `${String(Math.round(((line.capacity - (line.free ?? 0)) / line.capacity) * 100))}%` : '–';
  }
}
