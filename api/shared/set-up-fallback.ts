import type Koa from 'koa';

import { Refused } from './refused';
import type { RequestState } from './state';

interface RoutedContext {
  readonly matched?: readonly { readonly methods: readonly string[] }[];
}

/** Last in line, for what no router answered: the path is known with other methods (405), or not at all (404). */
export function setUpFallback(app: Koa<RequestState>): void {
  app.use((ctx) => {
    const methods = [...new Set((ctx as RoutedContext).matched?.flatMap((layer) => layer.methods))];
    if (methods.length === 0 || methods.includes(ctx.method)) throw new Refused('not_found');
    const allow = { Allow: methods.join(', ') };
    if (ctx.method !== 'OPTIONS') throw new Refused('method_not_allowed', allow);
    ctx.set(allow);
    ctx.status = 204;
  });
}
