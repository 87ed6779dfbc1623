import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { readOutDate, readOutTime } from './words';

/** Date and time as they are read out; no number is torn apart at the end of a line. */
@Component({
  selector: 'toki-large-date',
  template: `@for (piece of pieces(); track $index) {
    <span>{{ piece }}</span>
  }`,
  styles: `
    span {
      display: inline-block;
    }
    span:last-child {
      display: block;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LargeDate {
  readonly at = input.required<string>();
  protected readonly pieces = computed(() => [...readOutDate(this.at()), readOutTime(this.at())]);
}
