import type { SessionRepository } from '../../database/residents';
import type { CookieJar } from './cookies';
import { Refused } from './refused';
import type { AppContext, AppMiddleware } from './state';

export const sessionCookie = 'toki';

/** Where the session of a request comes from, and how it starts and ends. */
export interface SessionCheck {
  /** Loads the session of the request's cookie into `ctx.state.session`, once. */
  load(ctx: AppContext): Promise<void>;
  start(ctx: AppContext, token: string): void;
  end(ctx: AppContext): Promise<void>;
  /** For JSON: without a session the request ends with `not_logged_in`. */
  readonly required: AppMiddleware;
}

export function createSessionCheck({
  cookies,
  sessions,
}: {
  cookies: CookieJar;
  sessions: Pick<SessionRepository, 'find' | 'close'>;
}): SessionCheck {
  async function load(ctx: AppContext): Promise<void> {
    const token = ctx.state.session ? undefined : cookies.read(ctx.req, sessionCookie);
    if (token !== undefined) ctx.state.session = await sessions.find(token);
  }
  return {
    load,
    start(ctx, token) {
      cookies.write(ctx.res, sessionCookie, token);
    },
    async end(ctx) {
      const token = cookies.read(ctx.req, sessionCookie);
      if (token !== undefined) await sessions.close(token);
      cookies.clear(ctx.res, sessionCookie);
      // Cookies are left out: the one that marks a known device must outlive the log-out.
      ctx.set('Clear-Site-Data', '"cache", "storage"');
    },
    required: async (ctx, next) => {
      await load(ctx);
      if (!ctx.state.session) throw new Refused('not_logged_in');
      await next();
    },
  };
}
