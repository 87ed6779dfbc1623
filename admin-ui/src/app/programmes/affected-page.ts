import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { channelWords, stateTones, stateWords } from '../bookings/booking-words';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { urlState } from '../shared/url-state';
import { ProgrammeStore } from './programme-store';

/** Bookings to come that the draft would not allow any more, by reference. */
@Component({
  selector: 'toki-affected-page',
  imports: [CityTime, EmptyState, MatButton, ProblemNote, Reference, RouterLink],
  template: `
    <h2>この下書きでは認められない予約</h2>
    <p class="soft">
      いまの決まりでは認められ、下書きを公開すると認められなくなる、これからの予約です。公開しても取り消されません。連絡や振り替えが必要なときは、受付番号から予約を開いてください。
    </p>
    <toki-problem-note [problem]="page.problem()" (again)="page.reload()" />
    @if (page.value(); as found) {
      @if (found.bookings.length === 0 && !url.values().after) {
        <toki-empty-state heading="当てはまる予約はありません" icon="calendar"
          ><p>
            下書きの対象区分・回・間隔・予約できる日を変えると、認められなくなる予約がここに並びます。
          </p></toki-empty-state
        >
      } @else {
        <div
          class="table-frame"
          tabindex="0"
          role="region"
          aria-label="認められなくなる予約"
          [attr.aria-busy]="page.loading()"
        >
          <table class="dense nowrap">
            <caption class="visually-hidden">
              認められなくなる予約（日時の順）
            </caption>
            <thead>
              <tr>
                <th scope="col">日時</th>
                <th scope="col">会場</th>
                <th scope="col">回</th>
                <th scope="col">状態</th>
                <th scope="col">受付番号</th>
                <th scope="col">窓口</th>
                <th scope="col">理由</th>
              </tr>
            </thead>
            <tbody>
              @for (booking of found.bookings; track $index) {
                @if (booking.isProtected) {
                  <tr>
                    <td colspan="2"><span class="chip bad">保護対象</span></td>
                    <td>{{ booking.dose }}回目</td>
                    <td>
                      <span class="chip" [class]="tones[booking.state]">{{ states[booking.state] }}</span>
                    </td>
                    <td colspan="2"></td>
                    <td>{{ booking.words }}</td>
                  </tr>
                } @else {
                  <tr>
                    <td class="numbers">{{ booking.startsAt | city: 'moment' }}</td>
                    <td>{{ booking.venueName }}</td>
                    <td>{{ booking.dose }}回目</td>
                    <td>
                      <span class="chip" [class]="tones[booking.state]">{{ states[booking.state] }}</span>
                    </td>
                    <td class="reference">
                      <a routerLink="/bookings" [queryParams]="{ id: booking.id }">{{
                        booking.reference ? (booking.reference | reference) : '（仮押さえ）'
                      }}</a>
                    </td>
                    <td>{{ channels[booking.channel] }}</td>
                    <td>{{ booking.words }}</td>
                  </tr>
                }
              }
            </tbody>
          </table>
        </div>
        <div class="paging">
          @if (url.values().after) {
            <button matButton type="button" (click)="url.set({ after: '' })">最初のページ</button>
          }
          @if (found.next; as next) {
            <button matButton="outlined" type="button" (click)="url.set({ after: next })">次のページ</button>
          } @else {
            <span class="soft">ここまでです</span>
          }
        </div>
      }
    }
    <p class="row">
      <a routerLink="../edit">編集に戻る</a>
      @if (url.values().fault) {
        <a routerLink="." [queryParams]="{}">すべての理由を表示する</a>
      }
    </p>
  `,
  styles: `
    .row {
      margin-top: 16px;
    }
    h2 {
      margin-bottom: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AffectedPage {
  private readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  protected readonly url = urlState('fault', 'after');
  protected readonly states = stateWords;
  protected readonly tones = stateTones;
  protected readonly channels = channelWords;
  protected readonly page = loaded(() =>
    this.api.client.GET('/api/v1/programmes/{code}/affected/bookings', {
      params: { path: { code: this.store.code() }, query: this.query() },
    }),
  );
  private readonly query = computed(() => {
    const { fault, after } = this.url.values();
    return {
      ...(fault === '' ? {} : { fault: fault as Schema<'AffectedBooking'>['fault'] }),
      ...(after === '' ? {} : { after }),
    };
  });

  constructor() {
    effect(() => {
      this.query();
      untracked(() => void this.page.reload());
    });
  }
}
