import type Router from '@koa/router';

import type { KeyRing } from '../../database/foundation/keys';
import type { RequestState } from './state';

/** Where an installation says which one it is: no secret, and of no use to anybody but the check of a printed address. */
export const installationPath = '/.well-known/toki';

/** The same in every process of an installation, and in no other. */
export function installationId(keys: KeyRing): string {
  return keys.blindIndex('installation').toString('base64url');
}

export function addInstallationRoute(router: Router<RequestState>, keys: KeyRing): void {
  const id = installationId(keys);
  router.get(installationPath, (ctx) => {
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = `${id}\n`;
  });
}
