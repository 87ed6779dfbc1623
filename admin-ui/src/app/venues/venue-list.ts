import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { venueFeatureWords } from '../../../../domain/schedule/venue-features';
import { Api, type Schema } from '../api/api';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { urlState } from '../shared/url-state';

/** All venues of the city, with what is still to come there. */
@Component({
  selector: 'toki-venue-list',
  imports: [EmptyState, Icon, MatButton, MatFormField, MatInput, MatLabel, PageHeader, ProblemNote, RouterLink],
  templateUrl: './venue-list.html',
  styles: `
    .filters .wide {
      width: 20rem;
    }
    .count {
      margin: 0;
      align-self: center;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VenueList {
  private readonly api = inject(Api);
  protected readonly filters = urlState('q', 'state');
  private readonly session = inject(Session);
  protected readonly canEdit = computed(() => this.session.me()?.role === 'city_admin');
  protected readonly answer = loaded(() => this.api.client.GET('/api/v1/city/venues'));
  protected readonly all = computed(() => this.answer.value()?.venues ?? []);
  protected readonly shown = computed(() => {
    const { q, state } = this.filters.values();
    const text = q.trim().toLowerCase();
    return this.all().filter(
      (venue) =>
        (state === '' || venue.active === (state === 'on')) &&
        [venue.name, venue.ward, venue.address, venue.code].some((field) => field.toLowerCase().includes(text)),
    );
  });

  constructor() {
    void this.answer.reload();
  }

  protected featuresOf(venue: Schema<'VenueRecord'>): string {
    return venue.features.map((feature) => venueFeatureWords[feature].column).join('・');
  }

  protected search(event: Event): void {
    this.filters.set({ q: (event.target as HTMLInputElement).value }, { replace: true });
  }

  protected chooseState(event: Event): void {
    this.filters.set({ state: (event.target as HTMLSelectElement).value });
  }
}
