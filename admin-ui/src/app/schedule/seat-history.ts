import { ChangeDetectionStrategy, Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { urlState } from '../shared/url-state';
import { seatWords } from './week';

type Change = Schema<'SlotChange'>;

const pageSize = 50;
/** As many slots of a change as the server tells. */
const shownItems = 50;
const kindWords = { capacity: '席数の変更', plan: '日程の保存', sheet: 'CSV取込', plan_removed: '日程の削除' } as const;

/** Who changed the seats of a venue, when, and what they were before and after. */
@Component({
  selector: 'toki-seat-history',
  imports: [
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
  ],
  templateUrl: './seat-history.html',
  styles: `
    details {
      padding: 4px 0;
    }
    summary {
      cursor: pointer;
    }
    table.inner {
      border-collapse: collapse;
      font-size: 0.875rem;
    }
    table.inner td {
      height: auto;
      padding: 2px 12px 2px 0;
      border: 0;
    }
    .at {
      white-space: nowrap;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SeatHistory {
  private readonly api = inject(Api);
  protected readonly filters = urlState('venue');
  protected readonly kindWords = kindWords;
  protected readonly words = seatWords;
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/city/venues'));
  protected readonly venueId = computed(
    () => this.filters.values().venue || (this.venues.value()?.venues[0]?.id ?? ''),
  );
  protected readonly answer = loaded(() =>
    this.api.client.GET('/api/v1/city/slots/history', { params: { query: { venueId: this.venueId() } } }),
  );
  private readonly older = signal<readonly Change[]>([]);
  protected readonly changes = computed(() => [...(this.answer.value()?.changes ?? []), ...this.older()]);
  protected readonly hasMore = signal(true);

  constructor() {
    void this.venues.reload();
    effect(() => {
      const ready = this.venueId() !== '';
      untracked(() => {
        this.older.set([]);
        this.hasMore.set(true);
        if (ready) void this.answer.reload();
      });
    });
  }

  protected chooseVenue(event: Event): void {
    this.filters.set({ venue: (event.target as HTMLSelectElement).value });
  }

  protected async more(): Promise<void> {
    const before = this.changes().at(-1)?.id;
    if (before === undefined) return;
    const { data } = await this.api.client.GET('/api/v1/city/slots/history', {
      params: { query: { venueId: this.venueId(), before } },
    });
    if (!data) return;
    this.older.update((list) => [...list, ...data.changes]);
    this.hasMore.set(data.changes.length === pageSize);
  }

  protected canHaveMore(): boolean {
    return this.hasMore() && (this.answer.value()?.changes.length ?? 0) === pageSize;
  }

  /** Not all slots of a change are listed. */
  protected isCut({ added, changed, removed, stopped, reopened, items }: Change): boolean {
    return added + changed + removed + stopped + reopened > items.length && items.length >= shownItems;
  }

  protected countOf(change: Change): string {
    const parts = [
      change.added > 0 ? `新しい枠${String(change.added)}` : '',
      change.changed > 0 ? `変わった枠${String(change.changed)}` : '',
      change.removed > 0 ? `なくなった枠${String(change.removed)}` : '',
      change.stopped > 0 ? `受付停止${String(change.stopped)}` : '',
      change.reopened > 0 ? `受付再開${String(change.reopened)}` : '',
    ];
    return parts.filter((part) => part !== '').join('、') || '枠の変化なし';
  }
}
