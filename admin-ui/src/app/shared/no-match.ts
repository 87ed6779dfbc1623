import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { EmptyState } from './empty-state';
import type { IconName } from './icon';

/** In the place of a list that its filters left empty. */
@Component({
  selector: 'toki-no-match',
  imports: [EmptyState, MatButton],
  template: `<toki-empty-state [heading]="heading()" [icon]="icon()"
    ><p>条件をゆるめると見つかるかもしれません。</p>
    <button matButton="outlined" type="button" (click)="reset.emit()">条件を消す</button></toki-empty-state
  >`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoMatch {
  readonly heading = input.required<string>();
  readonly icon = input.required<IconName>();
  readonly reset = output();
}
