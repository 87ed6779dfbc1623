import type { Routes } from '@angular/router';

export const accountRoutes: Routes = [
  { path: '', loadComponent: async () => (await import('./account')).Account },
  { path: 'first', title: '初めてのログイン', loadComponent: async () => (await import('./first-log-in')).FirstLogIn },
];
