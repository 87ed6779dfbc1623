import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a cookie says of the device it sits on. */
export interface KnownDevice {
  /** Random; counts failures of this device apart. */
  readonly id: string;
  /** Whether a person logged in with this coupon number here before. */
  knows(couponNumber: string): boolean;
}

export interface KnownDevices {
  /** `undefined` for no cookie or one that we did not write. */
  read(cookie: string | undefined): KnownDevice | undefined;
  /** The cookie after a log-in with `couponNumber`. */
  remember(cookie: string | undefined, couponNumber: string): string;
}

/** A household shares a telephone: the last six numbers are kept. */
const rememberedCoupons = 6;
const idBytes = 16;
const markBytes = 12;

/**
 * A device is known by `<id>.<mark>.<mark>…`, each mark the HMAC of id and coupon number. Only we can write one, and nobody can tell from
 * one whose it is.
 * @param derived keys of their own purpose, the current one first
 */
export function createKnownDevices(derived: readonly { readonly key: KeyObject }[]): KnownDevices {
  const marksOf = (id: string, couponNumber: string): Buffer[] =>
    derived.map(({ key }) => createHmac('sha256', key).update(`${id} ${couponNumber}`).digest().subarray(0, markBytes));
  const parse = (cookie: string | undefined): { id: string; marks: string[] } | undefined => {
    const [id = '', ...marks] = (cookie ?? '').split('.');
    return /^[A-Za-z0-9_-]{22}$/.test(id) && marks.length <= rememberedCoupons ? { id, marks } : undefined;
  };
  return {
    read(cookie) {
      const parsed = parse(cookie);
      if (!parsed) return undefined;
      return {
        id: parsed.id,
        knows(couponNumber) {
          const expected = marksOf(parsed.id, couponNumber);
          const given = parsed.marks
            .map((mark) => Buffer.from(mark, 'base64url'))
            .filter((mark) => mark.length === markBytes);
          return given.some((mark) => expected.some((other) => timingSafeEqual(mark, other)));
        },
      };
    },
    remember(cookie, couponNumber) {
      const parsed = parse(cookie);
      const id = parsed?.id ?? randomBytes(idBytes).toString('base64url');
      const mark = marksOf(id, couponNumber)[0]?.toString('base64url') ?? '';
      const others = (parsed?.marks ?? []).filter((item) => item !== mark);
      return [id, mark, ...others.slice(0, rememberedCoupons - 1)].join('.');
    },
  };
}
