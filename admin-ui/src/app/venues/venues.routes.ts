import type { Routes } from '@angular/router';

import { leaveWithCare } from '../shared/unsaved-changes';
import { VenueList } from './venue-list';

export const venueRoutes: Routes = [
  { path: '', component: VenueList },
  {
    path: 'new',
    title: '会場の追加',
    canDeactivate: [leaveWithCare],
    loadComponent: async () => (await import('./venue-form')).VenueForm,
  },
  { path: 'import', title: '会場のCSV取込', loadComponent: async () => (await import('./venue-import')).VenueImport },
  {
    path: ':id',
    title: '会場',
    canDeactivate: [leaveWithCare],
    loadComponent: async () => (await import('./venue-form')).VenueForm,
  },
];
