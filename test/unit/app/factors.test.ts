import { createAdmin } from '../../../src/app/admin';
import { createFactorsOf } from '../../../src/app/factors';
import type { SiteId, UserId } from '../../../src/base/types';
import { codeOf } from '../session/kit';

const SITE = 'culture' as SiteId;
const ALICE = 1 as UserId;
const CLOSED = { plugin: 'twofactor', reason: 'quarantined' };
const port = (answer: unknown) => ({ get: () => answer as never });

describe('the second factors of somebody', () => {
  it('are what the plugin of their site says', async () => {
    const services = port({ methods: async () => ['totp'] });
    const open = () => undefined;

    expect(await createFactorsOf(services, open)(SITE, ALICE)).toEqual(['totp']);
    expect(await createFactorsOf(port(undefined), open)(SITE, ALICE)).toEqual([]);
    expect(await createFactorsOf(port({}), open)(SITE, ALICE)).toEqual([]);
  });

  it('are not none because their plugin is not in service', async () => {
    const factorsOf = createFactorsOf(port(undefined), () => CLOSED);

    expect(await codeOf(factorsOf(SITE, ALICE))).toBe('plugin/guard-failed');
  });
});

describe('administration', () => {
  const hasFactor = (isClosed: boolean): boolean => {
    const sources = {
      config: { root: process.cwd(), sources: { plugins: { file: 'config/plugins.json' } } },
      clock: { now: () => 0 },
      meter: {},
      found: [],
      unloaded: [],
      grants: {},
      assetsDir: '/nowhere',
      services: port(undefined),
      host: { signInClosed: () => (isClosed ? CLOSED : undefined) },
    };
    return createAdmin(sources as never).hasSecondFactor(SITE);
  };

  it('asks a second factor although its plugin is not in service', () => {
    expect(hasFactor(true)).toBe(true);
    expect(hasFactor(false)).toBe(false);
  });
});
