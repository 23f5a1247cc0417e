import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { siteText, supportFor } from '../../../src/sites';
import { cleanUp, newFolder } from '../kernel-config/support';
import { aSiteFile, faultsOf, firstSite, parse } from './support';

afterEach(cleanUp);

const ldap = (over: Record<string, unknown> = {}) => ({
  kind: 'ldap',
  ldap: { urls: ['ldaps://ldap.example.test'], searchBase: 'dc=example', ...over },
});
const faults = (over: Record<string, unknown>, env: Record<string, string> = {}) =>
  faultsOf({ sites: { one: aSiteFile(over) }, env });

describe('a site file', () => {
  it('gets the usual ports and limits', () => {
    const site = firstSite();

    expect(site).toMatchObject({
      id: 'one',
      skin: 'base',
      locale: 'fr',
      imap: { host: 'imap.example.test', port: 993, security: 'tls' },
      smtp: { port: 587, security: 'starttls', auth: 'user' },
      session: { idleMinutes: 60, absoluteHours: 12 },
      limits: { pageSize: 50 },
    });
    expect(site.imap).not.toHaveProperty('allowPlain');
  });

  it('is frozen all the way down', () => {
    const site = firstSite();

    expect(Object.isFrozen(site)).toBe(true);
    expect(Object.isFrozen(site.hosts)).toBe(true);
    expect(Object.isFrozen(site.imap)).toBe(true);
  });

  it('writes hosts in the form they are compared in', () => {
    const sites = { one: aSiteFile({ hosts: ['Préfecture.Test', 'MAIL.test', '[0:0::1]'] }) };

    expect(firstSite({ sites }).hosts).toEqual(['xn--prfecture-c4a.test', 'mail.test', '[::1]']);
  });

  it('lays its plugin settings over those of plugins.json; false is off', () => {
    const site = firstSite({
      plugins: { reminder: { words: ['a'], delay: 3 }, notes: { x: 1 }, off: { y: 1 } },
      sites: {
        one: aSiteFile({ plugins: { reminder: { words: ['b'] }, notes: true, off: false } }),
      },
    });

    expect(site.plugins).toEqual({ reminder: { words: ['b'], delay: 3 }, notes: { x: 1 } });
  });

  it('reads the bind password from the environment, or a file', () => {
    const file = path.join(newFolder(), 'password');
    writeFileSync(file, 'from a file\n');
    const sites = { 'les-eaux': aSiteFile({ signIn: ldap({ bindDn: 'cn=web' }) }) };

    const direct = firstSite({ sites, env: { ESTAFETTE_LES_EAUX_LDAP_BIND_PASSWORD: 'direct' } });
    const fromFile = firstSite({
      sites,
      env: { ESTAFETTE_LES_EAUX_LDAP_BIND_PASSWORD_FILE: file },
    });

    expect(direct.signIn).toMatchObject({ ldap: { bindPassword: 'direct' } });
    expect(fromFile.signIn).toMatchObject({ ldap: { bindPassword: 'from a file' } });
  });

  it('has directories beside that of sign-in, each with a password of its own', () => {
    const rh = {
      urls: ['ldaps://rh.example.test'],
      title: 'RH',
      searchBase: 'dc=rh',
      bindDn: 'cn=web',
    };
    const sites = { 'les-eaux': aSiteFile({ directories: { 'rh-paie': rh } }) };
    const env = { ESTAFETTE_LES_EAUX_DIRECTORY_RH_PAIE_BIND_PASSWORD: 'its own' };

    expect(firstSite({ sites, env }).directories).toEqual([
      expect.objectContaining({ id: 'rh-paie', title: 'RH', bindPassword: 'its own' }),
    ]);
    expect(firstSite({ sites: { one: aSiteFile() } }).directories).toBeUndefined();
    const plain = { ...rh, bindDn: undefined, urls: ['ldap://rh.example.test'] };
    expect(faults({ directories: { rh: plain } })[0]).toContain(
      'directories.rh.urls.0: passwords would',
    );
    expect(faults({ directories: { 'sign-in': { ...rh, bindDn: undefined } } })).toHaveLength(1);
  });

  it.each([
    [
      'a port that is text',
      { imap: { host: 'a', port: 'abc' } },
      'imap.port: expected integer 1–65535, found "abc"',
    ],
    [
      'a port out of range',
      { imap: { host: 'a', port: 0 } },
      'imap.port: expected integer 1–65535, found 0',
    ],
    [
      'a wrong protection',
      { imap: { host: 'a', security: 'ssl' } },
      'imap.security: expected one of "tls", "starttls", "none", found "ssl"',
    ],
    ['a misspelt key', { sesion: {} }, 'sesion: unknown key; did you mean "session"?'],
    [
      'a misspelt inner key',
      { session: { idleMinute: 3 } },
      'session.idleMinute: unknown key; did you mean "idleMinutes"?',
    ],
    ['an unknown key like nothing', { zzzzzzzz: 1 }, 'zzzzzzzz: unknown key'],
    [
      'a host with a scheme',
      { hosts: ['https://x.test'] },
      'hosts.0: expected a host name without scheme, port or path, found "https://x.test"',
    ],
    [
      'a host with a port',
      { hosts: ['x.test:80'] },
      'hosts.0: expected a host name without scheme, port or path, found "x.test:80"',
    ],
    ['no host', { hosts: [] }, 'hosts: expected list of text, found an empty list'],
    [
      'a first host with *',
      { hosts: ['*.localhost'] },
      'hosts.0: the first host makes links: no "*" there',
    ],
    [
      'a time zone of nowhere',
      { timeZone: 'Europe/Atlantis' },
      'timeZone: expected a time zone as Europe/Paris, found "Europe/Atlantis"',
    ],
    [
      'a wrong way to sign in',
      { signIn: { kind: 'ldpa' } },
      'signIn.kind: expected one of "ldap", "imap", found "ldpa"',
    ],
    [
      'a filter without the login',
      { signIn: ldap({ searchFilter: '(uid=*)' }) },
      'signIn.ldap.searchFilter: expected a filter that holds {{login}}, found "(uid=*)"',
    ],
    [
      'a skin that is not there',
      { skin: 'saison' },
      'skin: expected a folder of skins/ ("base", "marees", "saisons"), found "saison"; did you mean "saisons"?',
    ],
    ...['(uid={{login}}', '(|(uid={{login}})(mail={{login}})', '(={{login}})'].map(
      (searchFilter): [string, Record<string, unknown>, string] => [
        `the filter ${searchFilter}`,
        { signIn: ldap({ searchFilter }) },
        `signIn.ldap.searchFilter: expected an LDAP filter (RFC 4515), every parenthesis closed, found "${searchFilter}"`,
      ],
    ),
    [
      'a link that runs a script',
      { links: [{ label: 'x', href: 'javascript:alert(1)' }] },
      'links.0.href: expected https://… or /path, found "javascript:alert(1)"',
    ],
    [
      'a link to another host',
      { links: [{ label: 'x', href: '//evil.test' }] },
      'links.0.href: expected https://… or /path, found "//evil.test"',
    ],
    [
      'a skin outside skins/',
      { skin: '../x' },
      'skin: expected the name of a folder of skins/, found "../x"',
    ],
    ['no support contact', { support: undefined }, 'support: expected object, found nothing'],
    [
      'a directory with a path',
      { signIn: ldap({ urls: ['http://ldap'] }) },
      'signIn.ldap.urls.0: expected ldap://host:389 or ldaps://host:636, found "http://ldap"',
    ],
  ])('refuses %s', (_, over, line) => {
    expect(faults(over)).toEqual([`config/sites/one.json: ${line}`]);
  });

  it('cuts a long wrong value', () => {
    const [line = ''] = faults({ locale: 'x'.repeat(5_000) });

    expect(line.length).toBeLessThan(200);
  });

  it('refuses passwords in the clear towards another machine, unless told', () => {
    const imap = { host: 'imap.example.test', security: 'none' };

    expect(faults({ imap })[0]).toContain('imap.security: "none" would send passwords');
    expect(faults({ imap: { ...imap, allowPlain: true } })).toEqual([]);
    expect(faults({ imap: { ...imap, host: '127.0.0.1' } })).toEqual([]);
    expect(faults({ imap: { ...imap, host: '::1' } })).toEqual([]);
    expect(faults({ imap: { ...imap, host: '127.0.0.1.evil.test' } })).toHaveLength(1);
  });

  it('refuses an unprotected directory on another machine, unless told', () => {
    const urls = ['ldap://ldap.example.test:389'];

    expect(faults({ signIn: ldap({ urls }) })[0]).toContain('signIn.ldap.urls.0: passwords would');
    expect(faults({ signIn: ldap({ urls, startTls: true }) })).toEqual([]);
    expect(faults({ signIn: ldap({ urls, allowPlain: true }) })).toEqual([]);
    expect(faults({ signIn: ldap({ urls: ['ldap://127.0.0.1:1389'] }) })).toEqual([]);
  });

  it('refuses a secret in the file and never repeats it', () => {
    const lines = faults({ signIn: ldap({ bindPassword: 's3cr3t-value' }) });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('signIn.ldap.bindPassword: a secret may not stand');
    expect(lines.join()).not.toContain('s3cr3t-value');
  });

  it('refuses secrets inside plugin settings and addresses with a password', () => {
    const lines = faults({
      plugins: { dav: { apiToken: 'abc', url: 'https://me:pw@dav.test' } },
    });

    expect(lines.map((line) => line.split(': ')[1])).toEqual([
      'plugins.dav.apiToken',
      'plugins.dav.url',
    ]);
    expect(lines.join()).not.toContain('pw@');
  });

  it('says which variable is missing for the service account', () => {
    expect(faults({ signIn: ldap({ bindDn: 'cn=web' }) })).toEqual([
      'environment: ESTAFETTE_ONE_LDAP_BIND_PASSWORD: the password of signIn.ldap.bindDn of site one is missing',
    ]);
  });

  it('says that an authority file cannot be read', () => {
    const [line = ''] = faults({ imap: { host: 'a', caFile: '/nowhere/ca.pem' } });

    expect(line).toContain('imap.caFile: expected a readable PEM file');
  });

  it('refuses two sites with one host, whatever its case', () => {
    const lines = faultsOf({
      sites: {
        one: aSiteFile({ hosts: ['mail.test'] }),
        two: aSiteFile({ hosts: ['other.test', 'MAIL.test.'] }),
      },
    });

    expect(lines).toEqual([
      'config/sites/two.json: hosts.1: "mail.test" already belongs to config/sites/one.json',
    ]);
  });

  it.each(['One', 'a b', '..', 'secret'])('refuses the file name %s', (id) => {
    expect(faultsOf({ sites: { [id]: aSiteFile() } })[0]).toContain('the file name is the id');
  });

  it('reports the faults of every site together', () => {
    const lines = faultsOf({
      sites: { one: aSiteFile({ title: '' }), two: aSiteFile({ hosts: 3 }) },
    });

    expect(lines).toHaveLength(2);
  });

  it('does not freeze what the caller gave', () => {
    const file = aSiteFile({ plugins: { notes: { list: [1] } } });

    parse({ sites: { one: file } });

    expect(Object.isFrozen(file)).toBe(false);
    expect(Object.isFrozen((file['plugins'] as { notes: unknown }).notes)).toBe(false);
  });
});

describe('texts of a site', () => {
  it('are one for everybody, or one in each language', () => {
    const site = firstSite({
      sites: {
        one: aSiteFile({
          tagline: { fr: 'Courrier', en: 'Mail' },
          support: { name: 'Aide', hours: { fr: 'de 8 h à 18 h', en: '8 to 6' } },
        }),
      },
    });

    expect(siteText(site.tagline, 'fr')).toBe('Courrier');
    expect(siteText(site.tagline, 'en')).toBe('Mail');
    expect(supportFor(site, 'en')).toMatchObject({ name: 'Aide', hours: '8 to 6' });
  });

  it.each([[{ fr: 'Courrier' }], [{ fr: 'Courrier', en: 7 }], [7]])(
    'are refused as %j',
    (tagline) => {
      expect(faultsOf({ sites: { one: aSiteFile({ tagline }) } })).toEqual([
        expect.stringMatching(
          /^config\/sites\/one\.json: tagline: expected text, or \{"fr": …, "en": …\}, found /,
        ),
      ]);
    },
  );
});

describe('mail without a password', () => {
  const master = { kind: 'master', user: 'estafette' };
  const variable = 'ESTAFETTE_ONE_MAIL_MASTER_PASSWORD';
  const accessOf = (mailAccess: unknown, env: Record<string, string> = {}) =>
    firstSite({
      sites: { one: aSiteFile({ ...(mailAccess !== undefined && { mailAccess }) }) },
      env,
    }).mailAccess;

  it('is opened by nothing unless told, by a token as told', () => {
    expect(accessOf(undefined)).toEqual({ kind: 'password' });
    expect(accessOf({ kind: 'oauth' })).toEqual({
      kind: 'oauth',
      mechanism: 'OAUTHBEARER',
      servers: [],
    });
  });

  it.each([master, { kind: 'authzid', user: 'estafette' }])(
    'is opened by a service ($kind) whose password comes from the environment alone',
    (mailAccess) => {
      const access = accessOf(mailAccess, { [variable]: 'of the service' });

      expect(access).toMatchObject(mailAccess);
      expect('password' in (access ?? {}) && access).toMatchObject({
        password: { reveal: expect.any(Function) },
      });
      expect(JSON.stringify(access)).not.toContain('of the service');
      expect(faults({ mailAccess })).toEqual([
        `environment: ${variable}: the password of mailAccess.user of site one is missing`,
      ]);
      const [line = ''] = faults({ mailAccess: { ...mailAccess, password: 'in the file' } });
      expect(line).toContain('mailAccess.password');
      expect(line).not.toContain('in the file');
    },
  );

  it.each([
    ['a separator that a login could hold', { ...master, separator: 'x' }, 'separator'],
    ['a separator of two signs', { ...master, separator: '**' }, 'separator'],
    ['a service with a space', { ...master, user: 'a b' }, 'user'],
    ['a service with a line break', { ...master, user: 'a\nb' }, 'user'],
    ['no service', { kind: 'master' }, 'user'],
    ['another mechanism', { kind: 'oauth', mechanism: 'PLAIN' }, 'mechanism'],
    ['another kind', { kind: 'none' }, 'kind'],
  ])('refuses %s', (_name, mailAccess, key) => {
    expect(faults({ mailAccess })[0]).toContain(`mailAccess.${key}`);
  });
});
