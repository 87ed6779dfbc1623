import { randomUUID } from 'node:crypto';

import type Koa from 'koa';
import type { Logger } from 'pino';

import type { RequestState } from './state';

export type RequestObserver = (request: {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}) => void;

/**
 * Gives every request an id and one line in the log: method, route, status, ms. The route is the pattern
 * (`/bookings/:id`), never the path: paths, queries, bodies, cookies and addresses may say who a person is.
 */
export function setUpRequestLog(app: Koa<RequestState>, log: Logger, observe?: RequestObserver): void {
  app.use(async (ctx, next) => {
    const startedAt = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    try {
      await next();
    } finally {
      const route = (ctx as { _matchedRoute?: unknown })._matchedRoute;
      const line = {
        id: ctx.state.requestId,
        method: ctx.method,
        route: typeof route === 'string' ? route : 'none',
        status: ctx.status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
      };
      log.info(line, 'request');
      observe?.(line);
    }
  });
}
