import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

import type { Problem } from '../api/api';

/** A page or a part of it could not be loaded: why, and try again. */
@Component({
  selector: 'toki-problem-note',
  imports: [MatButton],
  template: `
    @if (problem(); as found) {
      <div class="note bad" role="alert">
        <p>{{ found.detail }}</p>
        <button matButton="outlined" type="button" (click)="again.emit()">もう一度読み込む</button>
      </div>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProblemNote {
  readonly problem = input<Problem | undefined>();
  readonly again = output();
}
