import { ChangeDetectionStrategy, Component, effect, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';

type Touched = Schema<'ImportTouchedBooking'> | Schema<'ProtectedImportTouchedBooking'>;
const effects: Readonly<Record<Touched['kind'], { readonly who: string; readonly what: string }>> = {
  new_number: { who: '番号が変わる方', what: 'そのまま引き継ぎます。連絡は要りません。' },
  moved_out: { who: '転出した方', what: '予約は残ります。電話で確かめて、取り消してください。' },
  died: { who: '亡くなった方', what: '予約は残り、お知らせは送りません。枠を空けるには取り消してください。' },
  missing: { who: 'ファイルにない方', what: '予約は残ります。対象でなくなった理由を確かめてください。' },
};

/** Live bookings of the people whom the import touches, and what becomes of each. */
@Component({
  selector: 'toki-run-bookings',
  imports: [MatButton, CityTime],
  template: `
    <h2>予約への影響</h2>
    <div class="table-frame" tabindex="0" role="region" aria-label="予約への影響">
      <table class="dense">
        <thead>
          <tr>
            <th scope="col">受付番号</th>
            <th scope="col">だれの予約</th>
            <th scope="col">日時</th>
            <th scope="col">会場</th>
            <th scope="col">どうなるか</th>
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track $index) {
            <tr>
              @if (row.isProtected) {
                <th scope="row"><span class="chip bad">保護対象</span></th>
                <td>{{ effects[row.kind].who }}</td>
                <td colspan="2" class="soft">責任者が予約受付で本人を確認すると見られます（{{ row.dose }}回目）</td>
              } @else {
                <th scope="row" class="reference">{{ row.reference ?? '（仮押さえ）' }}</th>
                <td>{{ effects[row.kind].who }}</td>
                <td>{{ row.startsAt | city: 'full' }}（{{ row.dose }}回目）</td>
                <td>{{ row.venueName }}</td>
              }
              <td>{{ effects[row.kind].what }}</td>
            </tr>
          }
        </tbody>
      </table>
    </div>
    @if (hasMore()) {
      <div class="paging"><button matButton="outlined" type="button" (click)="more()">続きを見る</button></div>
    }
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 28px;
    }
    h2 {
      margin-bottom: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunBookings {
  private readonly api = inject(Api);
  readonly runId = input.required<string>();
  /** Looked at again when it was compared again. */
  readonly comparison = input.required<number>();
  protected readonly rows = signal<readonly Touched[]>([]);
  protected readonly hasMore = signal(false);
  protected readonly effects = effects;

  constructor() {
    effect(() => {
      this.comparison();
      void this.read(this.runId(), []);
    });
  }

  protected more(): void {
    void this.read(this.runId(), this.rows());
  }

  private async read(id: string, known: readonly Touched[]): Promise<void> {
    const { data } = await this.api.client.GET('/api/v1/imports/{id}/bookings', {
      params: { path: { id }, query: known.length > 0 ? { offset: String(known.length) } : {} },
    });
    if (!data) return;
    this.rows.set([...known, ...data.bookings]);
    this.hasMore.set(data.more);
  }
}
