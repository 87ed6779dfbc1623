import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import type { Schema } from '../api/api';
import { DeskCall, type Moment } from './desk-call';

/** Guidance that a caller may need at any moment. */
const always: readonly Moment[] = [
  'coupon_lost',
  'coupon_reissued',
  'number_unknown',
  'not_open',
  'full',
  'log_in_lock',
  'protected',
];

/** What to say now, and the guidance that can be called up beside it. */
@Component({
  selector: 'toki-script-pane',
  template: `
    @if (card(); as now) {
      <section aria-live="polite" aria-labelledby="script">
        <h2 id="script">{{ now.title }}</h2>
        @for (line of now.say; track $index) {
          <p class="say">「{{ line }}」</p>
        }
        @if (now.hints.length > 0) {
          <ul>
            @for (hint of now.hints; track $index) {
              <li>{{ hint }}</li>
            }
          </ul>
        }
      </section>
    }
    <section aria-labelledby="guidance">
      <h3 id="guidance">ご案内</h3>
      <ul class="others">
        @for (other of others(); track other.moment) {
          <li>
            <button
              type="button"
              class="plain"
              [attr.aria-pressed]="call.guidance() === other.moment"
              (click)="toggle(other.moment)"
            >
              {{ other.title }}
            </button>
          </li>
        }
      </ul>
    </section>
  `,
  styles: `
    :host {
      display: block;
      font-size: 0.9375rem;
    }
    h2 {
      font-size: 1.0625rem;
      margin-bottom: 8px;
    }
    h3 {
      margin: 16px 0 4px;
      border-top: 1px solid var(--line);
      padding-top: 12px;
    }
    .say {
      margin: 0 0 8px;
      font-size: 1rem;
    }
    ul {
      margin: 0;
      padding-left: 1.1rem;
      color: var(--ink-soft);
    }
    li {
      margin: 2px 0;
    }
    .others {
      list-style: none;
      padding: 0;
    }
    .others button {
      min-height: 28px;
    }
    .others button[aria-pressed='true'] {
      font-weight: 700;
      color: var(--ink);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ScriptPane {
  readonly script = input<Schema<'CallScript'>>();
  protected readonly call = inject(DeskCall);
  protected readonly card = computed(() => this.script()?.cards.find((card) => card.moment === this.call.moment()));
  protected readonly others = computed(() =>
    (this.script()?.cards ?? []).filter((card) => always.includes(card.moment)),
  );

  protected toggle(moment: Moment): void {
    this.call.guidance.update((shown) => (shown === moment ? undefined : moment));
  }
}
