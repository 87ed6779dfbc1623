import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type Koa from 'koa';

import type { RequestState } from './state';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
/** Below this the answer fits into one packet anyway, and booking requests stay out of the compressor. */
const worthBytes = 1_200;
const compressible = /^(text\/|application\/(json|problem\+json)|image\/svg)/;

export type Encoding = 'br' | 'gzip';

/** The encoding to answer with, by `Accept-Encoding`; a `q=0` counts as no. */
export function encodingFor(accept: string | undefined): Encoding | undefined {
  const offered = new Set(
    (accept ?? '').split(',').flatMap((part) => {
      const [name = '', ...parameters] = part.split(';').map((item) => item.trim().toLowerCase());
      return parameters.some((item) => /^q=0(\.0*)?$/.test(item)) ? [] : [name];
    }),
  );
  return offered.has('br') ? 'br' : offered.has('gzip') ? 'gzip' : undefined;
}

/** Pages and long lists travel compressed: on a phone with a weak signal this is most of the waiting. */
export function setUpCompression(app: Koa<RequestState>): void {
  app.use(async (ctx, next) => {
    await next();
    const body: unknown = ctx.body;
    if (
      typeof body !== 'string' ||
      body.length < worthBytes ||
      ctx.res.hasHeader('Content-Encoding') ||
      !compressible.test(ctx.type)
    )
      return;
    ctx.vary('Accept-Encoding');
    const encoding = encodingFor(ctx.get('Accept-Encoding'));
    if (encoding === undefined || ctx.method === 'HEAD') return;
    const bytes = Buffer.from(body, 'utf8');
    ctx.body =
      encoding === 'br'
        ? await compressBrotli(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
          })
        : await compressGzip(bytes, { level: 6 });
    ctx.set('Content-Encoding', encoding);
  });
}
