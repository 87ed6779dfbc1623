import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

/** Below a list that comes page by page: on to the next one, back to the first. Gives `after` of the page that is wanted, `''` for the first. */
@Component({
  selector: 'toki-paging',
  imports: [MatButton],
  template: `
    <div class="paging">
      @if (after()) {
        <button matButton type="button" (click)="turned.emit('')">{{ firstLabel() }}</button>
      }
      @if (next(); as following) {
        <button matButton="outlined" type="button" (click)="turned.emit('' + following)">{{ nextLabel() }}</button>
      } @else {
        <span class="soft">ここまでです</span>
      }
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Paging {
  /** Where this page begins; `''`: it is the first. */
  readonly after = input.required<string>();
  readonly next = input.required<string | number | null | undefined>();
  readonly nextLabel = input('次の50件');
  readonly firstLabel = input('最初のページ');
  readonly turned = output<string>();
}
