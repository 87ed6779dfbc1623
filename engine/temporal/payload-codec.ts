import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

import type { KeyRing } from '../../database/foundation/keys';

const encoding = 'binary/encrypted';
const nonceBytes = 12;
const tagBytes = 16;

/** A payload that cannot be read: sealed with a key that is not given, or changed on the way. Never holds its content. */
export class PayloadCodecError extends Error {
  override name = 'PayloadCodecError';
}

/**
 * Encrypts everything that Toki keeps in Temporal (AES-256-GCM). The id of the key is in the metadata
 * `encryption-key-id`, so what was written with an older key of the ring stays readable; payloads that are not
 * encrypted pass unchanged. Data: nonce 12 bytes, ciphertext, tag 16 bytes. Plain: the payload as protobuf.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #current: { readonly id: string; readonly key: KeyObject };

  constructor(keys: KeyRing) {
    const derived = keys.derived('toki/codec');
    const [current] = derived;
    if (!current) throw new Error('a key ring has at least one key');
    this.#current = current;
    this.#keys = new Map(derived.map(({ id, key }) => [id, key]));
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#seal(payload)));
  }

  /** @throws PayloadCodecError */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve().then(() =>
      payloads.map((payload) => (isEncrypted(payload) ? this.#open(payload) : payload)),
    );
  }

  #seal(payload: Payload): Payload {
    const { id, key } = this.#current;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(id));
    const body = cipher.update(temporal.api.common.v1.Payload.encode(payload).finish());
    cipher.final();
    return {
      metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(id) },
      data: Buffer.concat([nonce, body, cipher.getAuthTag()]),
    };
  }

  #open(payload: Payload): Payload {
    const id = Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString();
    const key = this.#keys.get(id);
    if (!key)
      throw new PayloadCodecError(`a payload was encrypted with key "${id}", which is not among the keys given`);
    const data = Buffer.from(payload.data ?? []);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(data.subarray(-tagBytes));
      const plain = Buffer.concat([decipher.update(data.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      const { metadata, data: inner } = temporal.api.common.v1.Payload.decode(plain);
      return { metadata, data: inner };
    } catch {
      throw new PayloadCodecError(
        `a payload encrypted with key "${id}" was changed, or "${id}" is another key than it was`,
      );
    }
  }
}

function isEncrypted(payload: Payload): boolean {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === encoding;
}
