import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api } from '../api/api';
import { cityWords } from '../shared/city-time';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';

const figures = new Intl.NumberFormat('ja-JP');

/** How many people there are, how many have booked, and how many wanted to and found no seat. */
@Component({
  selector: 'toki-unmet-searches',
  imports: [Icon, MatButton, ProblemNote],
  templateUrl: './unmet-searches.html',
  styleUrls: ['./statistics.css', './unmet-searches.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class UnmetSearches {
  private readonly api = inject(Api);
  readonly from = input.required<string>();
  readonly to = input.required<string>();
  /** Empty: the first. */
  readonly dose = input.required<string>();
  readonly doseLabel = input.required<string>();
  private readonly query = computed(() => ({ from: this.from(), to: this.to(), dose: this.dose() || '1' }), {
    equal: (left, right) => JSON.stringify(left) === JSON.stringify(right),
  });
  protected readonly figures = loaded(
    () => this.api.client.GET('/api/v1/numbers/demand', { params: { query: this.query() } }),
    { on: () => this.query() },
  );
  protected readonly file = computed(
    () => `/api/v1/numbers/demand.csv?${new URLSearchParams(this.query()).toString()}`,
  );
  protected readonly figure = (value: number): string => figures.format(value);
  protected readonly day = cityWords.day;

  /** Of all, in whole percent. */
  protected share(part: number, all: number): string {
    return all > 0 ? `${String(Math.round((part / all) * 100))}%` : '–';
  }
}
