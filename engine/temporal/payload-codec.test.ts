import { defaultPayloadConverter } from '@temporalio/common';

import { makeKeys, parseKeys } from '../../database/foundation/keys';
import { EncryptionCodec, PayloadCodecError } from './payload-codec';

const first = makeKeys('k1');
const second = makeKeys('k2');
const value = { bookingId: '0198', 会場: '桜木会場' };

async function sealed(keys: string) {
  const [payload] = await new EncryptionCodec(parseKeys(keys)).encode([defaultPayloadConverter.toPayload(value)]);
  if (!payload) throw new Error('nothing encoded');
  return payload;
}

async function opened(keys: string, payload: Awaited<ReturnType<typeof sealed>>) {
  const [plain] = await new EncryptionCodec(parseKeys(keys)).decode([payload]);
  if (!plain) throw new Error('nothing decoded');
  return defaultPayloadConverter.fromPayload(plain);
}

test('what goes in comes out, and cannot be read in between', async () => {
  const payload = await sealed(first);
  expect(Buffer.from(payload.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
  expect(Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString()).toBe('k1');
  expect(Buffer.from(payload.data ?? []).toString()).not.toContain('0198');
  expect(await opened(first, payload)).toEqual(value);
});

test('the same value never looks the same', async () => {
  const [one, other] = [await sealed(first), await sealed(first)];
  expect(Buffer.from(one.data ?? []).equals(Buffer.from(other.data ?? []))).toBe(false);
});

test('after a rotation the new key writes and the old one still reads', async () => {
  const old = await sealed(first);
  expect(await opened(`${second},${first}`, old)).toEqual(value);
  expect(Buffer.from((await sealed(`${second},${first}`)).metadata?.['encryption-key-id'] ?? []).toString()).toBe('k2');
});

test('an unknown key, a changed payload and another key under the same id are refused', async () => {
  const payload = await sealed(first);
  await expect(opened(second, payload)).rejects.toThrow(PayloadCodecError);
  await expect(opened(makeKeys('k1'), payload)).rejects.toThrow(PayloadCodecError);
  const changed = Buffer.from(payload.data ?? []);
  changed[20] = (changed[20] ?? 0) ^ 1;
  await expect(opened(first, { ...payload, data: changed })).rejects.toThrow(PayloadCodecError);
});

test('payloads that are not encrypted pass unchanged', async () => {
  const plain = defaultPayloadConverter.toPayload(value);
  expect(await new EncryptionCodec(parseKeys(first)).decode([plain])).toEqual([plain]);
});
