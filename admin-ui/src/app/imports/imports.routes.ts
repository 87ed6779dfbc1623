import type { Routes } from '@angular/router';

/** 対象者データ: the history, a new file (upload, then its columns), one import from its first row to its undo, the settings. */
export const importsRoutes: Routes = [
  { path: '', pathMatch: 'full', loadComponent: async () => (await import('./import-list')).ImportList },
  { path: 'new', title: 'ファイルを取り込む', loadComponent: async () => (await import('./upload-page')).UploadPage },
  { path: 'settings', title: '取込の設定', loadComponent: async () => (await import('./settings-page')).SettingsPage },
  { path: 'files/:id', title: '列を選ぶ', loadComponent: async () => (await import('./columns-page')).ColumnsPage },
  { path: ':id', title: '取込', loadComponent: async () => (await import('./run-page')).RunPage },
];
