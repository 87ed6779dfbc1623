import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { Icon, type IconName } from './icon';

/** Instead of an empty table: what this is, why it is empty, the first step (as content). */
@Component({
  selector: 'toki-empty-state',
  imports: [Icon],
  template: `
    <toki-icon [name]="icon()" />
    <h2>{{ heading() }}</h2>
    <ng-content />
  `,
  styles: `
    :host {
      display: block;
      border: 1px dashed var(--line);
      border-radius: 8px;
      padding: 32px 24px;
      text-align: center;
    }
    toki-icon {
      font-size: 2rem;
      color: var(--ink-soft);
    }
    h2 {
      margin: 8px 0;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EmptyState {
  readonly heading = input.required<string>();
  readonly icon = input<IconName>('inbox');
}
