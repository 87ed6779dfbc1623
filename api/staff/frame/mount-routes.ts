import type Router from '@koa/router';

import type { Audit, AuditActor } from '../../../database/audit';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { sendProblem } from '../../shared/problem';
import { Refused } from '../../shared/refused';
import { isOwnOrigin } from '../../shared/request-origin';
import type { AppContext, RequestState } from '../../shared/state';
import type { StaffRoute } from './define-route';
import type { StaffSessionCheck } from './staff-session-check';

export const apiPrefix = '/api/v1';
/** Bytes. The codec takes more, without being open to everybody. */
const bodyLimitBytes = 128 * 1024;

/** Mounts what the routes say of themselves: where the request comes from, who may, what it must look like, then the handler. */
export function mountRoutes(
  router: Router<RequestState>,
  routes: readonly StaffRoute[],
  { sessionCheck, audit }: { sessionCheck: StaffSessionCheck; audit: Audit },
): void {
  for (const route of routes) {
    router[route.method](apiPrefix + route.path, async (ctx) => {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD' && !isOwnOrigin(ctx.req.headers, '', 'json'))
        throw new Refused('csrf');
      const admitted =
        route.roles === 'anyone' ? undefined : await sessionCheck.admit(ctx, route.roles, route.whileNew);
      if (admitted && !admitted.ok) {
        if (admitted.staff)
          await audit.record(actorOf(ctx, admitted.staff.staffId), {
            action: 'access.refused',
            result: admitted.staffCode,
            detail: { method: route.method, route: route.path },
          });
        // A body that nobody reads would be taken for the next request.
        if (route.streamed !== undefined) ctx.set('Connection', 'close');
        sendProblem(ctx, admitted);
        return;
      }
      const outcome = await route.run(ctx, ctx.params, actorOf(ctx, admitted?.staff.staffId), admitted?.staff);
      if ('answer' in outcome) {
        ctx.status = route.answer ? (route.status ?? 200) : 204;
        if (route.media !== undefined) ctx.type = route.media;
        if (route.answer) ctx.body = outcome.answer;
      } else if ('malformed' in outcome) sendProblem(ctx, refuse('invalid_request'), outcome.malformed);
      else if ('staffCode' in outcome) sendProblem(ctx, outcome, outcome.faults);
      else if ('faults' in outcome) sendProblem(ctx, refuse('invalid_answers'), outcome.faults);
      else sendProblem(ctx, outcome);
    });
  }
}

/** Whether a request goes to a route that reads its body by itself. */
export function isStreamed(routes: readonly StaffRoute[]): (ctx: AppContext) => boolean {
  const streamed = new Set(
    routes.flatMap(({ method, path, streamed: media }) =>
      media === undefined ? [] : [`${method.toUpperCase()} ${apiPrefix}${path}`],
    ),
  );
  return (ctx) => streamed.has(`${ctx.method} ${ctx.path}`);
}

/** Refuses large bodies of the API before they are read; a route that takes a file says how large it may be. */
export function refuseLargeBodies(
  routes: readonly StaffRoute[],
): (ctx: AppContext, next: () => Promise<unknown>) => Promise<unknown> {
  const larger = routes.flatMap(({ method, path, bodyLimitBytes: limit }) =>
    limit === undefined
      ? []
      : [{ method: method.toUpperCase(), path: new RegExp(`^${apiPrefix}${path.replace(/:\w+/g, '[^/]+')}$`), limit }],
  );
  const isExempt = isStreamed(routes);
  return (ctx, next) => {
    if (isExempt(ctx)) return next();
    const { 'content-length': length, 'transfer-encoding': chunked } = ctx.req.headers;
    const limit =
      larger.find((route) => route.method === ctx.method && route.path.test(ctx.path))?.limit ?? bodyLimitBytes;
    if (ctx.path.startsWith('/api/') && (chunked !== undefined || Number(length ?? 0) > limit))
      throw new Refused('payload_too_large', { Connection: 'close' });
    return next();
  };
}

function actorOf(ctx: AppContext, staffId: string | undefined): AuditActor {
  return {
    kind: staffId === undefined ? 'anonymous' : 'staff',
    id: staffId ?? null,
    origin: ctx.state.clientAddress,
    requestId: ctx.state.requestId,
  };
}
