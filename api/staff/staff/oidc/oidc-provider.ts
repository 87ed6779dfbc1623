import * as client from 'openid-client';

import type { ProvidedPerson } from '../../../../database/staff';
import { refuseStaff, type StaffRefusal } from '../../../../domain/staff/refusals';
import type { StaffRole } from '../../../../domain/staff/roles';
import { claimValues } from './claims';

/** How this installation speaks with the city's identity provider. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** None: a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  /** Separated by spaces; contains `openid`. */
  readonly scope: string;
  /** The claim that holds roles, and which of its values means which of ours, the strongest first. None: roles are kept here. */
  readonly roles:
    | { readonly claim: string; readonly map: readonly { readonly value: string; readonly role: StaffRole }[] }
    | undefined;
  /** The claim that is the login of accounts not linked yet. None: nobody is linked by a name. */
  readonly loginClaim: string | undefined;
}

/** What must be the same when the person comes back. Never leaves the server but sealed. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type OidcProvider = ReturnType<typeof createOidcProvider>;

/** Seconds that the provider may take for an answer. */
const patienceS = 5;

/** The city's identity provider: authorization code with PKCE, state and nonce. Found when it is first needed, and again until it answers. */
export function createOidcProvider({
  issuer,
  clientId,
  clientSecret,
  redirectUri,
  scope,
  roles,
  loginClaim,
}: OidcSettings) {
  let found: Promise<client.Configuration> | undefined;

  async function configuration(): Promise<client.Configuration> {
    const isPlain = issuer.startsWith('http:');
    found ??= client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret),
      {
        timeout: patienceS,
        // The settings allow plain http to this machine only.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out
        execute: isPlain ? [client.allowInsecureRequests] : [],
      },
    );
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  }

  async function personOf(
    config: client.Configuration,
    tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
  ): Promise<ProvidedPerson | undefined> {
    const idToken = tokens.claims();
    if (!idToken) return undefined;
    const wanted = [roles?.claim, loginClaim, 'name'].filter((name) => name !== undefined);
    // Many providers tell more at the userinfo endpoint than in the token.
    const more =
      config.serverMetadata().userinfo_endpoint !== undefined &&
      wanted.some((name) => claimValues(idToken, name).length === 0);
    const claims = {
      ...(more ? await client.fetchUserInfo(config, tokens.access_token, idToken.sub) : {}),
      ...idToken,
    };
    const has = roles && new Set(claimValues(claims, roles.claim));
    return {
      issuer: idToken.iss,
      subject: idToken.sub,
      login:
        loginClaim === undefined
          ? undefined
          : claimValues(claims, loginClaim)[0]?.normalize('NFKC').trim().toLowerCase(),
      name: claimValues(claims, 'name')[0]?.trim().slice(0, 100),
      role: roles && (roles.map.find(({ value }) => has?.has(value))?.role ?? null),
    };
  }

  return {
    /** Where to send the person, and what to keep until they come back. */
    async begin(): Promise<{ readonly ok: true; readonly url: string; readonly attempt: OidcAttempt } | StaffRefusal> {
      try {
        const config = await configuration();
        const attempt = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const url = client.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        });
        return { ok: true, url: url.href, attempt };
      } catch (error) {
        return refusalOf(error);
      }
    },

    /** Who came back. `query`: what the provider added to our address, with its `?`. */
    async finish(
      query: string,
      { state, nonce, verifier }: OidcAttempt,
    ): Promise<{ readonly ok: true; readonly person: ProvidedPerson } | StaffRefusal> {
      try {
        const config = await configuration();
        const tokens = await client.authorizationCodeGrant(config, new URL(query, redirectUri), {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const person = await personOf(config, tokens);
        return person ? { ok: true, person } : refuseStaff('oidc_rejected');
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

/** What the provider itself refused, or what does not fit together, is not the same as no provider at all. */
function refusalOf(error: unknown): StaffRefusal {
  if (error instanceof client.AuthorizationResponseError)
    return refuseStaff(
      error.error === 'temporarily_unavailable' || error.error === 'server_error'
        ? 'oidc_unavailable'
        : 'oidc_rejected',
    );
  if (error instanceof client.ResponseBodyError)
    return refuseStaff(error.status >= 500 ? 'oidc_unavailable' : 'oidc_rejected');
  if (isAway(error)) return refuseStaff('oidc_unavailable');
  if (error instanceof client.ClientError) return refuseStaff('oidc_rejected');
  throw error;
}

/** No answer, none in time, or one that only a broken server gives. The library wraps what it got: the reason lies underneath. */
const awayCodes: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
];

function isAway(error: unknown): boolean {
  if (!(typeof error === 'object' && error !== null)) return false;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  return awayCodes.includes(code) || message === 'fetch failed' || isAway(cause);
}
