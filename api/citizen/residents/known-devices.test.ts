import { createSecretKey, randomBytes } from 'node:crypto';

import { createKnownDevices } from './known-devices';

const keyOf = () => ({ key: createSecretKey(randomBytes(32)) });
const devices = createKnownDevices([keyOf()]);

test('a device knows the coupons of its log-ins, and keeps its id', () => {
  const first = devices.remember(undefined, '1111111111');
  const both = devices.remember(first, '2222222222');
  expect(devices.read(first)?.knows('1111111111')).toBe(true);
  expect(devices.read(first)?.knows('2222222222')).toBe(false);
  expect(devices.read(both)?.knows('1111111111')).toBe(true);
  expect(devices.read(both)?.knows('2222222222')).toBe(true);
  expect(devices.read(both)?.id).toBe(devices.read(first)?.id);
});

test('the last six are kept, one log-in after the other changes nothing', () => {
  let cookie: string | undefined;
  for (let turn = 0; turn < 9; turn++) cookie = devices.remember(cookie, `000000000${String(turn)}`);
  expect([0, 1, 2, 3, 8].map((turn) => devices.read(cookie)?.knows(`000000000${String(turn)}`))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(devices.remember(cookie, '0000000008')).toBe(cookie);
});

test('nobody else can write one, and it names no number', () => {
  const cookie = devices.remember(undefined, '1111111111');
  expect(cookie).not.toContain('1111111111');
  expect(createKnownDevices([keyOf()]).read(cookie)?.knows('1111111111')).toBe(false);
  const [id = '', mark = ''] = cookie.split('.');
  expect(devices.read(`${'A'.repeat(22)}.${mark}`)?.knows('1111111111')).toBe(false);
  for (const broken of [undefined, '', 'x', `${id}.${'x.'.repeat(50)}`, `${id}%00.${mark}`])
    expect(devices.read(broken)).toBeUndefined();
});
