import { randomBytes } from 'node:crypto';

import type { CookieJar } from './cookies';
import type { FormTokens } from './form-token';
import { Refused } from './refused';
import { isOwnOrigin } from './request-origin';
import { sessionCookie } from './session-check';
import { type AppContext, type AppMiddleware, wantsJson } from './state';

const formCookie = 'toki-form';
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface CsrfOptions {
  readonly cookies: CookieJar;
  readonly tokens: FormTokens;
  /** `https://host[:port]` */
  readonly publicOrigin: string;
}

export interface Csrf {
  readonly middleware: AppMiddleware;
  /** The token for the forms of the page being rendered. */
  tokenFor(ctx: AppContext): string;
}

/**
 * Refuses requests that another site made the browser send. All that change something: the browser's word on where they come from.
 * Forms besides: our token, bound to the visitor's session cookie or, before the log-in, to a random one.
 * JSON needs none, its content type cannot be sent from elsewhere (see `set-up-body`).
 */
export function createCsrf({ cookies, tokens, publicOrigin }: CsrfOptions): Csrf {
  const secretOf = (ctx: AppContext): string | undefined =>
    cookies.read(ctx.req, sessionCookie) ?? cookies.read(ctx.req, formCookie);
  const middleware: AppMiddleware = (ctx, next) => {
    if (safe.has(ctx.method)) return next();
    const json = wantsJson(ctx);
    if (!isOwnOrigin(ctx.req.headers, publicOrigin, json ? 'json' : 'form')) throw new Refused('csrf');
    if (!json) {
      const secret = secretOf(ctx);
      if (secret === undefined || !tokens.check(ctx.state.body?.['_csrf'], secret)) throw new Refused('csrf');
    }
    return next();
  };
  return {
    middleware,
    tokenFor(ctx) {
      let secret = secretOf(ctx);
      if (secret === undefined) {
        secret = randomBytes(32).toString('base64url');
        cookies.write(ctx.res, formCookie, secret);
      }
      return tokens.make(secret);
    },
  };
}
