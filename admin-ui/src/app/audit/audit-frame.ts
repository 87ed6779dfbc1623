import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatTabLink, MatTabNav, MatTabNavPanel } from '@angular/material/tabs';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { PageHeader } from '../shared/page-header';

/** The record of what staff read and changed: the events, whose data was touched, whether the record is whole. */
@Component({
  selector: 'toki-audit',
  imports: [MatTabLink, MatTabNav, MatTabNavPanel, PageHeader, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <toki-page-header
      heading="監査"
      lead="職員がだれの情報を見て、何を変えたかの記録です。記録は書き足すだけで、消すことも変えることもできません。この画面を見たことも記録されます。"
    />
    <nav mat-tab-nav-bar mat-stretch-tabs="false" [tabPanel]="panel" aria-label="監査の表示">
      @for (tab of tabs; track tab.path) {
        <a
          mat-tab-link
          [routerLink]="tab.path"
          routerLinkActive
          #link="routerLinkActive"
          [routerLinkActiveOptions]="exactly"
          [active]="link.isActive"
          >{{ tab.label }}</a
        >
      }
    </nav>
    <mat-tab-nav-panel #panel><router-outlet /></mat-tab-nav-panel>
  `,
  styles: `
    mat-tab-nav-panel {
      display: block;
      padding-top: 20px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditFrame {
  /** The page alone: filters in the URL make no other tab of it. */
  protected readonly exactly = {
    paths: 'exact',
    queryParams: 'ignored',
    matrixParams: 'ignored',
    fragment: 'ignored',
  } as const;
  protected readonly tabs = [
    { path: '/audit', label: '記録' },
    { path: '/audit/touched', label: 'だれの情報が見られたか' },
    { path: '/audit/verify', label: '記録の検証' },
  ] as const;
}
