import type { CookieJar } from '../../../shared/cookies';
import type { AppContext } from '../../../shared/state';
import { attemptMinutes } from './oidc-log-in';

const name = 'toki-oidc';

/** Goes along to the provider and back with this one browser. */
export const oidcCookie = {
  read: (cookies: CookieJar, ctx: AppContext): string | undefined => cookies.read(ctx.req, name),
  write: (cookies: CookieJar, ctx: AppContext, value: string): void => {
    cookies.write(ctx.res, name, value, attemptMinutes * 60);
  },
  clear: (cookies: CookieJar, ctx: AppContext): void => {
    cookies.clear(ctx.res, name);
  },
};
