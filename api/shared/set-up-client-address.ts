import type Koa from 'koa';

import { clientAddressReader } from './client-address';
import type { RequestState } from './state';

export function setUpClientAddress(app: Koa<RequestState>, trustedProxies: readonly string[]): void {
  const clientAddressOf = clientAddressReader(trustedProxies);
  app.use((ctx, next) => {
    const forwarded = ctx.req.headers['x-forwarded-for'];
    ctx.state.clientAddress = clientAddressOf(
      ctx.req.socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    );
    return next();
  });
}
