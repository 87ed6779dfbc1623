import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';

import type { Role } from '../api/api';
import { Session } from '../shared/session';

/** Only with a session; otherwise the log-in, which leads back to the page that was asked for. */
export const loggedIn: CanActivateFn = async (_route, state) => {
  const router = inject(Router);
  const me = await inject(Session).load();
  if (!me) return router.createUrlTree(['/log-in'], state.url === '/' ? {} : { queryParams: { from: state.url } });
  // The first log-in is finished before anything else.
  if (me.mustChangePassword && !state.url.startsWith('/account/first'))
    return router.createUrlTree(['/account/first'], state.url === '/' ? {} : { queryParams: { from: state.url } });
  return true;
};

/** The server refuses in any case; this only spares a person a page that would stay empty. */
export function forRole(roles: readonly Role[]): CanActivateFn {
  return async () => {
    const router = inject(Router);
    const me = await inject(Session).load();
    return me !== undefined && roles.includes(me.role) ? true : router.createUrlTree(['/not-for-you']);
  };
}
