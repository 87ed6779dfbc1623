import { clientAddressReader, networkOf } from './client-address';

describe('the client', () => {
  const plain = clientAddressReader([]);
  const proxied = clientAddressReader(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.1']);

  test.each([
    ['without trusted proxies the header counts for nothing', plain, '203.0.113.5', '1.2.3.4', '203.0.113.5'],
    ['a stranger cannot speak for others', proxied, '203.0.113.5', '1.2.3.4', '203.0.113.5'],
    [
      'behind a proxy it is the rightmost address that is none',
      proxied,
      '10.1.2.3',
      '1.2.3.4, 203.0.113.5',
      '203.0.113.5',
    ],
    ['several proxies in a row', proxied, '10.1.2.3', '1.2.3.4, 203.0.113.5, 192.0.2.1, 10.9.9.9', '203.0.113.5'],
    ['with a port', proxied, '10.1.2.3', '203.0.113.5:4711', '203.0.113.5'],
    ['IPv6, with brackets and port', proxied, '2001:db8:ffff::1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['IPv4 written as IPv6', proxied, '::ffff:10.1.2.3', '::ffff:203.0.113.5', '203.0.113.5'],
    ['nonsense: the proxy stands for whatever is behind it', proxied, '10.1.2.3', 'unknown', '10.1.2.3'],
    ['nothing but proxies: the first of them', proxied, '10.1.2.3', '10.0.0.1', '10.0.0.1'],
    ['no header', proxied, '10.1.2.3', undefined, '10.1.2.3'],
  ])('%s', (_what, read, socket, header, expected) => {
    expect(read(socket, header)).toBe(expected);
  });
});

test.each([
  ['203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::ffff', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
])('%s belongs to the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
