import { BlockList, isIP } from 'node:net';

export type ClientAddressOf = (socketAddress: string | undefined, forwardedFor: string | undefined) => string;

/**
 * Who is calling: the socket's address, unless that is a trusted proxy. Then the rightmost address of
 * `X-Forwarded-For` that is not a trusted proxy: everything to the left of it may be invented by the caller.
 * @param trustedProxies addresses or CIDRs, as checked by the configuration
 */
export function clientAddressReader(trustedProxies: readonly string[]): ClientAddressOf {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    trusted.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return (socketAddress, forwardedFor) => {
    let client = readAddress(socketAddress ?? '') ?? 'unknown';
    if (trustedProxies.length === 0 || client === 'unknown' || forwardedFor === undefined) return client;
    const hops = forwardedFor.split(',');
    while (isTrusted(client)) {
      const hop = readAddress(hops.pop() ?? '');
      // Nothing more, or nonsense: the last proxy that we know of stands for whatever is behind it.
      if (hop === undefined) break;
      client = hop;
    }
    return client;
  };
}

/** `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711`, `::ffff:192.0.2.1` as a plain address. */
function readAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  const address = mapped ?? bare;
  return isIP(address) === 0 ? undefined : address;
}

/**
 * What counts as one network when attempts are counted: an IPv4 address, or the /64 of an IPv6 address (one household has a
 * whole /64 to itself).
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? left
      : [...left, ...new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
