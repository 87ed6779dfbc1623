import type { Context, Middleware, ParameterizedContext } from 'koa';

import type { Session } from '../../database/residents';

/** What the middleware of both apps leaves for the handlers. */
export interface RequestState {
  /** One per request, in the log, in problem documents and in the `X-Request-Id` header. */
  requestId: string;
  /** The socket's address, or what trusted proxies say. */
  clientAddress: string;
  /** Of the Content-Security-Policy of this answer; pages only. */
  nonce: string;
  /** Fields of a form, or the object of a JSON body; undefined when there was no body. */
  body: Readonly<Record<string, unknown>> | undefined;
  session: Session | undefined;
}

export type AppContext = ParameterizedContext<RequestState> & Pick<Context, 'cookies'>;
export type AppMiddleware = Middleware<RequestState>;

/** Programs speak under these; everything else is a page for people. */
export function wantsJson(ctx: { readonly path: string }): boolean {
  return ctx.path.startsWith('/api/') || ctx.path.startsWith('/codec/');
}
