import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { OidcSettings } from '../../api/staff/staff/oidc/oidc-provider';
import { projectRoot } from '../../runtime/root';
import { Visitor } from './visitor';

export interface IdentityProvider {
  readonly settings: OidcSettings;
  /** Who sits in front of it from now on. */
  person(subject: string, claims?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Follows a browser from the provider's address to where it sends the person back; the path and query of our own address. */
  pass(authorizationUrl: string): Promise<string>;
  stop(): Promise<void>;
}

/** A running oidc-provider that sends people back to `redirectUri`. */
export async function startIdentityProvider({
  port,
  redirectUri,
}: {
  port: number;
  redirectUri: string;
}): Promise<IdentityProvider> {
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'test', 'worlds', 'identity-provider-process.mjs'), String(port), redirectUri],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error('the identity provider did not start');
    }),
  ]);
  const issuer = `http://localhost:${String(port)}`;
  return {
    settings: {
      issuer,
      clientId: 'toki',
      clientSecret: 'only-for-this-test-0123456789abcdef',
      redirectUri,
      scope: 'openid profile',
      roles: undefined,
      loginClaim: undefined,
    },
    async person(subject, claims = {}) {
      await new Visitor(issuer).post('/person', { subject, claims });
    },
    async pass(authorizationUrl) {
      const browser = new Visitor(issuer);
      let next = authorizationUrl;
      for (let hop = 0; hop < 6; hop++) {
        const { headers, status } = await browser.get(next.replace(issuer, ''));
        if (headers.location === undefined) throw new Error(`the identity provider answered ${String(status)}`);
        if (headers.location.startsWith(redirectUri)) return headers.location.slice(new URL(redirectUri).origin.length);
        next = headers.location;
      }
      throw new Error('the identity provider sends people round in circles');
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
