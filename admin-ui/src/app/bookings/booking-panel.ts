import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { noticeStatusTones, noticeStatusWords } from '../notices/notice-words';
import { CityTime } from '../shared/city-time';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Session } from '../shared/session';
import { SidePanel } from '../shared/side-panel';
import { Timeline, type TimelineItem } from '../shared/timeline';
import { channelWords, stateTones, stateWords, stepDetail, stepWords } from './booking-words';

/** One booking: what it is, what happened to it and what is to come, its notices, its workflow. */
@Component({
  selector: 'toki-booking-panel',
  imports: [CityTime, Icon, ProblemNote, Reference, RouterLink, SidePanel, Timeline],
  template: `
    <toki-side-panel heading="予約の内容と履歴" [shown]="bookingId()" (closed)="closed.emit()">
      <toki-problem-note [problem]="history.problem()" (again)="history.reload()" />
      @if (history.value(); as found) {
        <p class="big">{{ found.booking.slot.startsAt | city: 'moment' }}</p>
        <dl class="facts">
          <dt>会場</dt>
          <dd>{{ found.booking.slot.venue.name }}</dd>
          <dt>回</dt>
          <dd>{{ found.booking.dose }}回目</dd>
          <dt>状態</dt>
          <dd>
            <span class="chip" [class]="tones[found.booking.state]">{{ words[found.booking.state] }}</span>
          </dd>
          <dt>受付番号</dt>
          <dd class="reference">{{ (found.booking.reference | reference) || '（確定前）' }}</dd>
          <dt>窓口</dt>
          <dd>{{ channels[found.booking.channel] }}</dd>
        </dl>
        <div class="actions">
          @if (mayServe()) {
            <a routerLink="/desk" [queryParams]="{ person: found.booking.residentId }">予約受付で開く</a>
          }
          @if (found.workflowUrl; as url) {
            <a [href]="url" target="_blank" rel="noreferrer"
              ><toki-icon name="out" /> Temporal UI で開く<span class="visually-hidden">（新しいタブ）</span></a
            >
          }
        </div>
        <h3>これまでとこれから</h3>
        @if (!found.timeline.reachable) {
          <p class="note warn">予定はいま読み込めません。これまでの操作は下のとおりです。</p>
        }
        <toki-timeline [items]="items()" />
        <h3>通知</h3>
        @if (found.notices.length === 0) {
          <p class="soft">まだ通知はありません。</p>
        }
        <ul>
          @for (notice of found.notices; track notice.id) {
            <li>
              <a routerLink="/notices" [queryParams]="{ reference: notice.reference, id: notice.id }"
                >{{ notice.label }}
                @if (notice.again) {
                  （再送）
                }
              </a>
              <span class="chip" [class]="noticeTones[notice.status]">{{ noticeWords[notice.status] }}</span>
              @if (notice.reason) {
                <span class="soft">{{ notice.reason }}</span>
              }
            </li>
          }
        </ul>
      }
    </toki-side-panel>
  `,
  styles: `
    h3 {
      margin: 24px 0 8px;
    }
    .big {
      margin: 0 0 12px;
      font-size: 1.5rem;
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      padding: 4px 0;
    }
    li .chip {
      margin: 0 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookingPanel {
  readonly bookingId = input.required<string>();
  readonly closed = output();
  private readonly api = inject(Api);
  private readonly me = inject(Session).me;
  protected readonly words = stateWords;
  protected readonly tones = stateTones;
  protected readonly channels = channelWords;
  protected readonly noticeWords = noticeStatusWords;
  protected readonly noticeTones = noticeStatusTones;
  protected readonly mayServe = computed(() =>
    ['operator', 'supervisor', 'city_admin'].includes(this.me()?.role ?? ''),
  );
  protected readonly history = loaded(() =>
    this.api.client.GET('/api/v1/bookings/{id}/history', { params: { path: { id: this.bookingId() } } }),
  );
  protected readonly items = computed((): TimelineItem[] => {
    const found = this.history.value();
    if (!found) return [];
    const steps = found.events.map((step): TimelineItem => ({
      at: step.at,
      title: stepWords[step.type],
      detail: stepDetail(step),
      tone: step.type === 'no_show' ? 'bad' : 'good',
    }));
    const notices = found.timeline.done
      .filter((entry) => entry.kind === 'notice')
      .map((entry): TimelineItem => ({
        at: entry.at,
        title: entry.label,
        tone: entry.status === 'failed' ? 'bad' : entry.status === 'done' ? 'good' : 'soft',
      }));
    const toCome = found.timeline.toCome.map((entry): TimelineItem => ({
      at: entry.at,
      title: entry.label,
      tone: 'next',
    }));
    return [...[...steps, ...notices].sort((a, b) => a.at.localeCompare(b.at)), ...toCome];
  });

  constructor() {
    effect(() => {
      this.bookingId();
      untracked(() => void this.history.reload());
    });
  }
}
