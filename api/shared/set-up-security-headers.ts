import { randomBytes } from 'node:crypto';

import type Koa from 'koa';

import { type RequestState, wantsJson } from './state';

const policyOfData = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/**
 * The headers of every answer. Pages get a Content-Security-Policy with a nonce for our own style and script files, data gets one that
 * allows nothing. Personal by default: whatever may be cached says so itself, later.
 */
export function setUpSecurityHeaders(app: Koa<RequestState>, { https }: { https: boolean }): void {
  const always: Record<string, string> = {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cache-Control': 'no-store',
    ...(https ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  };
  const names = Object.keys(always);
  app.use((ctx, next) => {
    const { res } = ctx;
    for (const name of names) res.setHeader(name, always[name] ?? '');
    if (wantsJson(ctx)) {
      res.setHeader('Content-Security-Policy', policyOfData);
    } else {
      const nonce = randomBytes(16).toString('base64');
      ctx.state.nonce = nonce;
      res.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self'; form-action 'self'; connect-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'`,
      );
    }
    return next();
  });
}
