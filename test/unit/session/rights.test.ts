import type { SiteId } from '../../../src/base/types';
import { can, createActor, isLocalPath, landingPage } from '../../../src/session';
import { aBench, aPrincipal, type Bench } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());
const scope = () => ({ site: bench.site.id });

describe('permissions', () => {
  it('are those of the site, less what a plugin refuses', async () => {
    const { session } = await bench.signIn();
    bench.hooks.on('quiet', 'access:granting', ({ permission }) =>
      permission === 'mail.send' ? { deny: true, code: 'quiet' } : undefined,
    );

    expect(await can(bench, scope(), session, 'mail.read')).toBe(true);
    expect(await can(bench, scope(), session, 'mail.send')).toBe(false);
    expect(await can(bench, scope(), session, 'admin.sites')).toBe(false);
  });

  it('are for groups of the site where one lists them', async () => {
    const group = (id: string, login: string, permissions: string[]) => ({
      id,
      title: id,
      match: { logins: [login] },
      plugins: {},
      locked: [],
      permissions,
    });
    bench.site = {
      ...bench.site,
      groups: [
        group('own', 'alice', ['admin.access', 'notes.share']),
        group('other', 'bruno', ['admin.platform']),
      ],
    };
    const { session } = await bench.signIn();
    const { session: bruno } = await bench.signIn({ login: 'bruno', password: 'battery staple' });

    expect(session.user.groups).toEqual(['own']);
    expect(await can(bench, scope(), session, 'admin.access')).toBe(true);
    expect(await can(bench, scope(), session, 'admin.platform')).toBe(false);
    expect(await can(bench, scope(), session, 'notes.share')).toBe(true);
    expect(await can(bench, scope(), bruno, 'notes.share')).toBe(false);
    expect(await can(bench, scope(), bruno, 'mail.read')).toBe(true);
  });

  it('forget a group that the person has left at the next sign-in', async () => {
    const group = { id: 'own', title: 'Own', match: { logins: ['alice'] } };
    const rest = { plugins: {}, locked: [], permissions: [] };
    const { site } = bench;
    bench.site = { ...site, groups: [{ ...group, ...rest }] };
    await bench.signIn();
    bench.site = { ...site, groups: [{ ...group, ...rest, match: { logins: ['bruno'] } }] };

    const { session } = await bench.signIn();

    expect(session.user.groups).toEqual([]);
    expect((await bench.users.list(site.id)).map(({ login, groups }) => [login, groups])).toEqual([
      ['alice', []],
    ]);
  });

  it('are refused when a guard fails', async () => {
    const { session } = await bench.signIn();
    bench.hooks.on('broken', 'access:granting', () => {
      throw new Error('bug');
    });

    expect(await can(bench, scope(), session, 'mail.read')).toBe(false);
  });

  it('are none before the session is open, or on another site', async () => {
    const open = (await bench.signIn()).session;
    const other = { site: 'sport' as SiteId };
    bench.hooks.on('factor', 'session:challenges', () => [
      { id: 'totp', label: 'x', satisfied: false },
    ]);
    const half = (await bench.signIn()).session;

    expect(await can(bench, other, open, 'mail.read')).toBe(false);
    expect(await can(bench, scope(), half, 'mail.read')).toBe(false);
  });
});

describe('the actor of a request', () => {
  it('opens the credential only when asked', async () => {
    const { bearer, session } = await bench.signIn();
    const loaded = await bench.sessions.load(bearer, bench.site, { touch: false });
    if (!loaded) throw new Error('no session');

    const actor = createActor(loaded, bench.site, {
      requestId: 'REQ',
      locale: 'en',
      budget: { leftMs: 150 },
    });
    expect(actor).toMatchObject({
      user: session.user,
      locale: 'en',
      scope: { site: 'culture', requestId: 'REQ', budget: { leftMs: 150 } },
    });
    expect(JSON.stringify(actor)).not.toContain('correct horse');
    expect(await actor.credential(bench.site.imap)).toMatchObject({ password: 'correct horse' });
  });
});

describe('the landing page', () => {
  it.each(['/', '/mail/me/INBOX', '/mail/me/INBOX%2FProjets?page=2#x', '/a?next=//b'])(
    'may be %s',
    (path) => expect(isLocalPath(path)).toBe(true),
  );

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '\n//evil.example',
    '/ /evil.example',
    'mail',
    '',
    '/\u0000',
    `/${'a'.repeat(3_000)}`,
    undefined,
    ['/a'],
  ])('is never %j', (target) => {
    expect(isLocalPath(target)).toBe(false);
  });

  it('is what plugins make of it, unless they lead elsewhere', async () => {
    const { session } = await bench.signIn();
    const land = () =>
      landingPage(bench.hooks, scope(), session, { wanted: '/compose', fallback: '/mail' });

    expect(await land()).toBe('/compose');
    const remove = bench.hooks.on('desk', 'session:landing-page', () => ({ url: '/dashboard' }));
    expect(await land()).toBe('/dashboard');
    remove();
    bench.hooks.on('evil', 'session:landing-page', () => ({ url: 'https://evil.example' }));
    expect(await land()).toBe('/compose');
  });
});

describe('who is meant by an address', () => {
  const provision = (login: string, mail: string, aliases: readonly string[]) =>
    bench.users.provision(
      { site: bench.site.id },
      bench.site,
      aPrincipal({ login, mail, aliases: [...aliases] }),
    );
  const nameOf = async (name: string) => (await bench.users.findByName(bench.site.id, name))?.login;

  it('is found by any of theirs, whatever the case, and by a main address first', async () => {
    await provision('alice', 'alice@culture.example', ['Desk@culture.example']);
    await provision('bruno', 'desk2@culture.example', ['alice@culture.example']);

    expect(await nameOf(' DESK@culture.example')).toBe('alice');
    expect(await nameOf('alice@culture.example')).toBe('alice');
    expect(await nameOf('bruno')).toBe('bruno');
    expect(await nameOf('desk')).toBeUndefined();
  });

  it('changes with what the directory says', async () => {
    await provision('alice', 'alice@culture.example', ['old@culture.example']);
    await provision('alice', 'alice@culture.example', ['new@culture.example']);

    expect(await nameOf('old@culture.example')).toBeUndefined();
    expect(await nameOf('new@culture.example')).toBe('alice');
  });

  it('is looked up without reading everybody', async () => {
    const plans: string[] = [];
    const { knex } = bench.db;
    knex.on('query', ({ sql }: { sql: string }) => plans.push(sql));
    await nameOf('nobody@culture.example');
    knex.removeAllListeners('query');

    expect(plans).toHaveLength(3);
    for (const sql of plans) {
      const bound = sql.replaceAll('?', "'x'");
      const steps: { detail: string }[] = await knex.raw(`explain query plan ${bound}`);
      expect(steps.map(({ detail }) => detail).filter((step) => /^SCAN/.test(step))).toEqual([]);
    }
  });
});

describe('users', () => {
  it('are made once, then follow the directory', async () => {
    const one = await bench.users.provision(scope(), bench.site, aPrincipal());
    const moved = { login: 'Alice', name: 'Alice Durand', mail: 'a.durand@culture.example' };
    const two = await bench.users.provision(scope(), bench.site, aPrincipal(moved));

    expect([one.first, two.first]).toEqual([true, false]);
    expect(two.user).toEqual({ ...one.user, name: moved.name, mail: moved.mail });
    expect(await bench.users.findByLogin(bench.site.id, 'ALICE')).toEqual(two.user);
  });

  it('are made once when two browsers sign in at the same time', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => bench.users.provision(scope(), bench.site, aPrincipal())),
    );

    expect(new Set(made.map(({ user }) => user.id)).size).toBe(1);
    expect(made.filter(({ first }) => first)).toHaveLength(1);
  });

  it('may be completed by plugins, but not renamed', async () => {
    bench.hooks.on('hr', 'user:profile', (profile) => ({
      login: 'root',
      name: 'Mme Martin',
      mails: [...profile.mails, 'direction@culture.example'],
      language: 'en' as const,
      settings: { 'display.theme': 'dark' },
    }));

    const { user } = await bench.users.provision(scope(), bench.site, aPrincipal());
    expect(user).toMatchObject({
      login: 'alice',
      name: 'Mme Martin',
      aliases: ['direction@culture.example'],
      locale: 'en',
    });
    expect(await bench.settings.read(user.id, 'core')).toEqual({ 'display.theme': 'dark' });
  });

  it('can take their data with them', async () => {
    const { user } = await bench.users.provision(scope(), bench.site, aPrincipal());

    const data = await bench.users.exportUser(user.id);
    expect(data).toMatchObject({ user, createdAt: expect.stringMatching(/^2026-03-01T/) });
  });
});
