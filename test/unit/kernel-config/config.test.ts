import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '../../../src/kernel/config';
import { loadConfig, parseAppConfig } from '../../../src/sites';
import { aSiteFile, faultsOf, parse } from '../sites/support';
import { cleanUp, newFolder } from './support';

afterEach(cleanUp);

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64');

function install(files: Record<string, string>): string {
  const root = newFolder();
  mkdirSync(path.join(root, 'config', 'sites'), { recursive: true });
  const usual = {
    'app.json': '{}',
    'plugins.json': '{}',
    'sites/one.json': JSON.stringify(aSiteFile()),
  };
  for (const [name, text] of Object.entries({ ...usual, ...files })) {
    writeFileSync(path.join(root, 'config', name), text);
  }
  return root;
}

function load(root: string, env: Record<string, string> = { ESTAFETTE_SECRET_KEY: KEY }) {
  try {
    return { config: loadConfig({ root, env }), lines: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.exitCode).toBe(78);
    return { config: undefined, lines: error.message.split('\n') };
  }
}

describe('loadConfig', () => {
  it('reads the sample of the repository', () => {
    const root = path.join(__dirname, '../../..');

    const { config, lines } = load(root);

    expect(lines).toEqual([]);
    expect(config?.sites.map(({ id }) => id)).toEqual(['marees', 'saisons']);
  });

  it('gives file, key, expected, found and line', () => {
    const root = install({
      'sites/one.json': '{\n "hosts": ["a.test"],\n "imap": {\n  "port": "abc"\n }\n}',
    });

    const { lines } = load(root);

    expect(lines).toContain(
      'config/sites/one.json: imap.port: expected integer 1–65535, found "abc" (line 4)',
    );
    expect(lines).toContain('config/sites/one.json: imap.host: expected text, found nothing');
  });

  it('tells line and column of a syntax error, and the other files’ faults beside it', () => {
    const root = install({
      'app.json': '{\n  "mode": "production",\n}',
      'plugins.json': '{"order": 3}',
    });

    expect(load(root).lines).toEqual([
      'config/app.json: line 3, column 1: comma before "}"',
      'config/plugins.json: order: expected object, found 3 (line 1)',
    ]);
  });

  it('wants app.json and a site, not plugins.json', () => {
    const root = newFolder();

    expect(load(root).lines).toEqual([
      'config/app.json: no such file',
      'config/sites: expected at least one file <site>.json, found none',
    ]);
  });

  it('reads another folder when ESTAFETTE_CONFIG says so', () => {
    const elsewhere = path.join(install({}), 'config');

    const { config } = load(newFolder(), {
      ESTAFETTE_CONFIG: elsewhere,
      ESTAFETTE_SECRET_KEY: KEY,
    });

    expect(config?.sites).toHaveLength(1);
  });

  it.each(['null', '[]', '3', '"text"'])('refuses a file that is %s', (text) => {
    expect(load(install({ 'app.json': text })).lines).toHaveLength(1);
  });

  it('refuses a huge file unread', () => {
    const root = install({ 'plugins.json': ' '.repeat(600 * 1024) });

    expect(load(root).lines).toEqual(['config/plugins.json: expected a file of at most 512 KiB']);
  });

  it('ignores what editors leave beside the sites', () => {
    const root = install({ 'sites/.one.json.swp': 'x', 'sites/one.json~': 'x' });

    expect(load(root).lines).toEqual([]);
  });
});

describe('the server key', () => {
  const production = install.bind(undefined, {});

  it('is needed in production, and the message says how to make one', () => {
    const { lines } = load(production(), {});

    expect(lines).toEqual([
      'environment: ESTAFETTE_SECRET_KEY: the server key is missing; make one with: openssl rand -base64 32',
    ]);
  });

  it('is made once in development, readable by its owner alone', () => {
    const root = production();
    const env = { ESTAFETTE_MODE: 'development' };

    const first = load(root, env).config;
    const second = load(root, env).config;

    expect(first?.secretKey).toHaveLength(32);
    expect(second?.secretKey).toEqual(first?.secretKey);
    expect(statSync(path.join(root, 'var', 'secret.key')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['base64', KEY],
    ['hexadecimal', Buffer.from(KEY, 'base64').toString('hex')],
    ['base64url', Buffer.from(KEY, 'base64').toString('base64url')],
  ])('comes as %s', (_, text) => {
    const { config } = load(production(), { ESTAFETTE_SECRET_KEY: text });

    expect(config?.secretKey).toEqual(Buffer.from(KEY, 'base64'));
  });

  it('comes from a file', () => {
    const root = production();
    const file = path.join(root, 'key');
    writeFileSync(file, `${KEY}\n`);

    expect(load(root, { ESTAFETTE_SECRET_KEY_FILE: file }).config?.secretKey).toHaveLength(32);
  });

  it.each([
    ['short', 'YWJj'],
    ['a sentence', 'correct horse battery staple, correct horse battery'],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['typed', 'a'.repeat(64)],
  ])('is refused when it is %s, without being repeated', (_, text) => {
    const { lines } = load(production(), { ESTAFETTE_SECRET_KEY: text });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('expected at least 32 random bytes');
    expect(lines[0]).not.toContain(text);
  });

  it('is refused when its file is missing or empty', () => {
    const root = production();
    writeFileSync(path.join(root, 'empty'), '');

    const missing = load(root, { ESTAFETTE_SECRET_KEY_FILE: '/nowhere/key' }).lines;
    const empty = load(root, { ESTAFETTE_SECRET_KEY_FILE: path.join(root, 'empty') }).lines;

    expect(missing[0]).toContain('cannot read /nowhere/key (ENOENT)');
    expect(empty[0]).toContain('is empty');
  });
});

describe('the platform', () => {
  it('asks for Secure cookies beyond this machine', () => {
    const local = parse({ app: { mode: 'development' } });
    const proxied = parse({ app: {} });

    expect([local.publicUrl.scheme, local.cookies.secure]).toEqual(['http', false]);
    expect([proxied.publicUrl.scheme, proxied.cookies.secure]).toEqual(['https', true]);
  });

  it('refuses plain http on an address that others reach', () => {
    const lines = faultsOf({
      app: { listen: { host: '0.0.0.0' }, publicUrl: { scheme: 'http' } },
    });

    expect(lines).toEqual([
      'app.json: publicUrl.scheme: http would send passwords and cookies in the clear beyond this machine',
    ]);
  });

  it.each([['10.0.0.0/8'], ['::1'], ['loopback'], ['192.0.2.7']])(
    'trusts the proxy %s',
    (range) => {
      expect(parse({ app: { trustedProxies: [range] } }).trustedProxies).toEqual([range]);
    },
  );

  it.each([['10.0.0.0/33'], ['everyone'], ['0.0.0.0/0/0'], ['*']])(
    'does not take %s for a proxy',
    (range) => {
      expect(faultsOf({ app: { trustedProxies: [range] } })).toHaveLength(1);
    },
  );

  it('keeps lines of the audit log for at least the months of a site', () => {
    expect(faultsOf({ app: { limits: { auditDays: 179 } } })).toHaveLength(1);
    expect(parse({ app: { limits: { auditDays: 180 } } }).limits.auditDays).toBe(180);
  });

  it('promises no database but the one that is tested', () => {
    expect(faultsOf({ app: { database: { client: 'pg' } } })).toEqual([
      'app.json: database.client: expected "sqlite", found "pg"',
    ]);
  });

  it('lets ESTAFETTE_MODE and ESTAFETTE_ROLE win, and checks them', () => {
    expect(parse({ env: { ESTAFETTE_ROLE: 'worker' } }).role).toBe('worker');
    expect(faultsOf({ env: { ESTAFETTE_MODE: 'prod' } })).toEqual([
      'app.json: mode: expected one of "production", "development", found "prod"',
    ]);
  });

  it('reads plugins.json: defaults, order, packages', () => {
    const { plugins } = parse({
      plugins: { order: { 'message:outbound': ['b', 'a'] }, packages: ['x'], notes: { a: 1 } },
    });

    expect(plugins).toEqual({
      defaults: { notes: { a: 1 } },
      grants: {},
      origins: {},
      order: { 'message:outbound': ['b', 'a'] },
      packages: ['x'],
      posts: {},
    });
  });

  it.each([
    [{ notes: true }, 'plugins.json: notes: expected object, found true'],
    [
      { 'Not An Id': {} },
      'plugins.json: Not An Id: expected a plugin id as the key, found an object',
    ],
    [{ order: { 'a:b': 'c' } }, 'plugins.json: order.a:b: expected list of text, found "c"'],
  ])('refuses plugins.json %j', (plugins, line) => {
    expect(faultsOf({ plugins })).toEqual([line]);
  });

  it('hands plugin secrets out by site first, then for all', () => {
    const { pluginSecret } = parse({
      env: { ESTAFETTE_CAL_DAV_PASSWORD: 'all', ESTAFETTE_ONE_CAL_DAV_PASSWORD: 'one' },
    });

    expect(pluginSecret('cal', 'davPassword', 'one')).toBe('one');
    expect(pluginSecret('cal', 'davPassword', 'two')).toBe('all');
    expect(pluginSecret('cal', 'other')).toBeUndefined();
  });

  it('is frozen', () => {
    const config = parse();

    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.limits)).toBe(true);
    expect(Object.isFrozen(config.plugins.order)).toBe(true);
  });

  it('never writes the development key when one is given in memory', () => {
    const root = newFolder();

    parseAppConfig(
      {
        app: { mode: 'development' },
        sites: [{ file: 'one.json', value: aSiteFile() }],
        root,
        secretKey: Buffer.from(KEY, 'base64'),
      },
      {},
    );

    expect(readdirSync(root)).toEqual([]);
  });
});

describe('the audit log in app.json', () => {
  const syslog = (more: object) => ({
    app: { audit: { stream: { kind: 'syslog', host: 'soc.example', ...more } } },
  });

  it('goes to another machine by TLS, or in the clear only where the file says so', () => {
    expect(faultsOf(syslog({}))).toEqual([]);
    expect(faultsOf(syslog({ transport: 'tcp', allowPlain: true }))).toEqual([]);
    expect(faultsOf(syslog({ transport: 'tcp', host: '127.0.0.1' }))).toEqual([]);
    expect(faultsOf(syslog({ transport: 'udp', host: '::1' }))).toEqual([]);
    expect(faultsOf(syslog({ transport: 'tcp' }))[0]).toContain(
      'audit.stream.transport: logins and addresses would travel in the clear: use "tls", or say',
    );
    expect(faultsOf(syslog({ transport: 'udp', allowPlain: true }))[0]).toContain('use "tls"');
  });

  it('keeps its ends in the data folder unless told, and nowhere beside nothing', () => {
    const headFile = (app: Record<string, unknown>) => parse({ app }).audit.headFile;

    expect(headFile({ dataDir: '/srv/data' })).toBe('/srv/data/audit-head.json');
    expect(headFile({ audit: { headFile: '/srv/apart/head.json' } })).toBe('/srv/apart/head.json');
    expect(headFile({ database: { filename: ':memory:' } })).toBeUndefined();
  });

  it('is verified with keys of before, and refuses what is none', () => {
    const env = (words: string) => ({ env: { ESTAFETTE_AUDIT_OLD_KEYS: words } });

    expect(parse(env(`${KEY}, ${KEY}\n`)).oldSecretKeys).toHaveLength(2);
    expect(parse({}).oldSecretKeys).toEqual([]);
    expect(faultsOf(env('short'))[0]).toContain('ESTAFETTE_AUDIT_OLD_KEYS: expected keys');
    expect(faultsOf(env('short'))[0]).not.toContain('"short"');
  });

  it.each([5, 13])('is not kept for %i months', (months) => {
    expect(faultsOf({ sites: { one: aSiteFile({ audit: { months } }) } })[0]).toContain(
      'audit.months',
    );
  });
});
