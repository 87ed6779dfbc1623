import type { Routes } from '@angular/router';

import { ProgrammeFrame } from './programme-frame';
import { ProgrammeList } from './programme-list';

export const programmeRoutes: Routes = [
  { path: '', component: ProgrammeList },
  {
    path: ':code',
    component: ProgrammeFrame,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'edit' },
      { path: 'edit', title: '編集', loadComponent: async () => (await import('./edit-page')).EditPage },
      {
        path: 'checks',
        title: 'チェックリスト',
        loadComponent: async () => (await import('./checks-page')).ChecksPage,
      },
      {
        path: 'rehearsal',
        title: 'リハーサル',
        loadComponent: async () => (await import('./rehearsal-page')).RehearsalPage,
      },
      {
        path: 'publish',
        title: '違いの確認と公開',
        loadComponent: async () => (await import('./publish-page')).PublishPage,
      },
      {
        path: 'affected',
        title: '認められない予約',
        loadComponent: async () => (await import('./affected-page')).AffectedPage,
      },
      { path: 'versions', title: '版', loadComponent: async () => (await import('./versions-page')).VersionsPage },
    ],
  },
];
