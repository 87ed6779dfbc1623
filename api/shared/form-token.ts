import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The token that proves a form is ours: HMAC over a secret of the visitor's own (session cookie, or a random cookie before the log-in). It is masked
 * again for every page, because compressed pages leak what stays the same in them.
 */
export interface FormTokens {
  make(secret: string): string;
  check(token: unknown, secret: string): boolean;
}

const tokenBytes = 32;

/** @param derived the current key first; older ones still check what they made */
export function createFormTokens(derived: readonly { readonly key: KeyObject }[]): FormTokens {
  const tagsOf = (secret: string): Buffer[] =>
    derived.map(({ key }) => createHmac('sha256', key).update(secret).digest());
  return {
    make(secret) {
      const mask = randomBytes(tokenBytes);
      const [tag = mask] = tagsOf(secret);
      return Buffer.concat([mask, xor(mask, tag)]).toString('base64url');
    },
    check(token, secret) {
      if (typeof token !== 'string' || token.length > 200) return false;
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== 2 * tokenBytes) return false;
      const tag = xor(bytes.subarray(0, tokenBytes), bytes.subarray(tokenBytes));
      return tagsOf(secret).some((expected) => timingSafeEqual(expected, tag));
    },
  };
}

function xor(a: Buffer, b: Buffer): Buffer {
  const result = Buffer.alloc(a.length);
  for (let index = 0; index < a.length; index++) result[index] = (a[index] ?? 0) ^ (b[index] ?? 0);
  return result;
}
