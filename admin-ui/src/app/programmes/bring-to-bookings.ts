import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api, type Problem, type Schema } from '../api/api';
import { figure } from '../imports/words';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { ProgrammeStore } from './programme-store';

type Change = Schema<'ProgrammeChange'>;

/** Running bookings keep their version; here the published one is brought to them: shown first, asked for, approved by another person, with progress and report. */
@Component({
  selector: 'toki-bring-to-bookings',
  imports: [CityTime, DecimalPipe, MatButton, ProblemNote],
  template: `
    <section aria-labelledby="bring-heading">
      <h2 id="bring-heading">取られている予約への反映</h2>
      <p class="soft">
        予約は、取ったときの版の決まりと通知のまま続きます。公開中の版を、前の版で取られた予約にも反映したいときは、内容を確かめて申請し、別の「市の管理者」が承認します。
      </p>
      <toki-problem-note [problem]="changes.problem() ?? preview.problem()" (again)="reload()" />
      @if (open(); as change) {
        <div class="card" role="status">
          @if (change.state === 'waiting') {
            <h3>第{{ change.number }}版の反映：承認を待っています</h3>
            <p>{{ change.askedBy.name }}さんが {{ change.askedAt | city: 'full' }} に申請しました。</p>
          } @else {
            <h3>第{{ change.number }}版の反映：進んでいます</h3>
            <progress [value]="dealtWith(change)" [max]="max(change)" [attr.aria-label]="'反映の進み具合'"></progress>
            <p>
              {{ change.expected | number }}件のうち {{ dealtWith(change) | number }}件が終わりました（移した
              {{ change.moved | number }}件、そのまま {{ stayed(change) | number }}件
              @if (change.failed > 0) {
                、できなかった {{ change.failed | number }}件
              }
              ）。
            </p>
          }
          <div class="row">
            @if (change.state === 'waiting' && mayApprove() && change.askedBy.id !== me()?.id) {
              <button matButton="filled" type="button" (click)="approve(change)" [disabled]="!preview.value()">
                内容を確かめて承認する
              </button>
            }
            @if (mayAsk()) {
              <button matButton="outlined" type="button" (click)="stop(change)">
                {{ change.state === 'waiting' ? '申請を取りやめる' : '途中で止める' }}
              </button>
            }
            @if (change.workflowUrl; as url) {
              <a [href]="url" target="_blank" rel="noopener">ワークフローを開く</a>
            }
          </div>
          @if (change.state === 'waiting' && change.askedBy.id === me()?.id) {
            <p class="soft last">申請した人は承認できません。別の「市の管理者」に頼んでください。</p>
          }
        </div>
      }
      @if (isPreviewed() && open()?.state !== 'running') {
        @if (preview.value(); as found) {
          <div class="card">
            <h3>第{{ found.number }}版を反映すると</h3>
            @if (found.bookings === 0) {
              <p class="last">前の版で取られた、これからの予約はありません。反映するものはありません。</p>
            } @else {
              <p>
                前の版で取られた、これからの予約 <strong>{{ found.bookings | number }}件</strong>のうち、<strong
                  >{{ found.willMove | number }}件</strong
                >が第{{ found.number }}版に移ります。日時・会場・受付番号・入力された内容は変わりません。
              </p>
              <p class="soft">
                @for (version of found.versions; track version.number; let last = $last) {
                  第{{ version.number }}版 {{ version.bookings | number }}件
                  @if (version.held > 0) {
                    （ほかに仮押さえ中 {{ version.held | number }}件。確定したあとで移します）
                  }
                  @if (!last) {
                    、
                  }
                }
              </p>
              @if (found.stays.length > 0) {
                <p>第{{ found.number }}版では認められないため、いまの版のまま残る予約：</p>
                <ul>
                  @for (stay of found.stays; track stay.reason) {
                    <li>{{ stay.words }}：{{ stay.count | number }}件</li>
                  }
                </ul>
              }
              @if (found.notices.length > 0) {
                <div class="table-frame" tabindex="0" role="region" aria-label="お知らせの変化">
                  <table class="dense">
                    <thead>
                      <tr>
                        <th scope="col">お知らせ</th>
                        <th scope="col">どう変わるか</th>
                        <th scope="col" class="number">予約</th>
                      </tr>
                    </thead>
                    <tbody>
                      @for (notice of found.notices; track notice.step + notice.kind) {
                        <tr>
                          <th scope="row">{{ notice.label }}</th>
                          <td>{{ kinds[notice.kind] }}</td>
                          <td class="number">{{ notice.bookings | number }}件</td>
                        </tr>
                      }
                    </tbody>
                  </table>
                </div>
                <p class="soft small">
                  すでに送ったお知らせは、もう一度送られません。送る時刻を過ぎたお知らせは、あとから送られません。条件のあるお知らせは、送るときに当てはまる方にだけ送られます。
                </p>
              } @else if (found.willMove > 0) {
                <p>届くお知らせの種類と時刻は変わりません。</p>
              }
              @if (found.willMove === 0) {
                <p class="last">移せる予約はありません。</p>
              } @else if (!open() && mayAsk()) {
                <button matButton="filled" type="button" (click)="ask(found.number)">反映を申請する</button>
              }
            }
          </div>
        } @else {
          <p class="soft" role="status">数えています…</p>
        }
      } @else if (mayPreview() && !open()) {
        <button matButton="outlined" type="button" (click)="look()">反映すると何が変わるかを見る</button>
      }
      @if (past().length > 0) {
        <h3 class="past">これまでの反映</h3>
        <div class="table-frame" tabindex="0" role="region" aria-label="これまでの反映">
          <table class="dense nowrap">
            <thead>
              <tr>
                <th scope="col">版</th>
                <th scope="col">結果</th>
                <th scope="col">申請</th>
                <th scope="col">承認</th>
                <th scope="col">終わり</th>
                <th scope="col" class="number">移した</th>
                <th scope="col">そのまま</th>
                <th scope="col" class="number">できなかった</th>
              </tr>
            </thead>
            <tbody>
              @for (change of past(); track change.id) {
                <tr>
                  <th scope="row">第{{ change.number }}版</th>
                  <td>
                    <span class="chip" [class]="tones[change.state]">{{ states[change.state] }}</span>
                  </td>
                  <td>{{ change.askedBy.name }}</td>
                  <td>{{ change.approvedBy ?? '—' }}</td>
                  <td>
                    {{ change.endedAt | city: 'full' }}
                    @if (change.endedBy) {
                      （{{ change.endedBy }}）
                    }
                  </td>
                  <td class="number">{{ change.moved | number }}件</td>
                  <td>
                    @for (stay of change.stayed; track stay.reason; let last = $last) {
                      {{ stay.words }} {{ stay.count | number }}件
                      @if (!last) {
                        、
                      }
                    } @empty {
                      なし
                    }
                  </td>
                  <td class="number">{{ change.failed | number }}件</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
    </section>
  `,
  styles: `
    :host {
      display: block;
      margin-top: 28px;
    }
    h2,
    h3 {
      margin-bottom: 8px;
    }
    .card {
      margin-bottom: 16px;
    }
    .past {
      margin-top: 20px;
    }
    .last {
      margin: 0;
    }
    .small {
      font-size: 0.875rem;
      margin: 8px 0 12px;
    }
    .row {
      margin-top: 12px;
    }
    progress {
      width: 100%;
      height: 12px;
    }
    .number {
      text-align: right;
      font-variant-numeric: tabular-nums;
    }
    ul {
      margin: 0 0 12px;
      padding-left: 24px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BringToBookings {
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  protected readonly me = inject(Session).me;
  protected readonly kinds = { added: '新しく届く', dropped: '届かなくなる', moved: '届く時刻が変わる' } as const;
  protected readonly states = {
    waiting: '承認待ち',
    running: '進行中',
    done: '完了',
    stopped: '途中で停止',
    rejected: '取りやめ',
    superseded: '新しい版の公開で終了',
  } as const;
  protected readonly tones = {
    waiting: 'warn',
    running: 'warn',
    done: 'good',
    stopped: 'bad',
    rejected: 'plain',
    superseded: 'plain',
  } as const;
  protected readonly mayApprove = computed(() => this.me()?.role === 'city_admin');
  protected readonly mayAsk = computed(() => this.me()?.role === 'city_admin' || this.me()?.role === 'supervisor');
  protected readonly mayPreview = computed(() => this.store.versions().length > 1 && !this.preview.loading());
  private readonly params = computed(() => ({ path: { code: this.store.code() } }));
  /** While one runs, its counts are read again and again. */
  protected readonly changes = loaded(
    () => this.api.client.GET('/api/v1/programmes/{code}/changes', { params: this.params() }),
    { everyMs: 3_000 },
  );
  protected readonly preview = loaded(() =>
    this.api.client.GET('/api/v1/programmes/{code}/change-preview', { params: this.params() }),
  );
  protected readonly isPreviewed = computed(() => this.preview.loading() || this.preview.value() !== undefined);
  protected readonly open = computed(() =>
    this.changes.value()?.changes.find((change) => change.state === 'waiting' || change.state === 'running'),
  );
  protected readonly past = computed(() =>
    (this.changes.value()?.changes ?? []).filter((change) => change.state !== 'waiting' && change.state !== 'running'),
  );

  constructor() {
    void this.changes.reload();
    let wasOpen = false;
    effect(() => {
      const isOpen = this.open() !== undefined;
      // What was counted before has been done, or called off.
      if (wasOpen && !isOpen) untracked(() => void this.preview.reload());
      wasOpen = isOpen;
      // The person who is to say yes sees what they say yes to.
      if (this.open()?.state === 'waiting') untracked(() => !this.isPreviewed() && void this.preview.reload());
    });
  }

  protected stayed(change: Change): number {
    return change.stayed.reduce((sum, item) => sum + item.count, 0);
  }

  protected dealtWith(change: Change): number {
    return change.moved + this.stayed(change) + change.failed;
  }

  protected max(change: Change): number {
    return Math.max(change.expected, this.dealtWith(change), 1);
  }

  protected look(): void {
    void this.preview.reload();
  }

  protected reload(): void {
    void this.changes.reload();
    void this.preview.reload();
  }

  protected async ask(number: number): Promise<void> {
    if (
      !(await this.confirmDialog.yes({
        heading: '反映を申請しますか',
        sentences: ['別の「市の管理者」が承認すると始まります。'],
        yes: '申請する',
      }))
    )
      return;
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/changes', {
      params: this.params(),
      body: { number },
    });
    await this.told(error, '申請しました。別の「市の管理者」の承認を待っています。');
  }

  protected async approve(change: Change): Promise<void> {
    const found = this.preview.value();
    if (!found) return;
    const sentences = [
      `これからの予約 ${figure(found.willMove)}件が第${String(found.number)}版に移り、お知らせが新しい版のとおりに送られます。`,
      '途中で止めることはできますが、移した予約は元の版に戻せません。',
    ];
    if (!(await this.confirmDialog.yes({ heading: '反映を承認しますか', sentences, yes: '承認して始める' }))) return;
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/changes/{id}/approve', {
      params: { path: { code: this.store.code(), id: change.id } },
      body: { number: found.number },
    });
    await this.told(error, '承認しました。反映を始めます。');
  }

  protected async stop(change: Change): Promise<void> {
    const sentence =
      change.state === 'waiting'
        ? '申請を取りやめます。予約は変わりません。'
        : 'まだ移していない予約は、いまの版のままになります。移した予約は新しい版のままです。';
    if (
      !(await this.confirmDialog.yes({
        heading: change.state === 'waiting' ? '申請を取りやめますか' : '途中で止めますか',
        sentences: [sentence],
        yes: change.state === 'waiting' ? '取りやめる' : '止める',
        danger: true,
      }))
    )
      return;
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/changes/{id}/stop', {
      params: { path: { code: this.store.code(), id: change.id } },
    });
    await this.told(error, change.state === 'waiting' ? '申請を取りやめました。' : '反映を止めました。');
  }

  private async told(error: Problem | undefined, done: string): Promise<void> {
    if (error) this.messages.problem(error.detail);
    else this.messages.done(done);
    await this.changes.reload();
    if (error?.code === 'changed_meanwhile') await this.preview.reload();
  }
}
