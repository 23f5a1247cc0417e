import { AppError } from '../../../src/base/errors';
import type { SiteId } from '../../../src/base/types';
import type { VouchedIdentity, VouchedRequest } from '../../../src/session';
import type { LdapDirectory } from '../../../src/sites';
import type { Site } from '../../../src/sites/site';
import { aBench, aPrincipal, aSite, type Bench, codeOf, refusal, renewBetween } from './kit';

const OAUTH = {
  mailAccess: { kind: 'oauth', mechanism: 'OAUTHBEARER', servers: [] },
} satisfies Partial<Site>;

let bench: Bench;
let site: Site;
const refused: unknown[] = [];

const anIdentity = (values: Partial<VouchedIdentity> = {}): VouchedIdentity => ({
  issuer: 'https://idp.example',
  subject: 'sub-alice',
  login: 'alice',
  tokens: { access: 'token' },
  ...values,
});
const aRequest = (
  identity: Partial<VouchedIdentity> = {},
  values: Partial<VouchedRequest> = {},
): VouchedRequest => ({
  site,
  scope: { site: site.id },
  plugin: 'sso',
  method: 'main',
  identity: anIdentity(identity),
  remote: '192.0.2.1',
  begunAt: bench.clock.now(),
  endsAt: bench.clock.now() + 5_000,
  ...values,
});
const enter = (identity: Partial<VouchedIdentity> = {}, values: Partial<VouchedRequest> = {}) =>
  bench.sessions.signInVouched(aRequest(identity, values));

beforeEach(async () => {
  bench = await aBench();
  site = aSite(OAUTH);
  refused.length = 0;
  bench.hooks.on('watcher', 'session:refused', (event) => void refused.push(event));
});
afterEach(() => bench.close());

describe('somebody whom a provider vouches for, on a site without a directory', () => {
  it('is who the provider says', async () => {
    const { session } = await enter({ name: 'Alice Martin', mail: 'Alice@culture.example' });

    expect(session).toMatchObject({
      via: 'sso.main',
      state: 'open',
      user: { login: 'alice@culture.example', name: 'Alice Martin', mail: 'alice@culture.example' },
    });
  });

  it('has an address even when the provider gives none', async () => {
    const { session } = await enter();

    expect(session.user).toMatchObject({ mail: 'alice@culture.example', name: 'alice' });
  });

  it('is the same person whatever the login says later', async () => {
    const first = await enter();
    const second = await enter({ login: 'bruno' });

    expect(second.session.user.id).toBe(first.session.user.id);
    expect(second.session.user.login).toBe('alice@culture.example');
  });

  it('is refused a login that another subject has, and nothing of the account changes', async () => {
    const { session } = await enter({ name: 'Alice Martin' });

    const code = await codeOf(enter({ subject: 'sub-thief', name: 'Thief', mail: 'x@y.example' }));

    expect(code).toBe('session/link-conflict');
    expect(await bench.users.find(session.user.id)).toMatchObject({
      name: 'Alice Martin',
      mail: 'alice@culture.example',
    });
    expect(refused).toContainEqual(
      expect.objectContaining({ code: 'session/link-conflict', reason: 'other-subject' }),
    );
  });

  it('is refused by the other method of the same provider, too', async () => {
    await enter();

    expect(await codeOf(enter({ subject: 'sub-thief' }, { method: 'other' }))).toBe(
      'session/link-conflict',
    );
    expect((await enter({}, { method: 'other' })).session.via).toBe('sso.other');
  });

  it('leaves an account to one of two subjects that claim it at the same moment', async () => {
    const both = await Promise.allSettled([enter(), enter({ subject: 'sub-thief' })]);

    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { code: 'session/link-conflict' },
    });
    expect(await bench.db.knex('sign_in_links').select()).toHaveLength(1);
  });

  it('may come by another provider as well', async () => {
    const first = await enter();
    const second = await enter({ issuer: 'https://other.example', subject: 'alice' });

    expect(second.session.user.id).toBe(first.session.user.id);
    expect(await bench.sessions.linksOf(first.session.user.id)).toHaveLength(2);
  });

  it('is not linked across sites', async () => {
    const first = await enter();
    const other = aSite({ ...OAUTH, id: 'marees' as SiteId });
    const second = await enter({}, { site: other, scope: { site: other.id } });

    expect(second.session.user.id).not.toBe(first.session.user.id);
  });

  it('does not enter a webmail whose mail could not be opened', async () => {
    site = aSite();

    expect(await codeOf(enter())).toBe('session/mail-access');
    expect(await bench.db.knex('users').select()).toEqual([]);
  });

  it('is refused when a plugin refuses, before any account is there', async () => {
    bench.hooks.on('guard', 'session:opening', () => ({ deny: true, code: 'night' }));

    expect(await codeOf(enter())).toBe('session/refused');
    expect(await bench.db.knex('users').select()).toEqual([]);
  });

  it.each([
    [['en-GB'], 'en'],
    [['fr;q=0.9'], 'fr'],
    [['de'], 'fr'],
    [[], 'fr'],
  ])(
    'reads the language %j as %s at the first sign-in, where the site says so',
    async (values, locale) => {
      site = aSite({
        ...OAUTH,
        signIn: { kind: 'imap', loginDomain: 'culture.example', profile: { language: 'Locale' } },
      });

      const { session } = await enter({ attributes: { locale: values } });

      expect(session.user.locale).toBe(locale);
    },
  );

  it('has the unit and the telephone of the attributes that the site names, as of each sign-in', async () => {
    const profile = { unit: 'Service', phone: 'telephoneNumber' };
    site = aSite({
      ...OAUTH,
      signIn: { kind: 'imap', loginDomain: 'culture.example', profile },
    });
    const first = await enter({
      attributes: { service: ['Archives', 'other'], TELEPHONENUMBER: ['+33 1 99 00 10 10'] },
    });
    expect(first.session.user).toMatchObject({ unit: 'Archives', phone: '+33 1 99 00 10 10' });

    const second = await enter({ attributes: { service: [`Musées${'s'.repeat(400)}`] } });
    expect(second.session.user.id).toBe(first.session.user.id);
    expect(second.session.user.unit).toHaveLength(256);
    expect(second.session.user).not.toHaveProperty('phone');

    const odd = await enter({ attributes: { service: ['two\nlines'] } });
    expect(odd.session.user).not.toHaveProperty('unit');
  });

  it('has none of them where the site names none', async () => {
    const { session } = await enter({ attributes: { service: ['Archives'] } });

    expect(session.user).not.toHaveProperty('unit');
  });

  it('comes in by a host that several sites share, and by its link from then on', async () => {
    const other = aSite({ ...OAUTH, id: 'marees' as SiteId });
    let count = 0;
    bench.hooks.on('sorter', 'site:resolve', () => {
      count += 1;
      return { site: other.id };
    });
    const shared = { also: [other], host: 'mail.culture.example' };

    const first = await enter({}, shared);
    const second = await enter({ login: 'somebody-else' }, shared);

    expect([first.session.site, second.session.site]).toEqual([other.id, other.id]);
    expect(second.session.user.id).toBe(first.session.user.id);
    expect(count).toBe(1);
  });

  it('loses what the provider said when a password signs in again, and is asked what it spared', async () => {
    bench.hooks.on('factor', 'session:challenges', ({ assurance }) =>
      assurance?.isStrong ? [] : [{ id: 'totp', label: 'Code', satisfied: false }],
    );
    bench.passwords.set('alice@culture.example', 'correct horse');
    const assurance = { level: 'eidas3', methods: [], isStrong: true };
    const { session, bearer } = await enter({ assurance, session: 'sid-1' });
    await bench.sessions.freeze(session.id);
    const loaded = await bench.sessions.load(bearer, site, { touch: false });
    if (!loaded) throw new Error('no session');
    expect(loaded.session.assurance).toEqual(assurance);

    const thawed = await bench.sessions.thaw(loaded, {
      password: 'correct horse',
      remote: '192.0.2.1',
      scope: { site: site.id },
    });
    const again = await bench.sessions.load(thawed.bearer, site, { touch: false });

    expect(thawed).toMatchObject({
      kind: 'challenge',
      session: { via: 'imap', state: 'awaiting-challenge', challenges: ['totp'] },
    });
    expect(await bench.sessions.load(bearer, site, { touch: false })).toBeUndefined();
    expect(thawed.session).not.toHaveProperty('assurance');
    expect(again?.session).not.toHaveProperty('assurance');
    expect(
      await bench.sessions.endByProvider({
        site: site.id,
        plugin: 'sso',
        issuer: 'https://idp.example',
        session: 'sid-1',
      }),
    ).toBe(0);
  });

  it('is erased with all links', async () => {
    const { session } = await enter();

    await bench.sessions.eraseUser(session.user.id);

    expect(await bench.db.knex('sign_in_links').select()).toEqual([]);
  });
});

describe('a session that a provider vouched for', () => {
  it('ends by the name of the provider’s session, on its own site and by its own plugin', async () => {
    const { session } = await enter({ session: 'sid-1' });
    const notice = { site: site.id, plugin: 'sso', issuer: 'https://idp.example' };
    const ended = (values: object) =>
      bench.sessions.endByProvider({ ...notice, session: 'sid-1', ...values });

    expect(await ended({ plugin: 'other' })).toBe(0);
    expect(await ended({ issuer: 'https://other.example' })).toBe(0);
    expect(await ended({ site: 'marees' as SiteId })).toBe(0);
    expect(await ended({ subject: 'sub-bruno' })).toBe(0);
    expect(await ended({ session: 'sid-2' })).toBe(0);
    expect(await bench.sessions.endByProvider({ ...notice })).toBe(0);
    expect(await bench.sessions.isOpen(session.id, site)).toBe(true);
    expect(await ended({})).toBe(1);
    expect(await bench.sessions.isOpen(session.id, site)).toBe(false);
  });

  it('is not ended by a notice for a person when a password opened it', async () => {
    await enter();
    const { session } = await bench.signIn();

    await bench.sessions.endByProvider({
      site: site.id,
      plugin: 'sso',
      issuer: 'https://idp.example',
      subject: 'sub-alice',
    });

    expect(await bench.sessions.isOpen(session.id, bench.site)).toBe(true);
  });

  it('keeps what the sign-out at the provider needs, sealed', async () => {
    const { bearer } = await enter({ leaving: { hint: 'id-token' } });
    const loaded = await bench.sessions.load(bearer, site, { touch: false });
    if (!loaded) throw new Error('no session');

    expect(bench.sessions.leavingOf(loaded)).toEqual({
      plugin: 'sso',
      method: 'main',
      leaving: { hint: 'id-token' },
    });
    expect(JSON.stringify(await bench.db.knex('sessions').select())).not.toContain('id-token');
  });

  it('waits for a second factor when the provider, asked anew, says nothing strong of them', async () => {
    bench.hooks.on('factor', 'session:challenges', ({ assurance }) =>
      assurance?.isStrong ? [] : [{ id: 'totp', label: 'Code', satisfied: false }],
    );
    const strong = { level: 'eidas3', methods: [], isStrong: true };
    const { session, bearer } = await enter({ assurance: strong });
    await bench.sessions.freeze(session.id);
    const frozen = await bench.sessions.load(bearer, site, { touch: false });
    const weak = { ...strong, level: 'eidas1', isStrong: false };

    const again = await enter({ assurance: weak }, { frozen, previous: bearer });

    expect(again).toMatchObject({ kind: 'challenge', session: { state: 'awaiting-challenge' } });
    expect(await bench.sessions.load(bearer, site, { touch: false })).toBeUndefined();
  });

  it('ends by a notice although its id changes while the others end', async () => {
    await enter();
    await enter();
    renewBetween(bench);

    await bench.sessions.endByProvider({
      site: site.id,
      plugin: 'sso',
      issuer: 'https://idp.example',
      subject: 'sub-alice',
    });

    expect(await bench.db.knex('sessions').select()).toEqual([]);
  });

  it('thaws in place for the same person, and is replaced by anybody else’s', async () => {
    const { session, bearer } = await enter();
    await bench.sessions.freeze(session.id);
    const frozen = await bench.sessions.load(bearer, site, { touch: false });
    const same = await enter({}, { frozen, previous: bearer });
    await bench.sessions.freeze(same.session.id);
    const again = await bench.sessions.load(same.bearer, site, { touch: false });
    const other = await enter(
      { subject: 'sub-bruno', login: 'bruno' },
      { frozen: again, previous: same.bearer },
    );

    expect(same.session.createdAt).toBe(session.createdAt);
    expect(same.session.id).not.toBe(session.id);
    expect(other.session.user.login).toBe('bruno@culture.example');
    expect(await bench.sessions.load(same.bearer, site, { touch: false })).toBeUndefined();
  });
});

describe('who may sign in', () => {
  const group = {
    id: 'agents',
    title: 'Agents',
    match: { logins: ['bruno'] },
    plugins: {},
    locked: [],
    permissions: [],
  };
  const rules = (eligible: object) =>
    aSite({
      ...OAUTH,
      groups: [group],
      signIn: {
        kind: 'imap',
        loginDomain: 'culture.example',
        eligible: { branches: [], groups: [], ...eligible },
      },
    });

  it('is for the site to say by groups, whatever the way in', async () => {
    site = rules({ groups: ['agents'] });
    bench.site = site;

    expect(await codeOf(enter())).toBe('session/not-eligible');
    expect(await codeOf(bench.signIn())).toBe('session/not-eligible');
    expect(await bench.db.knex('users').select()).toEqual([]);
    expect(refused).toHaveLength(2);
    expect((await bench.signIn({ login: 'bruno', password: 'battery staple' })).session.state).toBe(
      'open',
    );
  });

  it('is asked again of a session that thaws', async () => {
    const { session, bearer } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    const strict = rules({ groups: ['agents'] });
    const loaded = await bench.sessions.load(bearer, strict, { touch: false });
    if (!loaded) throw new Error('no session');

    const thawed = bench.sessions.thaw(loaded, {
      password: 'correct horse',
      remote: '192.0.2.1',
      scope: { site: strict.id },
    });

    expect(await codeOf(thawed)).toBe('session/not-eligible');
  });
});

describe('somebody whom a provider vouches for, on a site with a directory', () => {
  const entries = new Map([
    ['alice', aPrincipal({ dn: 'uid=alice,ou=agents,dc=culture,dc=example' })],
    ['bruno', aPrincipal({ login: 'bruno', mail: 'bruno@culture.example', imapLogin: 'bruno' })],
  ]);
  const looked: string[] = [];
  const withDirectory = (fail?: AppError) =>
    aBench({
      lookup: async (_directory: LdapDirectory, login: string) => {
        looked.push(login);
        if (fail) throw fail;
        return entries.get(login);
      },
    });

  beforeEach(async () => {
    await bench.close();
    bench = await withDirectory();
    looked.length = 0;
    site = aSite({ ...OAUTH, signIn: { kind: 'ldap', ldap: { alsoAsk: [] } as never } });
  });

  it('is who the directory says, not who the provider says', async () => {
    const { session } = await enter({ name: 'Somebody', mail: 'x@y.example' });

    expect(session.user).toMatchObject({ name: 'Alice Martin', mail: 'alice@culture.example' });
  });

  it('is looked up by the linked login later on', async () => {
    await enter();
    await enter({ login: 'bruno' });

    expect(looked).toEqual(['alice', 'alice']);
  });

  it('is refused once the directory has them no more, or has somebody else by that name', async () => {
    await enter();
    const alice = entries.get('alice');
    entries.delete('alice');
    expect(await codeOf(enter())).toBe('session/not-known');
    entries.set('alice', aPrincipal({ login: 'alicia' }));
    expect(await codeOf(enter())).toBe('session/link-conflict');
    if (alice) entries.set('alice', alice);
  });

  it('is no stranger because the directory is down, and no attempt is counted', async () => {
    await bench.close();
    bench = await withDirectory(new AppError('directory/unreachable'));

    expect((await refusal(enter())).status).toBe(503);
    expect(await bench.db.knex('login_throttles').select()).toEqual([]);
  });

  it('has groups of the directory, and attributes that the provider adds', async () => {
    const admins = {
      id: 'admins',
      title: 'Admins',
      match: { memberOf: 'cn=admins,dc=culture,dc=example' },
      plugins: {},
      locked: [],
      permissions: [],
    };
    const cards = { ...admins, id: 'cards', match: { attribute: { card: ['yes'] } } };
    site = { ...site, groups: [admins, cards] };

    const { session } = await enter({
      attributes: { memberOf: ['cn=admins,dc=culture,dc=example'], Card: ['yes'] },
    });

    expect(session.user.groups).toEqual(['cards']);
  });

  it('has no attribute of the directory under another spelling from the provider', async () => {
    const chiefs = {
      id: 'chiefs',
      title: 'Chiefs',
      match: { attribute: { employeeType: ['chief'] } },
      plugins: {},
      locked: [],
      permissions: [],
    };
    site = {
      ...site,
      groups: [chiefs, { ...chiefs, id: 'cards', match: { attribute: { CARD: ['b'] } } }],
    };
    const alice = entries.get('alice');
    if (!alice) throw new Error('no entry');
    entries.set('alice', { ...alice, attributes: { employeeType: ['clerk'] } });

    const { session } = await enter({
      attributes: { EMPLOYEETYPE: ['chief'], employeetype: ['chief'], Card: ['a'], card: ['b'] },
    });
    entries.set('alice', alice);

    expect(session.user.groups).toEqual(['cards']);
  });
});

it('has no groups of a directory from a provider where the site has none', async () => {
  const match = { memberOf: 'cn=admins,dc=culture,dc=example' };
  const admins = { id: 'admins', title: 'Admins', match, plugins: {}, locked: [], permissions: [] };
  site = aSite({ ...OAUTH, groups: [admins] });

  const { session } = await enter({ attributes: { MemberOf: [match.memberOf] } });

  expect(session.user.groups).toEqual([]);
});
