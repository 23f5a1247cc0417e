import { inspect } from 'node:util';
import { secretHandle } from '../../../src/base/secret';
import { type ExternalSecret, externalSecret, mailCredential } from '../../../src/session';
import { checkMailServer } from '../../../src/session/mail-access';
import type { MailAccess } from '../../../src/sites';
import { aSite } from './kit';

const MASTER = 'the service password';
const servers = ['imap2.culture.example'];
const password = secretHandle(MASTER);
const ACCESS = {
  password: { kind: 'password' },
  oauth: { kind: 'oauth', mechanism: 'OAUTHBEARER', servers },
  master: { kind: 'master', user: 'estafette', separator: '*', password, servers },
  authzid: { kind: 'authzid', user: 'estafette', password, servers },
} as const satisfies Record<string, MailAccess>;

const aSecret = (values: Partial<ExternalSecret> = {}): ExternalSecret => ({
  kind: 'external',
  username: 'alice',
  plugin: 'sso',
  method: 'cerbere',
  ...values,
});
const typed = { kind: 'password', username: 'alice', password: 'her own' } as const;
const siteWith = (kind: keyof typeof ACCESS) => aSite({ mailAccess: ACCESS[kind] });
const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('what opens the mail', () => {
  it.each(['password', 'oauth', 'master', 'authzid'] as const)(
    'is the person’s own password where they typed one (%s)',
    (kind) => {
      expect(mailCredential(siteWith(kind), typed)).toEqual({
        username: 'alice',
        password: 'her own',
      });
    },
  );

  it('is their token', () => {
    expect(mailCredential(siteWith('oauth'), aSecret({ tokens: { access: 'abc' } }))).toEqual({
      username: 'alice',
      accessToken: 'abc',
      mechanism: 'OAUTHBEARER',
    });
  });

  it('is a service’s password, in their name', () => {
    expect(mailCredential(siteWith('master'), aSecret())).toEqual({
      username: 'alice*estafette',
      password: MASTER,
      ofService: true,
    });
    expect(mailCredential(siteWith('authzid'), aSecret())).toEqual({
      username: 'estafette',
      password: MASTER,
      authzid: 'alice',
      ofService: true,
    });
  });

  it.each([
    ['a site that opens none without a password', aSite(), aSecret(), 'password'],
    ['a site that says so', siteWith('password'), aSecret(), 'password'],
    ['a provider that gave no token', siteWith('oauth'), aSecret(), 'no-token'],
    [
      'a login that the server would read as another person’s',
      siteWith('master'),
      aSecret({ username: 'bruno*alice' }),
      'separator-in-login',
    ],
  ])('is refused, with the reason, for %s', (_name, site, secret, reason) => {
    expect(reasonOf(() => mailCredential(site, secret))).toMatchObject({
      code: 'session/mail-access',
      status: 503,
      details: { site: 'culture', setting: 'mailAccess', reason },
    });
  });
});

describe('what a session without a password keeps', () => {
  const identity = { username: 'alice', plugin: 'sso', method: 'cerbere' };
  const tokens = { access: 'abc', refresh: 'def', expiresAt: '2026-03-01T09:00:00Z' };

  it('has tokens where they open the mail, and nowhere else', () => {
    expect(externalSecret(siteWith('oauth'), { ...identity, tokens }).tokens).toEqual({
      ...tokens,
      expiresAt: '2026-03-01T09:00:00.000Z',
    });
    expect(externalSecret(siteWith('master'), { ...identity, tokens }).tokens).toBeUndefined();
  });

  it('is refused at sign-in when it could open nothing', () => {
    expect(reasonOf(() => externalSecret(aSite(), identity))).toMatchObject({
      code: 'session/mail-access',
    });
    expect(reasonOf(() => externalSecret(siteWith('oauth'), identity))).toMatchObject({
      code: 'session/mail-access',
    });
  });

  it.each(['', 'a b', 'a\x01auth=Bearer other', 'a\r\nRSET', 'é', 'x'.repeat(20_000)])(
    'is no token %j',
    (access) => {
      const site = siteWith('oauth');
      expect(
        reasonOf(() => externalSecret(site, { ...identity, tokens: { access } })),
      ).toMatchObject({ code: 'session/mail-access', details: { reason: 'token-format' } });
    },
  );

  it('takes an expiry that is none for unknown', () => {
    const odd = { access: 'abc', expiresAt: 'soon' };
    expect(externalSecret(siteWith('oauth'), { ...identity, tokens: odd }).tokens).toEqual({
      access: 'abc',
    });
  });
});

describe('the server that is told', () => {
  const site = siteWith('master');
  const own = { host: site.imap.host, port: site.imap.port };

  it('is the site’s, or one that its file lists', () => {
    checkMailServer(site, aSecret(), own);
    checkMailServer(site, aSecret(), { host: 'IMAP2.culture.example', port: 993 });
  });

  it.each([
    ['another host', { host: 'evil.example', port: own.port }],
    ['another port of the same machine', { host: own.host, port: own.port + 1 }],
  ])('is never %s, whatever a plugin says', (_name, server) => {
    for (const kind of ['oauth', 'master', 'authzid'] as const) {
      expect(reasonOf(() => checkMailServer(siteWith(kind), aSecret(), server))).toMatchObject({
        code: 'session/mail-access',
        details: { reason: 'server-not-listed' },
      });
    }
  });

  it('may be any for a password of the person’s own, as it has always been', () => {
    expect(reasonOf(() => checkMailServer(site, typed, { host: 'x.example', port: 1 }))).toBe(
      undefined,
    );
  });
});

it('a site never prints the password of its service', () => {
  const site = siteWith('master');
  for (const text of [JSON.stringify(site), inspect(site, { depth: 9 }), String(password)]) {
    expect(text).not.toContain(MASTER);
  }
});
