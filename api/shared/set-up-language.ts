import type Koa from 'koa';

import type { RequestState } from './state';

/** All texts are Japanese so far; said in the header too, for translators and search engines. */
export function setUpLanguage(app: Koa<RequestState>): void {
  app.use((ctx, next) => {
    ctx.res.setHeader('Content-Language', 'ja');
    return next();
  });
}
