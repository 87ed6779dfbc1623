import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { focusRow, Rows } from '../shared/rows';
import { urlState } from '../shared/url-state';
import { BookingPanel } from './booking-panel';
import { channelWords, stateTones, stateWords, type BookingState, type Channel } from './booking-words';

/** Every booking, by its appointment. What is filtered and what is open stands in the URL. */
@Component({
  selector: 'toki-bookings',
  imports: [BookingPanel, CityTime, EmptyState, Icon, MatButton, MatFormField, MatInput, MatLabel, PageHeader, ProblemNote, Reference, Rows],
  templateUrl: './bookings.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Bookings {
  private readonly api = inject(Api);
  protected readonly filters = urlState('state', 'venue', 'from', 'to', 'dose', 'channel', 'reference', 'attention', 'order', 'after', 'id');
  protected readonly states = Object.entries(stateWords) as [BookingState, string][];
  protected readonly channels = Object.entries(channelWords) as [Channel, string][];
  protected readonly stateWords = stateWords;
  protected readonly stateTones = stateTones;
  protected readonly channelWords = channelWords;

  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/venues'));
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/bookings', { params: { query: this.query() } }));
  protected readonly lines = computed(() => this.page.value()?.bookings ?? []);
  protected readonly isFiltered = computed(() => {
    const { order: _order, after: _after, id: _id, ...rest } = this.filters.values();
    return Object.values(rest).some((value) => value !== '');
  });
  /** Everything that the list depends on; not what is open beside it. */
  private readonly query = computed(() => {
    const { id: _id, state, channel, attention, order, ...rest } = this.filters.values();
    return {
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')),
      ...(state === '' ? {} : { state: state as BookingState }), ...(channel === '' ? {} : { channel: channel as Channel }), ...(attention === 'yes' ? { attention: 'yes' as const } : {}),
      ...(order === 'latest' ? { order: 'latest' as const } : {}),
    };
  }, { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) });
  /** A reference that is none is said beside its field. */
  protected readonly referenceFault = computed(() => (this.page.problem()?.code === 'reference_malformed' ? this.page.problem()?.detail : undefined));

  constructor() {
    void this.venues.reload();
    effect(() => {
      this.query();
      untracked(() => void this.page.reload());
    });
  }

  protected filter(changes: Partial<ReturnType<typeof this.filters.values>>): void {
    this.filters.set({ ...changes, after: '', id: '' });
  }

  protected reset(): void {
    this.filters.set({ state: '', venue: '', from: '', to: '', dose: '', channel: '', reference: '', attention: '', after: '', id: '' });
  }

  protected open(id: string): void {
    this.filters.set({ id }, { replace: true });
  }

  protected close(): void {
    const { id } = this.filters.values();
    this.filters.set({ id: '' }, { replace: true });
    focusRow(id);
  }
}
