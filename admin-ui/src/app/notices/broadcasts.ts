import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { noticeStatusTones, noticeStatusWords } from './notice-words';

/** The messages to all followers of the city's LINE account: what would be said now, and what was said on which day. */
@Component({
  selector: 'toki-broadcasts',
  imports: [CityTime, EmptyState, MatButton, PageHeader, ProblemNote, RouterLink],
  templateUrl: './broadcasts.html',
  styleUrl: './broadcasts.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Broadcasts {
  private readonly api = inject(Api);
  protected readonly words = noticeStatusWords;
  protected readonly tones = noticeStatusTones;
  protected readonly page = loaded(() => this.api.client.GET('/api/v1/broadcasts'), { everyMs: 30_000 });

  constructor() {
    void this.page.reload();
  }
}
