import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { EmptyState } from '../shared/empty-state';
import { Session } from '../shared/session';
import { ProgrammeStore } from './programme-store';

/** Nothing is being edited: what a draft is, and how to begin one. */
@Component({
  selector: 'toki-no-draft',
  imports: [EmptyState, MatButton],
  template: `
    <toki-empty-state heading="編集中の下書きはありません" icon="settings">
      <p>公開中の内容は、直接には変わりません。下書きを作り、確認とリハーサルをしてから、ほかの職員が公開します。</p>
      @if (mayEdit && newest(); as number) {
        <button matButton="filled" type="button" (click)="store.begin(number)">
          公開中の第{{ number }}版から下書きを作る
        </button>
      }
    </toki-empty-state>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoDraft {
  protected readonly store = inject(ProgrammeStore);
  private readonly role = inject(Session).me()?.role;
  protected readonly mayEdit = this.role === 'city_admin' || this.role === 'supervisor';
  protected readonly newest = computed(() => this.store.versions()[0]?.number);
}
