import type { SignInLink, UserAffairs, Way } from '../../../src/session';
import { ALICE, anApp, run } from './support';

const aLink = (method: string): SignInLink => ({
  site: ALICE.site,
  user: ALICE.id,
  plugin: 'sso',
  method,
  issuer: 'https://idp.example',
  linkedAt: '2026-03-01T08:00:00.000Z',
  usedAt: '2026-03-01T08:00:00.000Z',
});

function withLinks(unlinked: (Way | undefined)[] = []) {
  const affairs: UserAffairs = {
    find: async (site, name) => (site === 'one' && name === 'alice' ? ALICE : undefined),
    records: async () => [],
    erase: async () => {},
  };
  const sessions = {
    unlock: async () => false,
    linksOf: async () => [aLink('main'), aLink('other')],
    async unlink(_user: unknown, way?: Way) {
      unlinked.push(way);
      return 1;
    },
  };
  return { createApp: async () => anApp({ affairs, sessions }) };
}

describe('sign-in:unlink', () => {
  it('says what it would forget, and stops', async () => {
    const unlinked: (Way | undefined)[] = [];
    const { code, out } = await run(['sign-in:unlink', 'alice'], withLinks(unlinked));

    expect(code).toBe(64);
    expect(out).toContain('sso.main  https://idp.example');
    expect(out).toContain('2 would be forgotten; add --yes');
    expect(unlinked).toEqual([]);
  });

  it('forgets one way in, or all', async () => {
    const unlinked: (Way | undefined)[] = [];
    const deps = withLinks(unlinked);
    const one = await run(
      ['sign-in:unlink', 'alice', '--way', 'sso.main', '--yes', '--json'],
      deps,
    );
    const all = await run(['sign-in:unlink', 'alice', '--yes'], deps);

    expect([one.code, all.code]).toEqual([0, 0]);
    expect(JSON.parse(one.out)).toMatchObject({
      user: 'alice',
      unlinked: true,
      links: [{ way: 'sso.main' }],
    });
    expect(unlinked).toEqual([{ plugin: 'sso', method: 'main' }, undefined]);
  });

  it.each([
    [['sign-in:unlink'], 'whose?'],
    [['sign-in:unlink', 'bob'], 'nobody here is called "bob"'],
    [['sign-in:unlink', 'alice', '--way', 'sso'], '--way is plugin.method'],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(argv, withLinks());

    expect(code).toBe(64);
    expect(err).toContain(message);
  });
});
