import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { bookingStateWords } from '../../../../domain/bookings/booking-words';
import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';

const eventWords = {
  ...bookingStateWords,
  check_in_undone: '来場の取り消し',
  programme_changed: '事業の新しい版へ変更',
} as const;
const actorWords = { citizen: '本人', operator: '電話の窓口', venue: '会場', city: '市', system: '自動' } as const;
const noticeWords = {
  queued: '送る前',
  sending: '送信中',
  sent: '送信済み',
  failed: '届かなかった',
  unclear: '届いたか不明',
  skipped: '送らなかった',
} as const;
const statusWords = { done: '済み', to_come: '予定', skipped: '送らない', failed: 'できなかった' } as const;

/** What was done with a booking and what will be, from its workflow; from the records alone while Temporal does not answer. */
@Component({
  selector: 'toki-booking-timeline',
  imports: [CityTime, MatButton],
  template: `
    <details (toggle)="onToggle($event)">
      <summary>これまでとこれから</summary>
      @if (history.problem(); as problem) {
        <p role="alert">{{ problem.detail }}</p>
      }
      @if (history.value(); as data) {
        @if (data.timeline.reachable) {
          <ol>
            @for (entry of data.timeline.done; track $index) {
              <li>
                <span class="numbers soft">{{ entry.at | city }}</span> {{ entry.label }}
                @if (entry.status !== 'done') {
                  （{{ statusWords[entry.status] }}）
                }
              </li>
            }
            @for (entry of data.timeline.toCome; track $index) {
              <li class="coming">
                <span class="numbers soft">{{ entry.at | city }}</span> {{ entry.label }}（予定）
              </li>
            }
          </ol>
        } @else {
          <p class="soft">
            これからの予定はいま読み取れません（予約そのものには影響しません）。記録されている出来事だけを表示しています。
          </p>
          <ol>
            @for (event of data.events; track event.version) {
              <li>
                <span class="numbers soft">{{ event.at | city }}</span> {{ eventWords[event.type] }}（{{
                  actorWords[event.actor]
                }}）
              </li>
            }
          </ol>
        }
      } @else if (history.loading()) {
        <p class="soft">読み込んでいます…</p>
      }
      @if (reference() && notices.value()) {
        <h4>お知らせ</h4>
        @if (told().length === 0) {
          <p class="soft">この予約のお知らせはまだありません。</p>
        }
        <ul>
          @for (notice of told(); track notice.id) {
            <li>
              {{ notice.label }}{{ notice.again ? '（再送）' : '' }}：{{ noticeWords[notice.status] }}
              @if (notice.channel === 'line') {
                <span class="soft">　LINE</span>
              } @else if (notice.maskedAddress) {
                <span class="soft">　{{ notice.maskedAddress }}</span>
              }
              @if (notice.reason) {
                <span class="soft">（{{ notice.reason }}）</span>
              }
              @if (
                !notice.again &&
                (notice.maskedAddress || notice.channel === 'line') &&
                notice.status !== 'queued' &&
                notice.status !== 'sending'
              ) {
                <button matButton="outlined" type="button" [disabled]="sending()" (click)="sendAgain(notice)">
                  もう一度送る
                </button>
              }
            </li>
          }
        </ul>
      }
    </details>
  `,
  styles: `
    details {
      margin-top: 8px;
      font-size: 0.9375rem;
    }
    summary {
      cursor: pointer;
      min-height: 28px;
    }
    ol {
      margin: 0;
      padding-left: 1.2rem;
    }
    .coming {
      color: var(--ink-soft);
    }
    p,
    h4 {
      margin: 4px 0;
    }
    ul {
      margin: 0;
      padding-left: 1.2rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookingTimeline {
  readonly bookingId = input.required<string>();
  readonly reference = input<string | null>(null);
  private readonly api = inject(Api).client;
  private readonly messages = inject(Messages);
  private readonly asked = signal(false);
  protected readonly sending = signal(false);
  protected readonly noticeWords = noticeWords;
  protected readonly history = loaded(() =>
    this.api.GET('/api/v1/bookings/{id}', { params: { path: { id: this.bookingId() } } }),
  );
  /** Here the resident was identified: a booking's notices are told whole, or the question is refused. */
  protected readonly told = computed(() =>
    (this.notices.value()?.notices ?? []).filter((notice) => !notice.isProtected),
  );
  protected readonly notices = loaded(() =>
    this.api.GET('/api/v1/notices', { params: { query: { reference: this.reference() ?? '' } } }),
  );
  protected readonly eventWords = eventWords;
  protected readonly actorWords = actorWords;
  protected readonly statusWords = statusWords;

  /** Read when it is opened: each reading is in the audit. */
  protected onToggle(event: Event): void {
    if (!(event.target as HTMLDetailsElement).open || this.asked()) return;
    this.asked.set(true);
    void this.history.reload();
    if (this.reference()) void this.notices.reload();
  }

  protected async sendAgain(notice: Schema<'NoticeLine'>): Promise<void> {
    this.sending.set(true);
    const { data, error } = await this.api.POST('/api/v1/notices/{id}/send-again', {
      params: { path: { id: notice.id } },
    });
    this.sending.set(false);
    if (error) this.messages.problem(error.detail);
    else if (data.status === 'sent') this.messages.done(`「${notice.label}」をもう一度送りました。`);
    else this.messages.problem(`「${notice.label}」：${noticeWords[data.status]}`);
    await this.notices.reload();
  }
}
