import type { Routes } from '@angular/router';

export const siteRoutes: Routes = [{ path: '', loadComponent: async () => (await import('./site')).Site }];
