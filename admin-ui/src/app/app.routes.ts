import type { Routes } from '@angular/router';

import { type AreaPath, areas } from './shared/areas';
import { forRole, loggedIn } from './shell/guards';

/** The pages of each area, loaded when one is first opened. */
const pagesOf: Readonly<Record<AreaPath, () => Promise<Routes>>> = {
  '': async () => (await import('./today/today.routes')).todayRoutes,
  desk: async () => (await import('./desk/desk.routes')).deskRoutes,
  reception: async () => (await import('./reception/reception.routes')).receptionRoutes,
  callbacks: async () => (await import('./callbacks/callbacks.routes')).callbacksRoutes,
  bookings: async () => (await import('./bookings/bookings.routes')).bookingsRoutes,
  venues: async () => (await import('./venues/venues.routes')).venueRoutes,
  schedule: async () => (await import('./schedule/schedule.routes')).scheduleRoutes,
  imports: async () => [
    {
      path: 'assignments',
      loadChildren: async () => (await import('./assignments/assignments.routes')).assignmentsRoutes,
    },
    ...(await import('./imports/imports.routes')).importsRoutes,
  ],
  site: async () => (await import('./site/site.routes')).siteRoutes,
  programme: async () => (await import('./programmes/programme.routes')).programmeRoutes,
  notices: async () => (await import('./notices/notices.routes')).noticesRoutes,
  numbers: async () => (await import('./statistics/statistics.routes')).statisticsRoutes,
  exports: async () => (await import('./exports/exports.routes')).exportsRoutes,
  audit: async () => (await import('./audit/audit.routes')).auditRoutes,
  staff: async () => (await import('./staff/staff.routes')).staffRoutes,
  account: async () => (await import('./account/account.routes')).accountRoutes,
};

/**
 * The pages. How a page is made:
 * - one folder per area, a lazily loaded `<area>.routes.ts` that exports its `Routes` under the name `<area>Routes`;
 * - standalone components, signals, OnPush; requests by `inject(Api)` (`api/api.ts`), whose types are generated from the
 *   staff API's own description;
 * - the parts that every page shares are in `shared/`: page header, empty state, errors beside fields and in a summary,
 *   conflict (412), confirmation, times in city time;
 * - filters and what is chosen are in the URL (`shared/url-state.ts`), so that a page can be left, found again and sent to
 *   a colleague.
 * Who may see an area, and its place in the navigation: `shared/areas.ts`.
 */
export const appRoutes: Routes = [
  { path: 'log-in', title: 'ログイン', loadChildren: async () => (await import('./log-in/log-in.routes')).logInRoutes },
  {
    path: '',
    canActivate: [loggedIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      ...areas.map(({ path, label, roles }) => ({
        path,
        title: label,
        canActivate: [forRole(roles)],
        loadChildren: pagesOf[path],
      })),
      {
        path: '**',
        title: 'ページが見つかりません',
        loadComponent: async () => (await import('./shell/not-found')).NotFound,
      },
    ],
  },
];
