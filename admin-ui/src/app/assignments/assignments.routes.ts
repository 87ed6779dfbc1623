import type { Routes } from '@angular/router';

/** 予約の割り当て: the history, a new file, one run. They are shown below 対象者データ. */
export const assignmentsRoutes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: '予約の割り当て',
    loadComponent: async () => (await import('./assignment-list')).AssignmentList,
  },
  {
    path: 'new',
    title: 'ファイルから割り当てる',
    loadComponent: async () => (await import('./assignment-upload')).AssignmentUpload,
  },
  {
    path: ':id',
    title: '予約の割り当て',
    loadComponent: async () => (await import('./assignment-run')).AssignmentRunPage,
  },
];
