import { z } from 'zod';
import { AppError } from '../../../src/base/errors';
import type { SiteId } from '../../../src/base/types';
import { type App, COMMANDS } from '../../../src/cli';
import type { Migration, MigrationSet } from '../../../src/kernel/db-types';
import { aSiteFile, parse } from '../sites/support';
import { aDoor } from './door';
import { anApp, run } from './support';

const badConfig = () => parse({ app: { listn: {} } });

describe('the command line', () => {
  it.each([[['help']], [['--help']], [[]]])('lists its commands for %j', async (argv) => {
    const { code, out } = await run(argv);

    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(out).toContain(name);
      expect(out).toContain(summary);
    }
  });

  it.each(COMMANDS.map(({ name }) => [name]))('explains %s', async (name) => {
    const byHelp = await run(['help', name]);
    const byOption = await run([name, '--help']);

    expect(byHelp.out).toContain(`estafette ${name}`);
    expect(byOption).toEqual(byHelp);
  });

  it('runs a command of a plugin with what follows it, and lets go of the application', async () => {
    const stop = jest.fn(async () => {});
    const command: App['commands'][number] = {
      name: 'tides:say',
      summary: 'says',
      async run({ args, print }) {
        print(args.join(' '));
        return 3;
      },
    };
    const createApp = async () => anApp({ commands: [command], stop });

    expect(await run(['tides:say', 'a', '--loud'], { createApp })).toEqual({
      code: 3,
      out: 'a --loud\n',
      err: '',
    });
    expect(stop).toHaveBeenCalledTimes(1);
    const wrong = await run(['tides:sya'], { createApp });
    expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining('"tides:say"')]);
  });

  it.each([
    [['bogus'], 'no command "bogus"'],
    [['toString'], 'no command "toString"'],
    [['version', '--bogus'], "Unknown option '--bogus'"],
    [['version', 'x'], 'unexpected "x"'],
    [['hooks', '--site'], "Option '--site <value>' argument missing"],
    [['demo', '--port', 'x'], '"x" is not a port'],
    [['demo', '--port', '70000'], '"70000" is not a port'],
    [['docs:config'], 'say --write or --check'],
    [['explain', '--site', 'one'], 'explain needs a key, as plugin.key'],
    [['explain', '--site', 'two', 'a.b'], 'no site "two": one'],
    [['hooks', 'message:outbond'], 'no hook "message:outbond"; did you mean "message:outbound"?'],
    [['sites:check', '--site', 'two'], 'no site "two"'],
  ])('ends %j with code 64', async (argv, message) => {
    const { code, out, err } = await run(argv);

    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toBe(`estafette: ${message}\nestafette: see "estafette help"\n`);
  });

  it.each([
    [new AppError('storage/busy'), 69],
    [new AppError('imap/unreachable'), 69],
    [new AppError('config/invalid', { details: { reason: 'x' } }), 78],
    [Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }), 69],
    [new Error('anything'), 1],
    ['thrown text', 1],
  ])('turns %s into an exit code without a stack', async (error, expected) => {
    const deps = {
      createApp: async () => {
        throw error;
      },
    };

    const { code, err } = await run(['plugins'], deps);

    expect(code).toBe(expected);
    expect(err).toMatch(/^estafette: .+\n$/);
    expect(err).not.toContain('    at ');
  });

  it.each([
    [
      new AppError('config/invalid', { details: { file: 'skins/x/skin.json', problem: 'absent' } }),
      'config/invalid: file skins/x/skin.json, problem absent',
    ],
  ])('says in one line what to correct (%#)', async (error, line) => {
    const createApp = async () => {
      throw error;
    };

    const { code, err } = await run(['serve'], { createApp });

    expect({ code, err }).toEqual({ code: 78, err: `estafette: ${line}\n` });
  });

  it('shows the stack with --debug', async () => {
    const deps = {
      createApp: async () => {
        throw new Error('anything');
      },
    };

    expect((await run(['plugins', '--debug'], deps)).err).toContain('    at ');
  });

  it('ends with code 78 and every fault when the configuration is wrong', async () => {
    const text = await run(['serve'], { loadConfig: badConfig });
    const json = await run(['serve', '--json'], { loadConfig: badConfig });

    expect(text.code).toBe(78);
    expect(text.err).toBe('estafette: app.json: listn: unknown key; did you mean "listen"?\n');
    expect(JSON.parse(json.out)).toMatchObject({
      error: { code: 'config', issues: [{ file: 'app.json', path: 'listn' }] },
    });
  });

  it('takes options before the command as well', async () => {
    expect(await run(['--json', 'version'])).toEqual(await run(['version', '--json']));
    expect((await run(['--debug', 'bogus'])).err).toContain('no command "bogus"');
  });

  it('prints the version', async () => {
    expect((await run(['--version'])).out).toContain('estafette 1.2.3');
    expect(JSON.parse((await run(['version', '--json'])).out)).toMatchObject({ version: '1.2.3' });
  });
});

describe('serve', () => {
  it('starts, says where, and stops when told', async () => {
    const steps: string[] = [];
    const app = anApp({
      start: async () => {
        steps.push('start');
        return { url: 'http://127.0.0.1:4000/' };
      },
      stop: async () => {
        steps.push('stop');
      },
    });
    const untilStopped = async () => {
      steps.push('signal');
      return 'SIGTERM';
    };

    const { code, out } = await run(
      ['serve', '--json'],
      { createApp: async () => app },
      {
        untilStopped,
      },
    );

    expect({ code, steps }).toEqual({ code: 0, steps: ['start', 'signal', 'stop'] });
    expect(JSON.parse(out)).toMatchObject({ url: 'http://127.0.0.1:4000/' });
  });

  it('tells which plugins are not in service, and what the configuration asks in vain', async () => {
    const plugin = { version: '1.0.0', ms: 1, problems: [], sites: [], publicRoutes: [] };
    const report = {
      plugins: [
        { ...plugin, id: 'fine', state: 'active' as const },
        { ...plugin, id: 'notes', state: 'degraded' as const, reason: 'plugins.notes.size: wrong' },
        { ...plugin, id: 'tides', state: 'not-loaded' as const, reason: 'on nowhere' },
      ],
      warnings: ['plugins.calendar: not installed'],
      ms: 1,
    };

    const { out } = await run(['serve'], { createApp: async () => anApp({ report }) });

    expect(out.split('\n')).toEqual([
      'Estafette listens on http://127.0.0.1:3000/',
      'plugin notes: degraded: plugins.notes.size: wrong',
      'warning: plugins.calendar: not installed',
      '',
    ]);
  });

  it('lets go of what it built when it cannot start', async () => {
    let isStopped = false;
    const app = anApp({
      start: async () => {
        throw Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
      },
      stop: async () => {
        isStopped = true;
      },
    });

    const { code } = await run(['serve'], { createApp: async () => app });

    expect({ code, isStopped }).toEqual({ code: 69, isStopped: true });
  });
});

describe('demo', () => {
  const info = {
    url: 'http://127.0.0.1:3001/',
    accounts: [
      { username: 'zoe', password: 'demo', name: 'Zoé', site: 'saisons', groups: ['dsi'] },
    ],
    imap: { host: '127.0.0.1', port: 1 },
    smtp: { host: '127.0.0.1', port: 2 },
    ldap: { host: '127.0.0.1', port: 3 },
  };

  it('prints one line of JSON and passes its options on', async () => {
    const asked: unknown[] = [];
    const startDemo = async (options: unknown) => {
      asked.push(options);
      return { info, stop: async () => {} };
    };

    const { code, out } = await run(
      ['demo', '--json', '--dovecot'],
      { startDemo },
      {
        env: { PORT: '3100' },
      },
    );

    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toEqual(info);
    expect(asked).toEqual([{ dovecot: true, port: 3100 }]);
  });
});

describe('migrate', () => {
  const creating = (name: string, table: string): Migration => ({
    name,
    up: async (knex) => {
      await knex.schema.createTable(table, (columns) => columns.increments('id'));
    },
    down: async () => {},
  });
  const broken: Migration = {
    name: '0001-x',
    up: async () => {
      throw new Error('broken');
    },
    down: async () => {},
  };

  const only =
    (...sets: readonly MigrationSet[]) =>
    async () => ({ sets, skipped: [] });

  it('names the plugins that may not run, which is no failure', async () => {
    const skipped = [{ id: 'notes', reason: 'needs db, not granted' }];
    const migrationSets = async () => ({ sets: [], skipped });

    for (const args of [['migrate'], ['migrate', '--status']]) {
      const { code, out } = await run(args, { migrationSets });

      expect({ code, out }).toEqual({ code: 0, out: 'skipped  notes: needs db, not granted\n' });
    }
  });

  it('applies every set and says what it did', async () => {
    const migrationSets = only({ owner: 'core', migrations: [creating('0001-a', 'a')] });

    const { code, out } = await run(['migrate', '--json'], { migrationSets });

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      applied: [{ owner: 'core', name: '0001-a' }],
      pending: [],
      failed: [],
      skipped: [],
    });
  });

  it('tells what is missing without touching anything', async () => {
    const migrationSets = only({ owner: 'core', migrations: [broken] });

    const { code, out } = await run(['migrate', '--status'], { migrationSets });

    expect({ code, out }).toEqual({ code: 1, out: 'missing  core/0001-x\n' });
  });

  it('goes on after a plugin’s failure, not after the core’s', async () => {
    const plugin = only(
      { owner: 'notes', migrations: [broken] },
      { owner: 'zoo', migrations: [creating('0001-a', 'zoo_a')] },
    );
    const core = only({ owner: 'core', migrations: [broken] });

    const one = await run(['migrate'], { migrationSets: plugin });
    const two = await run(['migrate'], { migrationSets: core });

    expect(one.code).toBe(1);
    expect(one.out).toContain('applied  zoo/0001-a');
    expect(one.out).toContain('failed   notes: migration notes/0001-x failed: broken');
    expect(two).toMatchObject({
      code: 1,
      err: 'estafette: migration core/0001-x failed: broken\n',
    });
  });
});

describe('plugins and hooks', () => {
  const report = {
    id: 'notes',
    version: '1.0.0',
    state: 'failed' as const,
    ms: 1,
    reason: 'no such module',
    problems: [],
    sites: ['one'],
    publicRoutes: [],
  };

  it('lists plugins, and fails when one did', async () => {
    const app = anApp({ plugins: () => [report] });

    const { code, out } = await run(['plugins'], { createApp: async () => app });

    expect(code).toBe(1);
    expect(out).toMatch(/notes\s+1\.0\.0\s+failed\s+one\s+no such module/);
  });

  it('lists hooks with the number of plugins on each', async () => {
    const { out } = await run(['hooks']);

    expect(out).toMatch(/message:outbound\s+filter\s+compose\s+1\s+Changes a message/);
  });

  it('shows the handlers of one, without figures that this process cannot know', async () => {
    const { out } = await run(['hooks', '--site', 'one', 'message:outbound']);
    const json = await run(['hooks', 'message:outbound', '--json']);

    expect(out).toMatch(/one\s+signatures\s+5\n/);
    expect(out).not.toContain('breaker');
    expect(JSON.parse(json.out).hooks).toMatchObject([{ name: 'message:outbound' }]);
    expect(JSON.parse(json.out).hooks[0].handlers).toEqual([
      { site: 'one', plugin: 'signatures', priority: 5 },
    ]);
  });
});

describe('sites:check', () => {
  const skins = { root: `${__dirname}/../../..` };

  it('fails with the configuration code when a skin is missing', async () => {
    const { code, err } = await run(['sites:check'], {
      loadConfig: () => parse({ sites: { one: aSiteFile({ skin: 'nowhere' }) } }),
    });

    expect(code).toBe(78);
    expect(err).toContain('config/sites/one.json: skin: expected a folder of skins/');
  });

  it('tries each server and names the one that does not answer', async () => {
    const tried: string[] = [];
    const answers = (what: string) => async () => {
      tried.push(what);
    };
    const pings = {
      imap: answers('imap'),
      smtp: async () => {
        throw new AppError('smtp/unreachable', { cause: new Error('ECONNREFUSED') });
      },
      ldap: answers('ldap'),
    };

    const { out } = await run(['sites:check', '--connect', '--json'], { pings, ...skins });

    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { what: string }[] };
    expect(ok).toBe(false);
    expect(tried).toEqual(['imap']);
    expect(checks.find(({ what }) => what === 'smtp')).toMatchObject({
      isOk: false,
      detail: 'smtp/unreachable: ECONNREFUSED',
    });
  });
});

describe('sites:check --connect, of providers', () => {
  const pings = { imap: async () => {}, smtp: async () => {}, ldap: async () => {} };
  const deps = { root: `${__dirname}/../../..`, pings };
  const asked = { site: 'one' as SiteId, via: 'sso.card', ms: 12 };

  it('names one that cannot be used, and ends as for a server that does not answer', async () => {
    const { code, out } = await run(['sites:check', '--connect'], {
      ...deps,
      askProviders: async () => [{ ...asked, problem: 'unreachable: no such host' }],
    });

    expect(code).toBe(69);
    expect(out).toMatch(/one +sign-in +sso\.card +FAILED: unreachable: no such host/);
  });

  it('says that one answers, and asks those of the named site alone', async () => {
    const answers = [
      { ...asked, problem: undefined },
      { ...asked, site: 'two' as SiteId, problem: 'down' },
    ];
    const { code, out } = await run(['sites:check', '--site', 'one', '--connect'], {
      ...deps,
      loadConfig: () =>
        parse({ sites: { one: aSiteFile(), two: aSiteFile({ hosts: ['two.example'] }) } }),
      askProviders: async (_config, sites) =>
        answers.filter(({ site }) => sites.some(({ id }) => id === site)),
    });

    expect(code).toBe(0);
    expect(out).toMatch(/sso\.card +answers in 12 ms/);
    expect(out).not.toContain('two');
  });
});

describe('sites:check, of what a start would only tell', () => {
  const fault = {
    site: 'one' as SiteId,
    file: 'config/sites/one.json',
    path: 'locked.0',
    message: 'expected a setting of agents, found "a.b"',
    line: 4,
  };
  const deps = { root: `${__dirname}/../../..`, siteFaults: async () => [fault] };

  it('warns and ends with 1', async () => {
    const { code, out } = await run(['sites:check'], deps);

    expect(code).toBe(1);
    expect(out).toContain(
      'warning: config/sites/one.json: locked.0: expected a setting of agents, found "a.b" (line 4)',
    );
  });

  it('warns of the site that was asked for alone', async () => {
    const other = { ...fault, site: 'two' as SiteId };

    const { code, out } = await run(['sites:check', '--site', 'one', '--json'], {
      ...deps,
      siteFaults: async () => [other],
    });

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, warnings: [] });
  });
});

describe('sites:check, when the directory answers', () => {
  const ldap = {
    urls: ['ldaps://l.test'],
    searchBase: 'dc=x',
  };
  const checked = async (error: Error) => {
    const works = async () => {};
    const fails = async () => {
      throw error;
    };
    const { code, out } = await run(['sites:check', '--connect'], {
      root: `${__dirname}/../../..`,
      loadConfig: () => parse({ sites: { one: aSiteFile({ signIn: { kind: 'ldap', ldap } }) } }),
      pings: { imap: works, smtp: works, ldap: fails },
    });
    return { code, line: out.split('\n').find((row) => row.includes('ldap')) ?? '' };
  };

  it('says in words that the service account was refused', async () => {
    const cause = new Error(' Code: 0x31');
    const details = { failure: 'credentials' };

    const { line } = await checked(new AppError('directory/unreachable', { cause, details }));

    expect(line).toContain('FAILED: the directory refused the service account');
  });

  it('keeps a message of several lines in its row', async () => {
    const cause = new Error('Socket error.\nself-signed certificate');

    const { line } = await checked(new AppError('directory/unreachable', { cause }));

    expect(line).toContain('directory/unreachable: Socket error. self-signed certificate');
  });
});

describe('explain', () => {
  const ldapSite = () =>
    parse({
      sites: {
        one: aSiteFile({
          plugins: { notes: { size: 4 } },
          signIn: {
            kind: 'ldap',
            ldap: { urls: ['ldaps://l.test'], searchBase: 'dc=x', bindDn: 'cn=web' },
          },
        }),
      },
      env: { ESTAFETTE_ONE_LDAP_BIND_PASSWORD: 'hidden-value' },
    });

  const notes = { id: 'notes', schema: z.object({ size: z.number().default(2) }) };

  it('prints the value in force, every layer and its place', async () => {
    const { code, out } = await run(['explain', '--site', 'one', 'notes.size'], {
      loadConfig: ldapSite,
      openEnabling: aDoor([notes]),
    });

    expect(code).toBe(0);
    expect(out).toBe(
      [
        'notes.size = 4  (site one)',
        '  default  2',
        '  site     4  config/sites/one.json <- in force',
        '',
      ].join('\n'),
    );
  });

  it('says why a plugin is off where it is said to be on', async () => {
    const deps = {
      loadConfig: ldapSite,
      openEnabling: aDoor([{ ...notes, schema: z.object({ size: z.string() }) }]),
    };

    const { code, out } = await run(['explain', '--site', 'one', 'notes.enabled'], deps);
    const json = await run(['explain', '--site', 'one', 'notes.enabled', '--json'], deps);

    expect(code).toBe(0);
    expect(out).toContain('notes.enabled = false');
    expect(out).toContain('off: notes.size: expected text, found 4  config/sites/one.json');
    expect(JSON.parse(json.out)).toMatchObject({ value: false, because: { kind: 'invalid' } });
  });

  it.each(['signIn.ldap.bindPassword', 'signIn.ldap', 'signIn'])(
    'never prints a secret (%s)',
    async (key) => {
      const { code, out } = await run(['explain', 'signIn', '--json'].with(1, key), {
        loadConfig: ldapSite,
      });

      expect(code).toBe(0);
      expect(out).toContain('(secret)');
      expect(out).not.toContain('hidden-value');
    },
  );

  it('says that a key does not exist', async () => {
    const { code, err } = await run(['explain', 'notes.absent'], { openEnabling: aDoor([]) });

    expect(code).toBe(64);
    expect(err).toContain('site one has no key "notes.absent"');
  });
});
