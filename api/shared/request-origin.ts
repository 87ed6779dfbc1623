import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request that changes something comes from our own pages, as far as the browser tells: `Sec-Fetch-Site` where there is one,
 * otherwise `Origin`. Programs send neither and pass here.
 *
 * With `Referrer-Policy: no-referrer` a browser sends `Origin: null` with our own forms. So `null` passes for forms (their token decides),
 * and beside `Sec-Fetch-Site: same-origin`; for JSON without it `null` is the sandbox of another site.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicOrigin: string, kind: 'form' | 'json'): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (origin === 'null') return kind === 'form';
  return (
    origin === publicOrigin || (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`))
  );
}
