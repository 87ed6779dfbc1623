import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { addDays } from '../../../../domain/calendar/city-time';
import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { urlState } from '../shared/url-state';
import { BalanceNote } from './balance-note';
import { stoppedWords } from './grid-model';
import { SeatBar } from './seat-bar';
import { daysOfWeek, mondayOf } from './week';

/** All venues in one week: how many seats are planned and free on each day. */
@Component({
  selector: 'toki-week-overview',
  imports: [
    BalanceNote,
    CityTime,
    EmptyState,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    PageHeader,
    ProblemNote,
    RouterLink,
    SeatBar,
  ],
  templateUrl: './week-overview.html',
  styleUrl: './week-grid.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class WeekOverview {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  protected readonly stoppedWords = stoppedWords;
  protected readonly filters = urlState('week', 'dose');
  protected readonly canEdit = computed(() => this.session.me()?.role === 'city_admin');
  protected readonly monday = computed(() => mondayOf(this.filters.values().week));
  protected readonly days = computed(() => daysOfWeek(this.monday()));
  protected readonly planning = loaded(() => this.api.client.GET('/api/v1/city/planning'));
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/city/venues'));
  protected readonly answer = loaded(
    () =>
      this.api.client.GET('/api/v1/city/slots/days', {
        params: { query: { from: this.monday(), to: addDays(this.monday(), 6) } },
      }),
    { on: () => this.monday(), everyMs: 20_000 },
  );
  protected readonly doses = computed(() => this.planning.value()?.doses ?? []);
  protected readonly holidays = computed(
    () => new Map((this.answer.value()?.holidays ?? []).map(({ date, name }) => [date, name])),
  );
  protected readonly rows = computed(() => {
    const dose = Number(this.filters.values().dose || 0);
    const days = this.answer.value()?.days ?? [];
    return (this.venues.value()?.venues ?? []).map((venue) => ({
      venue,
      cells: this.days().map((date) => {
        const found = days.filter(
          (day) => day.venueId === venue.id && day.date === date && (dose === 0 || day.dose === dose),
        );
        const sum = (pick: 'planned' | 'held' | 'booked' | 'free' | 'slots' | 'stoppedSlots') =>
          found.reduce((all, day) => all + day[pick], 0);
        return found.length === 0
          ? undefined
          : {
              date,
              planned: sum('planned'),
              held: sum('held'),
              booked: sum('booked'),
              free: sum('free'),
              stoppedSlots: sum('stoppedSlots'),
              isStopped: sum('stoppedSlots') === sum('slots'),
            };
      }),
    }));
  });
  protected readonly isEmptyWeek = computed(
    () => this.answer.value() !== undefined && (this.answer.value()?.days.length ?? 0) === 0,
  );

  constructor() {
    void this.planning.reload();
    void this.venues.reload();
  }

  protected move(days: number): void {
    this.filters.set({ week: addDays(this.monday(), days) });
  }

  protected chooseDose(event: Event): void {
    this.filters.set({ dose: (event.target as HTMLSelectElement).value });
  }
}
