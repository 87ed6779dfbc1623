import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Session } from '../shell/session';
import { PageHeader } from '../shared/page-header';

/** Where one arrives. */
@Component({
  selector: 'toki-today',
  imports: [PageHeader],
  template: `<toki-page-header heading="今日" [lead]="(me()?.displayName ?? '') + 'さんの画面です。'" />`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Today {
  protected readonly me = inject(Session).me;
}
