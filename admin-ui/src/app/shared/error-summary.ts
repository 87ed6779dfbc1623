import { ChangeDetectionStrategy, Component, effect, ElementRef, inject, input } from '@angular/core';

import type { Fault } from './form-faults';

/** All that is wrong, at the top of a form; takes the focus when it appears. Each line leads to its field: the element with `id="field-<name>"`. */
@Component({
  selector: 'toki-error-summary',
  template: `
    @if (faults().length > 0) {
      <div class="errors" role="alert" tabindex="-1">
        <h2>入力内容をご確認ください</h2>
        <ul>
          @for (fault of faults(); track $index) {
            <li>
              @if (fault.field) {
                <button type="button" class="plain" (click)="goTo(fault.field)">{{ fault.sentence }}</button>
              } @else {
                {{ fault.sentence }}
              }
            </li>
          }
        </ul>
      </div>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErrorSummary {
  readonly faults = input.required<readonly Fault[]>();
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private shown = 0;

  constructor() {
    effect(() => {
      const count = this.faults().length;
      if (count > 0 && this.shown === 0)
        setTimeout(() => this.host.nativeElement.querySelector<HTMLElement>('.errors')?.focus());
      this.shown = count;
    });
  }

  protected goTo(field: string): void {
    const target = document.getElementById(`field-${field}`);
    target?.scrollIntoView({ block: 'center' });
    target?.focus();
  }
}
