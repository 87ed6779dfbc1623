import type { Routes } from '@angular/router';

export const staffRoutes: Routes = [{ path: '', loadComponent: async () => (await import('./staff')).Staff }];
