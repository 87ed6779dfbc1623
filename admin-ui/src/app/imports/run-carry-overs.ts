import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api, type Schema } from '../api/api';
import { Tell } from '../shared/tell';
import { type ImportRun, isWaiting } from './words';

/** One person under a new number: the pairs that were found, and the word of somebody who knows better. */
@Component({
  selector: 'toki-run-carry-overs',
  imports: [MatButton],
  template: `
    @if (pairs().length > 0) {
      <h2>番号が変わる方</h2>
      <p class="soft">
        氏名カナと生年月日が同じで、前の番号がファイルにない方です。同じ方として、予約を新しい番号に引き継ぎます。別の方のときは「別の方です」を押してください。
      </p>
      <div class="table-frame" tabindex="0" role="region" aria-label="番号が変わる方">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col" class="number">行</th>
              <th scope="col">氏名カナ</th>
              <th scope="col">生年月日</th>
              <th scope="col">前の番号</th>
              <th scope="col">新しい番号</th>
              <th scope="col" class="number">予約</th>
              <th scope="col">扱い</th>
            </tr>
          </thead>
          <tbody>
            @for (pair of pairs(); track pair.residentId) {
              <tr>
                <td class="number">{{ pair.line }}</td>
                <th scope="row">{{ pair.kana }}</th>
                <td>{{ pair.birthDate }}</td>
                <td class="reference">{{ pair.oldNumber }}</td>
                <td class="reference">{{ pair.newNumber }}</td>
                <td class="number">{{ pair.bookings }}件</td>
                <td>
                  {{ pair.isWanted ? '同じ方' : '別の方' }}
                  @if (waits()) {
                    <button
                      matButton
                      type="button"
                      [disabled]="busy()"
                      (click)="decide(pair.residentId, !pair.isWanted)"
                    >
                      {{ pair.isWanted ? '別の方です' : '同じ方です' }}
                    </button>
                  }
                </td>
              </tr>
            }
          </tbody>
        </table>
      </div>
      @if (hasMore()) {
        <div class="paging"><button matButton="outlined" type="button" (click)="more()">続きを見る</button></div>
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
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunCarryOvers {
  private readonly api = inject(Api);
  private readonly tell = inject(Tell);
  readonly run = input.required<ImportRun>();
  /** It was compared again. */
  readonly compared = output<ImportRun>();
  protected readonly pairs = signal<readonly Schema<'ImportCarryOver'>[]>([]);
  protected readonly hasMore = signal(false);
  protected readonly busy = signal(false);
  protected readonly waits = computed(() => isWaiting(this.run().phase));
  private readonly key = computed(() => `${this.run().id} ${String(this.run().comparison)} ${String(this.waits())}`);

  constructor() {
    effect(() => {
      this.key();
      void this.read([]);
    });
  }

  protected more(): void {
    void this.read(this.pairs());
  }

  protected async decide(residentId: string, isWanted: boolean): Promise<void> {
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/imports/{id}/carry-overs', {
      params: { path: { id: this.run().id } },
      body: { residentId, isWanted },
    });
    this.busy.set(false);
    if (data) this.compared.emit(data);
    else this.tell.problem(error.detail);
  }

  private async read(known: readonly Schema<'ImportCarryOver'>[]): Promise<void> {
    const last = known.at(-1);
    const { data } = await this.api.client.GET('/api/v1/imports/{id}/carry-overs', {
      params: { path: { id: this.run().id }, query: last ? { afterLine: String(last.line) } : {} },
    });
    if (!data) return;
    this.pairs.set([...known, ...data.carryOvers]);
    this.hasMore.set(data.more);
  }
}
