import type { Routes } from '@angular/router';

import { areas } from './shell/areas';
import { forRole, loggedIn } from './shell/guards';

/**
 * The pages. How a page is made:
 * - one folder per area, a lazily loaded `<area>.routes.ts` that exports its `Routes` under the name `<area>Routes`;
 * - standalone components, signals, OnPush; requests by `inject(Api)` (`api/api.ts`), whose types are generated from the staff API's own description;
 * - the parts that every page shares are in `shared/`: page header, empty state, errors beside fields and in a summary, conflict (412), confirmation, times in city time;
 * - filters and what is chosen stand in the URL (`shared/url-state.ts`), so that a page can be left, found again and sent to a colleague.
 * Who may see an area, and its place in the navigation: `shell/areas.ts`.
 */
export const appRoutes: Routes = [
  { path: 'log-in', title: 'ログイン', loadChildren: async () => (await import('./log-in/log-in.routes')).logInRoutes },
  {
    path: '',
    canActivate: [loggedIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      ...areas.map(({ path, label, roles, load }) => ({
        path,
        title: label,
        canActivate: [forRole(roles)],
        loadChildren: load,
      })),
      {
        path: '**',
        title: 'ページが見つかりません',
        loadComponent: async () => (await import('./shell/not-found')).NotFound,
      },
    ],
  },
];
