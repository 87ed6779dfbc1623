import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatRadioButton, MatRadioGroup } from '@angular/material/radio';

import { Api, type Schema } from '../api/api';
import { Messages } from '../shared/messages';
import { figure, type ImportRun, isWaiting } from './words';

type Pair = Schema<'ImportCarryOver'>;

/** New rows and residents who may be one person: staff say so pair by pair, and nobody is joined without it. */
@Component({
  selector: 'toki-run-carry-overs',
  imports: [MatButton, MatRadioButton, MatRadioGroup],
  template: `
    @if (pairs().length > 0 && (waits() || run().phase === 'applied')) {
      <h2>{{ waits() ? '同じ人かどうかの確認' : '番号が変わった方' }}</h2>
      @if (waits()) {
        <p class="soft">
          カナと生年月日が同じだけでは、同じ人とは決まりません。住所や電話で確かめてください。「同じ人」にした方だけ、予約が新しい番号に移り、前の番号ではログインできなくなります。選ばなければ、別の人として登録します。
        </p>
      }
      <ul class="pairs">
        @for (pair of pairs(); track keyOf(pair)) {
          <li class="card">
            <h3 [id]="'pair-' + keyOf(pair)">
              {{ pair.kana }}<span class="soft">　{{ pair.birthDate }}生まれ</span>
            </h3>
            <dl>
              <div>
                <dt>前の番号</dt>
                <dd>
                  <span class="reference">{{ pair.oldNumber }}</span>（{{
                    pair.bookings > 0 ? '予約' + pair.bookings + '件' : '予約なし'
                  }}）
                </dd>
              </div>
              <div>
                <dt>新しい番号</dt>
                <dd>
                  <span class="reference">{{ pair.newNumber }}</span>（{{ figure(pair.line) }}行目）
                </dd>
              </div>
              <div>
                <dt>確かめる理由</dt>
                <dd>{{ pair.reason }}</dd>
              </div>
            </dl>
            @if (waits()) {
              <mat-radio-group
                class="choices"
                [attr.aria-labelledby]="'pair-' + keyOf(pair)"
                [value]="choiceOf(pair)"
                [disabled]="busy()"
                (change)="choose(pair, $event.value)"
              >
                <mat-radio-button [value]="false">別の人</mat-radio-button>
                <mat-radio-button [value]="true">同じ人（番号が変わった）</mat-radio-button>
              </mat-radio-group>
            } @else {
              <p>同じ人として、予約を新しい番号に引き継ぎました。</p>
            }
          </li>
        }
      </ul>
      @if (hasMore()) {
        <div class="paging"><button matButton="outlined" type="button" (click)="more()">続きを見る</button></div>
      }
      @if (waits() && changed().length > 0) {
        <div class="save" role="status">
          <p>{{ figure(changed().length) }}組の選び方を変えました。まだ保存していません。</p>
          <button matButton="filled" type="button" [disabled]="busy()" (click)="save()">
            保存して、もう一度比べる
          </button>
        </div>
      }
    }
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 28px;
    }
    p {
      margin: 4px 0 8px;
    }
    .pairs {
      list-style: none;
      margin: 0;
      padding: 0;
      display: grid;
      gap: 12px;
    }
    h3 {
      margin: 0 0 4px;
    }
    h3 .soft {
      font-weight: 400;
    }
    dl {
      margin: 0;
      display: flex;
      flex-wrap: wrap;
      gap: 4px 32px;
    }
    dt {
      color: var(--ink-soft);
      font-size: 0.875rem;
    }
    dd {
      margin: 0;
    }
    .choices {
      display: flex;
      flex-wrap: wrap;
      gap: 0 24px;
      margin-top: 4px;
    }
    .save {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 16px;
      margin-top: 12px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunCarryOvers {
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  readonly run = input.required<ImportRun>();
  /** It was compared again. */
  readonly compared = output<ImportRun>();
  /** How many choices are not saved yet. */
  readonly unsaved = output<number>();
  protected readonly pairs = signal<readonly Pair[]>([]);
  protected readonly hasMore = signal(false);
  protected readonly busy = signal(false);
  protected readonly figure = figure;
  protected readonly waits = computed(() => isWaiting(this.run().phase));
  private readonly choices = signal<ReadonlyMap<string, boolean>>(new Map());
  protected readonly changed = computed(() => this.pairs().filter((pair) => this.choiceOf(pair) !== pair.isWanted));
  private readonly key = computed(() => `${this.run().id} ${String(this.run().comparison)} ${String(this.waits())}`);

  constructor() {
    effect(() => {
      this.key();
      void this.read([]);
    });
    effect(() => {
      this.unsaved.emit(this.changed().length);
    });
  }

  protected keyOf({ line, residentId }: Pair): string {
    return `${String(line)}-${residentId}`;
  }

  protected choiceOf(pair: Pair): boolean {
    return this.choices().get(this.keyOf(pair)) ?? pair.isWanted;
  }

  protected choose(pair: Pair, isWanted: boolean): void {
    this.choices.update((choices) => new Map(choices).set(this.keyOf(pair), isWanted));
  }

  protected more(): void {
    void this.read(this.pairs());
  }

  protected async save(): Promise<void> {
    this.busy.set(true);
    const decisions = this.changed().map((pair) => ({
      line: pair.line,
      residentId: pair.residentId,
      isWanted: this.choiceOf(pair),
    }));
    const { data, error } = await this.api.client.POST('/api/v1/imports/{id}/carry-overs', {
      params: { path: { id: this.run().id } },
      body: { decisions },
    });
    this.busy.set(false);
    if (data) {
      this.choices.set(new Map());
      this.compared.emit(data);
    } else this.messages.problem(error.detail);
  }

  private async read(known: readonly Pair[]): Promise<void> {
    const last = known.at(-1);
    const { data } = await this.api.client.GET('/api/v1/imports/{id}/carry-overs', {
      params: {
        path: { id: this.run().id },
        query: last ? { afterLine: String(last.line), afterResident: last.residentId } : {},
      },
    });
    if (!data) return;
    this.pairs.set([...known, ...data.carryOvers]);
    this.hasMore.set(data.more);
  }
}
