import type { SiteId, UserId } from '../../../src/base/types';
import { createDeviceCookies, createKeyRing, deviceIdOf } from '../../../src/session';
import { SERVER_KEY } from './kit';

const SITE = 'one' as SiteId;
const USER = 1 as UserId;
const [A, B] = ['A'.repeat(43), 'B'.repeat(43)];
const OTHER_KEY = { id: 2, secret: Buffer.alloc(32, 9) };
const cookies = createDeviceCookies(createKeyRing([SERVER_KEY]));

describe('the cookie of a browser', () => {
  it('holds the tokens that we gave it, the last used first', () => {
    expect(cookies.read(cookies.write([B, A]))).toEqual([B, A]);
  });

  it('has room for four people, of whom the one who was there longest ago makes room', () => {
    const five = ['C', 'D', 'E', 'F', 'G'].map((letter) => letter.repeat(43));
    expect(cookies.read(cookies.write(five))).toEqual(five.slice(0, 4));
  });

  it('is nothing when it is none of ours', () => {
    const own = cookies.write([A]);
    const foreign = createDeviceCookies(createKeyRing([{ ...OTHER_KEY, id: 1 }])).write([A]);
    const [, mark = ''] = own.split('.');
    for (const cookie of [
      undefined,
      '',
      A,
      foreign,
      `${B}.${mark}`,
      `${B}.${own}`,
      `${own}A`,
      own.slice(1),
      '../../etc/passwd',
    ]) {
      expect(cookies.read(cookie)).toEqual([]);
    }
  });

  it('goes on under a new server key while the former one is kept', () => {
    const renewed = createDeviceCookies(createKeyRing([OTHER_KEY, SERVER_KEY]));
    expect(renewed.read(cookies.write([A]))).toEqual([A]);
    expect(createDeviceCookies(createKeyRing([OTHER_KEY])).read(cookies.write([A]))).toEqual([]);
  });

  it('gives a name for each person and site, of which no cookie is made', () => {
    const name = deviceIdOf(A, SITE, USER);

    expect(name).not.toContain(A);
    expect(deviceIdOf(A, SITE, USER)).toBe(name);
    expect(deviceIdOf(A, SITE, 2 as UserId)).not.toBe(name);
    expect(deviceIdOf(A, 'two' as SiteId, USER)).not.toBe(name);
  });
});
