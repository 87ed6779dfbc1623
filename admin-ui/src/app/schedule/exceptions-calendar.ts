import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { monthsBetween } from '../../../../domain/bookings/days';
import { cityWords } from '../shared/city-time';

export type DayState = 'open' | 'closed' | 'exception_closed' | 'exception_extra';

const stateWords: Readonly<Record<DayState, string>> = {
  open: '開く日',
  closed: '休み',
  exception_closed: '特別に休み',
  exception_extra: '特別に開く',
};

/** The days of a plan as months; a press makes a day unlike its weekday, another press takes that back. Holidays stand with their names. */
@Component({
  selector: 'toki-exceptions-calendar',
  template: `
    <div class="months">
      @for (month of months(); track month.year * 100 + month.month) {
        <table>
          <caption>
            {{
              month.year
            }}年{{
              month.month
            }}月
          </caption>
          <thead>
            <tr>
              @for (name of names; track name) {
                <th scope="col">{{ name }}</th>
              }
            </tr>
          </thead>
          <tbody>
            @for (week of month.weeks; track $index) {
              <tr>
                @for (day of week; track $index) {
                  <td>
                    @if (day !== null && day >= from() && day <= last()) {
                      @let state = stateOf()(day);
                      <button
                        type="button"
                        [class]="state"
                        [class.holiday]="holidays().has(day)"
                        [disabled]="disabled()"
                        [attr.aria-label]="wordsOf(day, state)"
                        [attr.title]="holidays().get(day)"
                        [attr.aria-pressed]="state.startsWith('exception')"
                        (click)="toggled.emit(day)"
                      >
                        {{ numberOf(day) }}
                      </button>
                    } @else if (day !== null) {
                      <span class="outside">{{ numberOf(day) }}</span>
                    }
                  </td>
                }
              </tr>
            }
          </tbody>
        </table>
      }
    </div>
  `,
  styles: `
    .months {
      display: flex;
      flex-wrap: wrap;
      gap: 24px;
      max-height: 26rem;
      overflow: auto;
      padding: 4px;
    }
    table {
      border-collapse: collapse;
    }
    caption {
      font-weight: 700;
      text-align: left;
      padding: 4px;
    }
    th {
      font-weight: 400;
      font-size: 0.8125rem;
      color: var(--ink-soft);
    }
    td {
      padding: 1px;
      text-align: center;
      width: 38px;
      height: 38px;
    }
    button {
      width: 36px;
      height: 36px;
      border-radius: 8px;
      border: 1px solid var(--line);
      background: #fff;
      font: inherit;
      font-size: 0.875rem;
      cursor: pointer;
      font-variant-numeric: tabular-nums;
    }
    button.open {
      background: #e6f5ec;
      border-color: #197a4b;
    }
    button.closed {
      color: #595959;
      background: #f1f1f4;
    }
    button.holiday {
      color: #a80000;
      text-decoration: underline;
    }
    button.exception_closed {
      background: #a80000;
      border-color: #a80000;
      color: #fff;
      font-weight: 700;
    }
    button.exception_extra {
      background: #0017c1;
      border-color: #0017c1;
      color: #fff;
      font-weight: 700;
    }
    .outside {
      color: #767676;
      font-size: 0.875rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ExceptionsCalendar {
  readonly from = input.required<string>();
  /** Included. */
  readonly last = input.required<string>();
  readonly holidays = input.required<ReadonlyMap<string, string>>();
  readonly stateOf = input.required<(day: string) => DayState>();
  readonly disabled = input(false);
  readonly toggled = output<string>();
  protected readonly names = ['日', '月', '火', '水', '木', '金', '土'];
  protected readonly months = computed(() => monthsBetween(this.from(), this.last()));

  protected numberOf(day: string): number {
    return Number(day.slice(8));
  }

  protected wordsOf(day: string, state: DayState): string {
    const holiday = this.holidays().get(day);
    return `${cityWords.day(day)}${holiday === undefined ? '' : ` ${holiday}`} ${stateWords[state]}`;
  }
}
