import { ipv6Groups, isLoopback, isRange, plainAddress } from '../../../src/base/addresses';

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['', ''],
  ])('%s is plainly %s', (remote, plain) => {
    expect(plainAddress(remote)).toBe(plain);
  });

  it.each([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:DB8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['64:ff9b::192.0.2.33', [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x221]],
    ['1:2:3:4:5:6:192.0.2.33', [1, 2, 3, 4, 5, 6, 0xc000, 0x221]],
  ])('%s has its groups', (address, groups) => {
    expect(ipv6Groups(address)).toEqual(groups);
  });
});

describe('this machine', () => {
  it.each(['localhost', 'a.localhost', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])(
    'is %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );
  it.each(['128.0.0.1', '127.0.0.1.example', 'localhost.example', '::2', '127.1', ''])(
    'is not %j',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});

it.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['2001:db8::/32', true],
  ['10.0.0.0/33', false],
  ['2001:db8::/129', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/-1', false],
  ['loopback', false],
])('%s is a range: %s', (text, is) => {
  expect(isRange(text)).toBe(is);
});
