import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import type Router from '@koa/router';

import { encodingFor } from './set-up-compression';
import type { RequestState } from './state';

export interface Assets {
  /** `/assets/site.4f1c….css` for `site.css`. Throws for a name that is not there: a bug. */
  urlOf(name: string): string;
  mount(router: Router<RequestState>): void;
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Small files in memory, compressed once. The name holds a piece of the content's hash, so browsers may keep them for a year. */
export function createAssets(files: Readonly<Record<string, string>>): Assets {
  const byUrl = new Map<string, { type: string; plain: Buffer; br: Buffer; gzip: Buffer }>();
  const urls = new Map<string, string>();
  for (const [name, text] of Object.entries(files)) {
    const plain = Buffer.from(text, 'utf8');
    const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
    const [base = '', extension = ''] = name.split('.');
    const url = `/assets/${base}.${hash}.${extension}`;
    urls.set(name, url);
    byUrl.set(url, {
      type: types[extension] ?? 'application/octet-stream',
      plain,
      br: brotliCompressSync(plain),
      gzip: gzipSync(plain, { level: 9 }),
    });
  }
  return {
    urlOf(name) {
      const url = urls.get(name);
      if (url === undefined) throw new Error(`there is no asset "${name}"`);
      return url;
    },
    mount(router) {
      router.get('/assets/:file', async (ctx, next) => {
        const asset = byUrl.get(ctx.path);
        if (!asset) {
          await next();
          return;
        }
        const encoding = encodingFor(ctx.get('Accept-Encoding'));
        ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
        ctx.vary('Accept-Encoding');
        if (encoding) ctx.set('Content-Encoding', encoding);
        ctx.type = asset.type;
        ctx.body = encoding ? asset[encoding] : asset.plain;
      });
    },
  };
}
