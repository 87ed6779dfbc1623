import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

import { EmptyState } from '../shared/empty-state';

@Component({
  selector: 'toki-not-found',
  imports: [EmptyState, RouterLink],
  template: `
    <toki-empty-state heading="このページはありません" icon="search">
      <p>住所が変わったか、あなたの役割では開けないページです。左のメニューからお選びください。</p>
      <a routerLink="/">「今日」に戻る</a>
    </toki-empty-state>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFound {}
