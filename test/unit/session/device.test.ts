import type { SiteId, UserId } from '../../../src/base/types';
import { deviceIdOf, deviceToken } from '../../../src/session';

const SITE = 'one' as SiteId;
const USER = 1 as UserId;
const TOKEN = 'A'.repeat(43);

describe('the token of a browser', () => {
  it('is the one of its cookie', () => {
    expect(deviceToken(TOKEN)).toBe(TOKEN);
  });

  it.each([undefined, '', 'short', `${TOKEN}A`, `${TOKEN.slice(1)} `, '../../etc/passwd'])(
    'is a new one when the cookie is none of ours: %j',
    (cookie) => {
      expect(deviceToken(cookie)).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(deviceToken(cookie)).not.toBe(cookie);
    },
  );

  it('has a name for each person and site, of which no cookie is made', () => {
    const name = deviceIdOf(TOKEN, SITE, USER);

    expect(name).not.toContain(TOKEN);
    expect(deviceIdOf(TOKEN, SITE, USER)).toBe(name);
    expect(deviceIdOf(TOKEN, SITE, 2 as UserId)).not.toBe(name);
    expect(deviceIdOf(TOKEN, 'two' as SiteId, USER)).not.toBe(name);
  });
});
