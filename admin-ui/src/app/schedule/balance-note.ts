import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Api } from '../api/api';
import { loaded } from '../shared/loaded';

/** Whether everybody who gets a dose will find a seat for the next one; silent when all is well. */
@Component({
  selector: 'toki-balance-note',
  template: `
    @for (item of answer.value()?.balance ?? []; track item.dose) {
      @if (item.missing > 0) {
        <div class="note warn" role="status">
          <p>
            <strong>{{ item.nextDose }}回目の席が{{ item.missing }}席足りません。</strong>{{ item.dose }}回目の{{
              item.seats
            }}席に対して、間隔の合う{{ item.nextDose }}回目の席は{{ item.seats - item.missing }}席分です。{{
              item.nextDose
            }}回目の席を増やすか、{{ item.dose }}回目を減らしてください。
          </p>
        </div>
      } @else if (item.notPlannedYet > 0) {
        <p class="soft">
          {{ item.dose }}回目のうち{{ item.notPlannedYet }}席分は、{{
            item.nextDose
          }}回目の日程がまだ作られていない時期に当たります。
        </p>
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BalanceNote {
  /** Of one venue; none: of the city. */
  readonly venueId = input<string>('');
  /** Changes when seats did. */
  readonly since = input<unknown>();
  private readonly api = inject(Api);
  protected readonly answer = loaded(
    () =>
      this.api.client.GET('/api/v1/city/slots/balance', {
        params: { query: this.venueId() === '' ? {} : { venueId: this.venueId() } },
      }),
    { on: () => [this.venueId(), this.since()] },
  );
}
