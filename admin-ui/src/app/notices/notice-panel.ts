import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Session } from '../shared/session';
import { SidePanel } from '../shared/side-panel';
import { noticeStatusTones, noticeStatusWords } from './notice-words';

/** One notice: its status, to whom it went, and sending it once more. */
@Component({
  selector: 'toki-notice-panel',
  imports: [CityTime, MatButton, ProblemNote, Reference, RouterLink, SidePanel],
  template: `
    <toki-side-panel heading="通知の内容" [shown]="noticeId()" (closed)="closed.emit()">
      <toki-problem-note [problem]="detail.problem()" (again)="detail.reload()" />
      @if (detail.value(); as found) {
        @let notice = found.notice;
        <dl class="facts">
          <dt>種類</dt>
          <dd>
            {{ notice.label }}
            @if (notice.again) {
              （再送）
            }
          </dd>
          <dt>状態</dt>
          <dd>
            <span class="chip" [class]="tones[notice.status]">{{ words[notice.status] }}</span>
          </dd>
          @if (notice.reason) {
            <dt>理由</dt>
            <dd>{{ notice.reason }}</dd>
          }
          @if (notice.handledAt; as at) {
            <dt>対応</dt>
            <dd>{{ at | city: 'moment' }} に対応済み</dd>
          }
          <dt>宛先</dt>
          <dd>
            @if (notice.channel === 'line') {
              つないだLINE<br />
            }
            @if (address(); as whole) {
              {{ whole }}
            } @else {
              {{ notice.maskedAddress ?? 'メールアドレスなし' }}
            }
            @if (mayAct() && notice.maskedAddress && !address()) {
              <button type="button" class="plain" (click)="showAddress()">宛先を表示（記録されます）</button>
            }
          </dd>
          <dt>送信</dt>
          <dd>{{ notice.attempts }}回</dd>
          <dt>作成</dt>
          <dd>{{ notice.queuedAt | city: 'full' }}</dd>
          @if (notice.sentAt; as at) {
            <dt>送信した時刻</dt>
            <dd>{{ at | city: 'full' }}</dd>
          }
          <dt>予約</dt>
          <dd>
            <a routerLink="/bookings" [queryParams]="{ reference: notice.reference, id: notice.bookingId }"
              >{{ notice.startsAt | city: 'moment' }} {{ notice.venueName }}</a
            >
          </dd>
          <dt>受付番号</dt>
          <dd class="reference">{{ notice.reference | reference }}</dd>
        </dl>
        @if (mayAct()) {
          <div class="actions">
            <button matButton="filled" type="button" [disabled]="busy()" (click)="sendAgain()">
              {{ busy() ? '送っています…' : 'もう一度送る' }}
            </button>
            <span class="soft">同じ予約への再送は1日3回までです。</span>
          </div>
          @if (refusal(); as sentence) {
            <p class="note bad" role="alert">{{ sentence }}</p>
          }
        }
        <h3>この予約への通知</h3>
        <ul>
          @for (other of found.ofBooking; track other.id) {
            <li>
              <span class="numbers soft">{{ other.queuedAt | city: 'moment' }}</span> {{ other.label }}
              @if (other.again) {
                （再送）
              }
              <span class="chip" [class]="tones[other.status]">{{ words[other.status] }}</span>
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
export class NoticePanel {
  readonly noticeId = input.required<string>();
  readonly closed = output();
  readonly changed = output();
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  private readonly me = inject(Session).me;
  protected readonly words = noticeStatusWords;
  protected readonly tones = noticeStatusTones;
  protected readonly busy = signal(false);
  protected readonly refusal = signal('');
  protected readonly address = signal('');
  protected readonly mayAct = computed(() => ['operator', 'supervisor', 'city_admin'].includes(this.me()?.role ?? ''));
  protected readonly detail = loaded(() =>
    this.api.client.GET('/api/v1/notices/{id}', { params: { path: { id: this.noticeId() } } }),
  );

  constructor() {
    effect(() => {
      this.noticeId();
      untracked(() => {
        this.address.set('');
        this.refusal.set('');
        void this.detail.reload();
      });
    });
  }

  protected async showAddress(): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/notices/{id}/address', {
      params: { path: { id: this.noticeId() } },
    });
    if (error) this.refusal.set(error.detail);
    else this.address.set(data.address ?? 'メールアドレスなし');
  }

  protected async sendAgain(): Promise<void> {
    this.busy.set(true);
    this.refusal.set('');
    const { data, error } = await this.api.client.POST('/api/v1/notices/{id}/send-again', {
      params: { path: { id: this.noticeId() } },
    });
    this.busy.set(false);
    if (error) {
      this.refusal.set(error.detail);
      return;
    }
    if (data.status === 'sent') this.messages.done(`${data.label}をもう一度送りました。`);
    else if (data.status === 'queued' || data.status === 'sending')
      this.messages.done('送信の途中です。結果はこの一覧で確かめられます。');
    else this.refusal.set(`送れませんでした。${data.reason ?? ''}`);
    await this.detail.reload();
    this.changed.emit();
  }
}
