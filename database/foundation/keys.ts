import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

import { fillFromPool, pooledRandomBytes } from './random-pool';

const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;

interface Key {
  readonly id: string;
  readonly seal: KeyObject;
  readonly index: KeyObject;
  readonly master: Buffer;
}

/** A sealed value that cannot be opened: an unknown key id, or a value that was changed. */
export class SealError extends Error {
  override name = 'SealError';
}

/**
 * Seals personal data (AES-256-GCM, key id in front) and makes blind indexes (HMAC-SHA-256) under a key derived
 * apart. The first key is current; older ones still open what they sealed.
 */
export class KeyRing {
  readonly #current: Key;
  readonly #byId: ReadonlyMap<string, Key>;

  constructor(keys: readonly { id: string; master: Buffer }[]) {
    const all = keys.map(({ id, master }) => ({
      id,
      master,
      seal: derive(master, 'toki/seal'),
      index: derive(master, 'toki/index'),
    }));
    const [current] = all;
    if (!current) throw new Error('a key ring needs at least one key');
    this.#current = current;
    this.#byId = new Map(all.map((key) => [key.id, key]));
  }

  get currentKeyId(): string {
    return this.#current.id;
  }

  get keyIds(): string[] {
    return [...this.#byId.keys()];
  }

  /** Sealed: format 1 byte, key id length 1 byte, key id, nonce 12 bytes, ciphertext, tag 16 bytes. */
  seal(plain: string | Buffer): Buffer {
    return sealWith(this.#current.id, this.#current.seal, plain);
  }

  /** Opens what `seal` made under any key of the ring. Throws SealError. */
  open(sealed: Buffer): Buffer {
    return openWith((id) => this.#byId.get(id)?.seal, sealed);
  }

  /** HMAC under the current key, 32 bytes: what is stored and searched by. */
  blindIndex(text: string): Buffer {
    return createHmac('sha256', this.#current.index).update(text).digest();
  }

  /** HMACs under every key, the current first: what is looked for while a rotation is under way. */
  blindIndexes(text: string): Buffer[] {
    return [...this.#byId.values()].map((key) => createHmac('sha256', key.index).update(text).digest());
  }

  /** Keys for another purpose (payload codec, CSRF), by key id, the current first. */
  derived(purpose: string): { id: string; key: KeyObject }[] {
    return [...this.#byId.values()].map(({ id, master }) => ({ id, key: derive(master, purpose) }));
  }
}

/**
 * Reads `id=base64[,id=base64…]` (TOKI_KEYS): ids of 1–32 letters, digits, `-` or `_`; keys of 32 bytes. The first is current.
 * Throws an Error with a sentence for the person who set it; never shows a key.
 */
export function parseKeys(text: string): KeyRing {
  const keys = text.split(',').map((part, position) => {
    const match = /^\s*([A-Za-z0-9_-]{1,32})=([A-Za-z0-9+/_-]+={0,2})\s*$/.exec(part);
    const master = match?.[2] ? Buffer.from(match[2], 'base64') : undefined;
    if (!match?.[1] || master?.length !== 32)
      throw new Error(`TOKI_KEYS: key ${position + 1} must be written id=base64 of 32 bytes`);
    return { id: match[1], master };
  });
  if (new Set(keys.map((key) => key.id)).size !== keys.length)
    throw new Error('TOKI_KEYS: every key needs an id of its own');
  return new KeyRing(keys);
}

/** Opens a sealed text. Throws SealError. */
export function openText(keys: KeyRing, sealed: Buffer): string {
  return keys.open(sealed).toString('utf8');
}

/** Opens a sealed value. Only Toki seals, so what comes out is what went in: no place but this one says so. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what was sealed
export function openJson<T>(keys: KeyRing, sealed: Buffer): T {
  return JSON.parse(openText(keys, sealed)) as T;
}

/** A new value for TOKI_KEYS. `id` names the key; give a new one at each rotation. */
export function makeKeys(id: string): string {
  return `${id}=${randomBytes(32).toString('base64')}`;
}

export function sealWith(id: string, key: KeyObject, plain: string | Buffer): Buffer {
  const header = headerOf(id);
  const nonce = pooledRandomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header);
  const body = cipher.update(plain as string, 'utf8');
  cipher.final();
  return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
}

/**
 * The same as `sealWith`, written into `target`, which must have room for `sealedLimit` bytes: an import seals 800,000 rows.
 * @returns the position behind it
 */
export function sealInto(
  target: Buffer,
  at: number,
  { id, key }: { readonly id: string; readonly key: KeyObject },
  plain: string,
): number {
  const header = headerOf(id);
  const nonceAt = at + header.copy(target, at);
  fillFromPool(target, nonceAt, nonceBytes);
  let end = nonceAt + nonceBytes;
  const cipher = createCipheriv('aes-256-gcm', key, target.subarray(nonceAt, end));
  cipher.setAAD(header);
  end += cipher.update(plain, 'utf8').copy(target, end);
  cipher.final();
  return end + cipher.getAuthTag().copy(target, end);
}

/** Bytes that sealing `plain` takes at the most: a UTF-16 unit is three bytes of UTF-8 at the most. */
export function sealedLimit(id: string, plain: string): number {
  return headerOf(id).length + nonceBytes + plain.length * 3 + tagBytes;
}

const headers = new Map<string, Buffer>();

/** What is in front of everything sealed with a key: made once, an import seals 800,000 rows. */
function headerOf(id: string): Buffer {
  let header = headers.get(id);
  if (!header) {
    header = Buffer.from([formatVersion, id.length, ...Buffer.from(id, 'latin1')]);
    headers.set(id, header);
  }
  return header;
}

export function openWith(keyOf: (id: string) => KeyObject | undefined, sealed: Buffer): Buffer {
  const idLength = sealed[1];
  if (sealed[0] !== formatVersion || idLength === undefined || sealed.length < 2 + idLength + nonceBytes + tagBytes) {
    throw new SealError('not a sealed value');
  }
  const header = sealed.subarray(0, 2 + idLength);
  const id = header.toString('latin1', 2);
  const key = keyOf(id);
  if (!key) throw new SealError(`sealed with key "${id}", which is not among the keys given`);
  const nonceEnd = header.length + nonceBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(header.length, nonceEnd));
    decipher.setAAD(header);
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(nonceEnd, -tagBytes)), decipher.final()]);
  } catch {
    throw new SealError(`a value sealed with key "${id}" was changed, or "${id}" is another key than it was`);
  }
}

/** The id of the key that `sealed` was sealed with. */
export function sealedKeyId(sealed: Buffer): string {
  return sealed.toString('latin1', 2, 2 + (sealed[1] ?? 0));
}

function derive(master: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), purpose, 32)));
}
