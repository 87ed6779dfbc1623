import {
  ChangeDetectionStrategy,
  Component,
  effect,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatIconButton } from '@angular/material/button';

import { Icon } from './icon';

/** The details of a row, beside the table. Takes the focus when another thing is shown in it; Escape closes it. */
@Component({
  selector: 'toki-side-panel',
  imports: [Icon, MatIconButton],
  template: `
    <div class="head">
      <h2 #title tabindex="-1" id="side-panel-title">{{ heading() }}</h2>
      <button matIconButton type="button" aria-label="閉じる" (click)="closed.emit()">
        <toki-icon name="close" />
      </button>
    </div>
    <ng-content />
  `,
  styles: `
    :host {
      position: fixed;
      z-index: 9;
      top: 56px;
      right: 0;
      bottom: 0;
      width: min(33rem, 100vw);
      overflow: auto;
      padding: 16px 24px 48px;
      background: #fff;
      border-left: 1px solid var(--line);
      box-shadow: -4px 0 12px rgb(0 0 0 / 12%);
    }
    .head {
      display: flex;
      justify-content: space-between;
      align-items: start;
      gap: 12px;
      margin-bottom: 12px;
    }
    h2:focus-visible {
      outline-offset: 0;
    }
    @media print {
      :host {
        position: static;
        width: auto;
        border: 0;
        box-shadow: none;
      }
    }
  `,
  host: { role: 'region', 'aria-labelledby': 'side-panel-title', '(keydown.escape)': 'closed.emit()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SidePanel {
  readonly heading = input.required<string>();
  /** What is shown, by id. */
  readonly shown = input.required<string>();
  readonly closed = output();
  private readonly title = viewChild.required<ElementRef<HTMLElement>>('title');
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  constructor() {
    effect(() => {
      this.shown();
      setTimeout(() => {
        this.host.nativeElement.scrollTop = 0;
        this.title().nativeElement.focus();
      });
    });
  }
}
