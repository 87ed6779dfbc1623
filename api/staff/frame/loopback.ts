import { isIP } from 'node:net';

import { Refused } from '../../shared/refused';
import type { AppMiddleware } from '../../shared/state';

const ownNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Only for this very machine, and only directly: not through a proxy that happens to run here, and not under a foreign name that was made to
 * point here. To everybody else the page does not exist.
 */
export const loopbackOnly: AppMiddleware = async (ctx, next) => {
  const { remoteAddress } = ctx.req.socket;
  const { host, forwarded, 'x-forwarded-for': forwardedFor } = ctx.req.headers;
  const name = (host ?? '').replace(/:\d+$/, '');
  if (!isLoopback(remoteAddress) || forwarded !== undefined || forwardedFor !== undefined || !ownNames.has(name))
    throw new Refused('not_found');
  await next();
};

function isLoopback(address: string | undefined): boolean {
  const plain = (address ?? '').replace(/^::ffff:/i, '');
  return isIP(plain) !== 0 && (plain === '::1' || plain.startsWith('127.'));
}
