import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { Icon } from './icon';

/** The parts of a long process, those that are done, and the one that is under way. */
@Component({
  selector: 'toki-steps',
  imports: [Icon],
  template: `
    <ol [attr.aria-label]="label()">
      @for (item of steps(); track item) {
        <li
          [class.done]="isDone($index)"
          [class.now]="isNow($index)"
          [attr.aria-current]="$index === at() ? 'step' : null"
        >
          @if (isDone($index)) {
            <toki-icon name="check" /><span class="visually-hidden">済み</span>
          }
          {{ item }}
        </li>
      }
    </ol>
  `,
  styles: `
    ol {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 8px;
      list-style: none;
      padding: 0;
      margin: 0 0 20px;
    }
    li {
      display: flex;
      gap: 6px;
      align-items: center;
      padding: 2px 12px;
      border: 1px solid var(--line);
      border-radius: 16px;
      color: var(--ink-soft);
    }
    li.done {
      color: var(--good);
      border-color: currentcolor;
    }
    li.now {
      color: #fff;
      background: var(--link);
      border-color: var(--link);
      font-weight: 700;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Steps {
  readonly label = input.required<string>();
  readonly steps = input.required<readonly string[]>();
  /** The one under way, from 0. */
  readonly at = input.required<number>();
  /** All of it is done. */
  readonly isOver = input(false);

  protected isDone(index: number): boolean {
    return index < this.at() || this.isOver();
  }

  protected isNow(index: number): boolean {
    return index === this.at() && !this.isOver();
  }
}
