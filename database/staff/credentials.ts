import { createHash, randomBytes } from 'node:crypto';

import { hash, verify } from '@node-rs/argon2';
import { Secret, TOTP } from 'otpauth';

/** Argon2id; memory in KiB. */
const argon2 = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;
const periodS = 30;
/** Clocks of telephones are off by some seconds: one period before and after counts too. */
const window = 1;
const recoveryCodes = 8;
/** Without what is mistaken for something else when read from paper: 0 1 i l o. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

export function makeOneTimePassword(): string {
  return groups(4);
}

/** A secret for one-time codes, in base32. */
export function makeTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The secret for the authenticator app, as a link or a QR code. */
export function enrolmentUriOf(secret: string, login: string): string {
  return totpOf(secret, login).toString();
}

/** Codes to be kept on paper, and what is kept of them here. */
export function makeRecoveryCodes(): { readonly codes: readonly string[]; readonly hashes: readonly Buffer[] } {
  const codes = Array.from({ length: recoveryCodes }, () => groups(4));
  return { codes, hashes: codes.map(recoveryHash) };
}

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), argon2);
}

export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password.normalize('NFKC'));
}

/** The 30-second period whose code this is, or undefined where it is none of those around `now`. */
export function totpStep(secret: string, code: string, now: Date): number | undefined {
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now.getTime(), window });
  return delta === null ? undefined : Math.floor(now.getTime() / 1000 / periodS) + delta;
}

/** The code of a secret at `now`, as the authenticator app shows it. */
export function totpCode(secret: string, now: Date): string {
  return totpOf(secret, '').generate({ timestamp: now.getTime() });
}

/** 78 bits of chance need no slow hash. Spaces, hyphens and capitals do not matter. */
export function recoveryHash(code: string): Buffer {
  return createHash('sha256').update(code.toLowerCase().replace(/[\s-]/g, '')).digest();
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Toki',
    label: label === '' ? 'Toki' : label,
    secret: Secret.fromBase32(secret),
    digits: 6,
    period: periodS,
  });
}

/** `count` groups of four letters. Bytes above the last whole multiple are thrown away: every letter is equally likely. */
function groups(count: number): string {
  let text = '';
  while (text.length < count * 4) {
    for (const byte of randomBytes(32))
      if (byte < 248 && text.length < count * 4) text += letters[byte % letters.length] ?? '';
  }
  return (text.match(/.{4}/g) ?? []).join('-');
}
