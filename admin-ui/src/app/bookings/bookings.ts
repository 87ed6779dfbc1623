import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { listState } from '../shared/list-state';
import { loaded } from '../shared/loaded';
import { NoMatch } from '../shared/no-match';
import { PageHeader } from '../shared/page-header';
import { Paging } from '../shared/paging';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Rows } from '../shared/rows';
import { BookingPanel } from './booking-panel';
import { type BookingState, type Channel, channelWords, stateTones, stateWords } from './booking-words';

/** Every booking, by its appointment. What is filtered and what is open is in the URL. */
@Component({
  selector: 'toki-bookings',
  imports: [
    BookingPanel,
    CityTime,
    EmptyState,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    NoMatch,
    PageHeader,
    Paging,
    ProblemNote,
    Reference,
    Rows,
  ],
  templateUrl: './bookings.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Bookings {
  private readonly api = inject(Api);
  protected readonly list = listState(
    ['state', 'venue', 'from', 'to', 'dose', 'channel', 'reference', 'attention'],
    ['order'],
  );
  protected readonly states = Object.entries(stateWords) as [BookingState, string][];
  protected readonly channels = Object.entries(channelWords) as [Channel, string][];
  protected readonly stateWords = stateWords;
  protected readonly stateTones = stateTones;
  protected readonly channelWords = channelWords;

  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/venues'));
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/bookings', { params: { query: this.query() } }), {
    on: () => this.query(),
  });
  protected readonly lines = computed(() => this.page.value()?.bookings ?? []);
  private readonly query = computed(() => {
    const { state, channel, attention, order, ...rest } = this.list.asked();
    return {
      ...rest,
      ...(state && { state: state as BookingState }),
      ...(channel && { channel: channel as Channel }),
      ...(attention === 'yes' && { attention: 'yes' as const }),
      ...(order === 'latest' && { order: 'latest' as const }),
    };
  });
  /** A reference that is none is said beside its field. */
  protected readonly referenceFault = computed(() =>
    this.page.problem()?.code === 'reference_malformed' ? this.page.problem()?.detail : undefined,
  );

  constructor() {
    void this.venues.reload();
  }
}
