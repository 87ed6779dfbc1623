import { z } from 'zod';

import { type KeyRing, openJson } from '../../../../database/foundation/keys';
import type { ProvidedPerson } from '../../../../database/staff';
import { refuseStaff, type StaffRefusal } from '../../../../domain/staff/refusals';
import type { OidcProvider } from './oidc-provider';

/** Minutes that a person may take at the provider. */
export const attemptMinutes = 10;

const kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  linkTo: z.string().nullable(),
  at: z.number(),
});

/** What the log-in through the provider needs to know of its beginning. */
export interface OidcPurpose {
  /** A path of ours. */
  readonly returnTo: string;
  /** The account to be linked, or null for a log-in. */
  readonly linkTo: string | null;
}

export type OidcLogIn = ReturnType<typeof createOidcLogIn>;

/**
 * The way to the provider and back. What must match afterwards goes along in a sealed cookie: it belongs to this one browser,
 * nobody can read or make it, and nothing is stored for those who never come back.
 */
export function createOidcLogIn({ provider, keys, label }: { provider: OidcProvider; keys: KeyRing; label: string }) {
  return {
    /** What the button says. */
    label,

    async begin(
      purpose: OidcPurpose,
    ): Promise<{ readonly ok: true; readonly url: string; readonly cookie: string } | StaffRefusal> {
      const begun = await provider.begin();
      if (!begun.ok) return begun;
      const cookie = keys.seal(JSON.stringify({ ...begun.attempt, ...purpose, at: Date.now() })).toString('base64url');
      return { ok: true, url: begun.url, cookie };
    },

    /** @param query of our own address when the person came back, with its `?` */
    async finish(
      query: string,
      cookie: string | undefined,
    ): Promise<
      | { readonly ok: true; readonly person: ProvidedPerson; readonly purpose: OidcPurpose }
      | (StaffRefusal & { readonly purpose?: OidcPurpose })
    > {
      const attempt = open(cookie);
      if (!attempt || Date.now() - attempt.at > attemptMinutes * 60_000) return refuseStaff('oidc_stale');
      const purpose = { returnTo: attempt.returnTo, linkTo: attempt.linkTo };
      if (new URLSearchParams(query).get('state') !== attempt.state) return { ...refuseStaff('oidc_stale'), purpose };
      const finished = await provider.finish(query, attempt);
      return { ...finished, purpose };
    },
  };

  function open(cookie: string | undefined): z.infer<typeof kept> | undefined {
    if (cookie === undefined || cookie.length > 4_000) return undefined;
    try {
      return kept.parse(openJson(keys, Buffer.from(cookie, 'base64url')));
    } catch {
      // Another person's, or of a key that is gone.
      return undefined;
    }
  }
}

/** A path of our own pages; everything else would lead people away. */
export function ownPath(text: string | undefined): string {
  if (text === undefined || text.length > 1_000 || !text.startsWith('/')) return '/';
  const base = 'http://own.invalid';
  if (!URL.canParse(text, base)) return '/';
  const url = new URL(text, base);
  return url.origin === base ? `${url.pathname}${url.search}${url.hash}` : '/';
}
