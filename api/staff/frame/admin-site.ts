import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import { encodingFor } from '../../shared/set-up-compression';
import type { AppContext, AppMiddleware } from '../../shared/state';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
};
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) } as const;
/** Stands in the built page where Angular reads the nonce for its styles; a word, so that no formatter takes it apart. */
const noncePlaceholder = 'nonce-of-this-answer';
/** The build's names hold a hash of the content: such a file never changes. */
const hashed = /-[A-Z0-9]{8}\.\w+$/;

/**
 * Serves the built Angular admin from `folder`: its files by their names, and its one page for whatever else a browser opens, because
 * the paths of the admin are known to the admin alone. Without a build, a sentence that says how to make one.
 */
export function createAdminSite({ folder }: { readonly folder: string }): AppMiddleware {
  if (!existsSync(join(folder, 'index.html'))) {
    return async (ctx, next) => {
      if (ctx.path !== '/') {
        await next();
        return;
      }
      ctx.status = 503;
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = 'The admin has not been built: run "npm run build".\n';
    };
  }
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const files = new Set(
    readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile() && name !== 'index.html'),
  );
  const compressed = new Map<string, Promise<Buffer>>();

  /** Compressed at the first request, then kept. */
  const body = (name: string, encoding: keyof typeof compress): Promise<Buffer> => {
    const key = `${encoding} ${name}`;
    let made = compressed.get(key);
    if (!made) {
      const plain = readFileSync(join(folder, name));
      made =
        encoding === 'br'
          ? compress.br(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
          : compress.gzip(plain, { level: 9 });
      compressed.set(key, made);
    }
    return made;
  };

  const sendPage = (ctx: AppContext): void => {
    const { nonce } = ctx.state;
    ctx.set(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'`,
    );
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = page.replaceAll(noncePlaceholder, nonce);
  };

  return async (ctx, next) => {
    const reading = ctx.method === 'GET' || ctx.method === 'HEAD';
    const name = ctx.path.slice(1);
    if (reading && files.has(name)) {
      const encoding = encodingFor(ctx.get('Accept-Encoding'));
      ctx.set('Cache-Control', hashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
      ctx.vary('Accept-Encoding');
      if (encoding) ctx.set('Content-Encoding', encoding);
      ctx.type = types[extname(name)] ?? 'application/octet-stream';
      ctx.body = encoding ? await body(name, encoding) : createReadStream(join(folder, name));
    } else if (
      reading &&
      /^\/(?!api\/|assets\/|codec\b)[^.]*$/.test(ctx.path) &&
      ctx.accepts('html', 'json') === 'html'
    )
      sendPage(ctx);
    else await next();
  };
}
