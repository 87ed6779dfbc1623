import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import type { Schema } from '../api/api';

/** `3/5（1/3）`: free and all seats of the slot, and of the telephone. */
@Component({
  selector: 'toki-seats',
  template: `
    <span aria-hidden="true" class="numbers"
      ><span>{{ all().free }}/{{ all().capacity }}</span>
      <strong [class.none]="phone().free === 0" [class.few]="phone().free > 0 && phone().free <= 2"
        >（{{ phone().free }}/{{ phone().capacity }}）</strong
      ></span
    >
    <span class="visually-hidden"
      >全体は{{ all().capacity }}席のうち{{ all().free }}席、電話枠は{{ phone().capacity }}席のうち{{
        phone().free
      }}席が空いています。</span
    >
  `,
  styles: `
    :host {
      white-space: nowrap;
    }
    strong {
      color: var(--good);
    }
    strong.few {
      color: var(--warn-ink);
    }
    strong.none {
      color: #a80000;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Seats {
  readonly all = input.required<Schema<'Seats'>>();
  readonly phone = input.required<Schema<'Seats'>>();
}
