import type { Routes } from '@angular/router';

import { leaveWithCare } from '../shared/unsaved-changes';
import { WeekOverview } from './week-overview';

export const scheduleRoutes: Routes = [
  { path: '', component: WeekOverview },
  { path: 'week', title: '週の枠', loadComponent: async () => (await import('./week-page')).WeekPage },
  {
    path: 'plans/new',
    title: '日程を作る',
    canDeactivate: [leaveWithCare],
    loadComponent: async () => (await import('./plan-editor')).PlanEditor,
  },
  {
    path: 'plans/:id',
    title: '日程',
    canDeactivate: [leaveWithCare],
    loadComponent: async () => (await import('./plan-editor')).PlanEditor,
  },
  { path: 'import', title: '枠のCSV取込', loadComponent: async () => (await import('./slot-import')).SlotImport },
  { path: 'history', title: '枠の変更履歴', loadComponent: async () => (await import('./seat-history')).SeatHistory },
];
