import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrationSets } from '../../../src/app/migrations';
import { installedPlugins, siteFaults } from '../../../src/app/plugins';
import { silentLog } from '../../../src/base/log';
import { formatIssue } from '../../../src/kernel/config';
import { openDatabase } from '../../../src/kernel/db';
import { loadConfig } from '../../../src/sites';
import { tempTree } from '../host/kit';
import { aSiteFile } from '../sites/support';

const NOTES = `module.exports = { id: 'notes', api: '^1.0', title: 'notes:title', config: require(${JSON.stringify(require.resolve('zod'))}).z.strictObject({ size: require(${JSON.stringify(require.resolve('zod'))}).z.number().default(1), name: require(${JSON.stringify(require.resolve('zod'))}).z.string().default('a') }) };`;
const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

function install(plugins: object, site: object, files: Readonly<Record<string, string>> = {}) {
  const root = tempTree({
    'package.json': '{"version":"1.0.0"}',
    'etc/app.json': '{"database":{"filename":":memory:"}}',
    'etc/plugins.json': JSON.stringify(plugins, null, 1),
    'etc/sites/one.json': JSON.stringify(aSiteFile({ plugins: site }), null, 1),
    'node_modules/estafette-plugin-notes/package.json':
      '{"name":"estafette-plugin-notes","version":"2.0.0","main":"plugin.js","exports":{".":"./plugin.js"}}',
    'node_modules/estafette-plugin-notes/plugin.js': NOTES,
    ...files,
  });
  roots.push(root);
  const env = { ESTAFETTE_SECRET_KEY: randomBytes(32).toString('base64') };
  return loadConfig({ root, env, configDir: path.join(root, 'etc') });
}

const PACKAGES = ['estafette-plugin-nothere', '../outside', 'estafette-plugin-notes'];

describe('packages of plugins.json', () => {
  it('are found without the export of their package.json, and one that is missing keeps none out', async () => {
    const config = install({ packages: PACKAGES }, { notes: true });

    expect(installedPlugins(config).found).toMatchObject([{ id: 'notes', version: '2.0.0' }]);
    expect((await siteFaults(config)).map(formatIssue)).toEqual([
      'etc/plugins.json: packages.0: expected an npm package that is installed, found "estafette-plugin-nothere" (line 3)',
      'etc/plugins.json: packages.1: expected an npm package that is installed, found "../outside" (line 4)',
    ]);
  });
});

describe('a package that the files turn on nowhere', () => {
  const MARKED = 'node_modules/estafette-plugin-notes/ran';
  const files = {
    'node_modules/estafette-plugin-notes/plugin.js': `require('node:fs').writeFileSync(__dirname + '/ran', ''); ${NOTES}`,
  };

  it('runs no code, whether the files are checked or migrations gathered', async () => {
    const packages = PACKAGES.slice(2);
    const plugins = { packages, grants: { notes: [] }, order: { 'message:sending': ['notes'] } };
    const off = install(plugins, { notes: false }, files);
    const on = install(plugins, { notes: true }, files);
    const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });

    expect(await siteFaults(off)).toEqual([]);
    await migrationSets(off, db);
    expect(existsSync(path.join(off.root, MARKED))).toBe(false);
    await migrationSets(on, db);
    expect(existsSync(path.join(on.root, MARKED))).toBe(true);
    await db.close();
  });

  it('is known to a skin all the same, by its views and texts', async () => {
    const config = install(
      { packages: PACKAGES.slice(2) },
      {},
      {
        'skins/base/skin.json': '{}',
        'skins/harbour/skin.json': '{ "extends": "base" }',
        'skins/harbour/plugins/notes/hint.ejs': '',
        'skins/harbour/plugins/notes/gone.ejs': '',
        'skins/harbour/locales/fr.json': '{"notes:title":"x","notes:gone":"y"}',
        'locales/fr.json': '{}',
        'node_modules/estafette-plugin-notes/views/hint.ejs': '',
        'node_modules/estafette-plugin-notes/locales/fr.json': '{"title":"Notes"}',
      },
    );

    const told = (await siteFaults(config)).map(formatIssue).join();

    expect(told).toContain('notes/gone.ejs');
    expect(told).toContain('"notes:gone"');
    expect(told).not.toContain('hint.ejs');
    expect(told).not.toContain('"notes:title" takes');
  });
});

describe('faults of plugin settings', () => {
  it('are all told, each in the file and at the line of the layer that said it', async () => {
    const config = install(
      { packages: PACKAGES.slice(2), notes: { size: 'big' } },
      { notes: { name: 4, sise: 1 } },
    );

    const lines = (await siteFaults(config)).map(formatIssue);
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^etc\/plugins\.json: notes\.size: expected number, found "big" \(line 6\)$/,
        ),
        expect.stringMatching(
          /^etc\/sites\/one\.json: plugins\.notes\.name: expected text, found 4 \(line \d+\)$/,
        ),
        expect.stringMatching(
          /^etc\/sites\/one\.json: plugins\.notes\.sise: unknown key; did you mean "size"\? \(line \d+\)$/,
        ),
      ]),
    );
  });

  it('include an order of hooks or plugins that are not there', async () => {
    const order = { 'message:sendin': ['notes', 'note'] };

    const config = install({ packages: PACKAGES.slice(2), order }, {});

    const lines = (await siteFaults(config)).map(formatIssue);
    expect(lines).toEqual([
      'etc/plugins.json: order.message:sendin: expected the name of a hook, found "message:sendin"; did you mean "message:sending"? (line 6)',
      'etc/plugins.json: order.message:sendin.1: expected an installed plugin, found "note"; did you mean "notes"? (line 8)',
    ]);
  });
});

describe('refusals of a start', () => {
  const plugin = (id: string, more: string): Record<string, string> => ({
    [`plugins/${id}/plugin.js`]: `module.exports = { id: '${id}', api: '^1.0', title: '${id}:title', ${more} };`,
  });
  const lines = async (files: Readonly<Record<string, string>>, ids: readonly string[]) => {
    const site = Object.fromEntries(ids.map((id) => [id, true]));
    return (await siteFaults(install({}, site, files))).map(formatIssue);
  };
  const section = `contributes: { settings: [{ id: 'same', labelKey: 'x', fields: [] }] }`;

  it.each([
    ['a name of the core', section.replace('same', 'display'), 'settings section "display"'],
    [
      'a route twice',
      'contributes: { routes: async () => ({ routes(r) { r.get("/a/:b", () => {}); r.get("/a/:c", () => {}); } }) }',
      'route /a/:c: declared twice',
    ],
    [
      'routes that throw',
      'contributes: { routes: async () => { throw new Error("gone"); } }',
      'routes: gone',
    ],
  ])('name the file, line and plugin of %s', async (_what, more, told) => {
    const found = await lines(plugin('tides', more), ['tides']);

    expect(found).toEqual([
      expect.stringMatching(/^etc\/sites\/one\.json: plugins\.tides: .* \(line \d+\)$/),
    ]);
    expect(found[0]).toContain(told);
  });

  it('name the plugin that has a name already, where both are on', async () => {
    const files = { ...plugin('bay', section), ...plugin('tides', section) };

    expect(await lines(files, ['bay', 'tides'])).toEqual([
      expect.stringContaining('plugins.tides: settings section "same" already belongs to bay'),
    ]);
    expect(await lines(files, ['bay'])).toEqual([]);
  });

  it('leave out names of a plugin that a start refuses before it takes any, or that fails', async () => {
    const ungranted = plugin('bay', `needs: ['db'], ${section}`);
    const failing = plugin(
      'bay',
      section.replace('contributes: {', 'contributes: { routes: () => { throw Error("gone"); },'),
    );

    expect(await lines({ ...ungranted, ...plugin('tides', section) }, ['bay', 'tides'])).toEqual([
      expect.stringContaining('plugins.bay: needs db, not granted'),
    ]);
    expect(await lines({ ...failing, ...plugin('tides', section) }, ['bay', 'tides'])).toEqual([
      expect.stringContaining('plugins.bay: routes: gone'),
    ]);
  });

  it('name the chain of requirements, whose last takes no name either', async () => {
    const files = {
      ...plugin('bay', section.replace('same', 'display')),
      ...plugin('cove', `requires: ['bay'], ${section}`),
      ...plugin('tides', section),
    };

    expect(await lines(files, ['bay', 'cove', 'tides'])).toEqual([
      expect.stringContaining('plugins.bay: settings section "display"'),
      expect.stringContaining('plugins.cove: requires bay: settings section "display"'),
    ]);
  });

  it('name both providers of one port', async () => {
    const provides = "provides: ['calendar']";
    const files = { ...plugin('bay', provides), ...plugin('tides', provides) };

    expect(await lines(files, ['bay', 'tides'])).toEqual([
      expect.stringContaining(
        'plugins.tides: provides the port "calendar", which bay provides there already',
      ),
    ]);
  });

  it('name view and line of a template that is none', async () => {
    const files = { ...plugin('tides', ''), 'plugins/tides/views/a/b.ejs': 'x\n<% if (a { %>' };

    expect(await lines(files, [])).toEqual([
      expect.stringMatching(/^plugins\/tides\/views\/a\/b\.ejs: .*\(line 2\)$/),
    ]);
  });
});

describe('a plugin that signs people in without a password', () => {
  const SSO = `module.exports = { id: 'notes', api: '^1.0', title: 'notes:title', needs: ['http:configured'], contributes: { signIn: { methods: () => [], begin: async () => ({ refused: 'unavailable', code: 'x' }), finish: async () => ({ refused: 'unavailable', code: 'x' }) } } };`;
  const files = { 'node_modules/estafette-plugin-notes/plugin.js': SSO };
  const plugins = {
    packages: PACKAGES.slice(2),
    grants: { notes: ['http:configured'] },
    origins: { notes: ['https://idp.example'] },
  };
  const linesOf = async (mailAccess: object | undefined, on: unknown = true) => {
    const text = JSON.stringify(
      { ...aSiteFile({ plugins: { notes: on } }), ...(mailAccess && { mailAccess }) },
      null,
      1,
    );
    const config = install(plugins, {}, { ...files, 'etc/sites/one.json': text });
    return (await siteFaults(config)).map(formatIssue);
  };

  it('is told beside a site that opens no mail then', async () => {
    for (const mailAccess of [undefined, { kind: 'password' }]) {
      expect(await linesOf(mailAccess)).toEqual([
        expect.stringMatching(
          /^etc\/sites\/one\.json: mailAccess\.kind: notes signs people in without a password/,
        ),
      ]);
    }
  });

  it('is fine beside one that does, or where it is off', async () => {
    expect(await linesOf({ kind: 'oauth' })).toEqual([]);
    expect(await linesOf(undefined, false)).toEqual([]);
  });

  it('is told of origins that nothing can use', async () => {
    const wrong = { ...plugins, origins: { notes: ['http://idp.example'], nites: [] } };
    const config = install(wrong, { notes: false }, files);
    expect((await siteFaults(config)).map(formatIssue)).toEqual([
      expect.stringMatching(/^etc\/plugins\.json: origins\.notes\.0: .* on its way/),
      expect.stringMatching(/^etc\/plugins\.json: origins\.nites: .*did you mean "notes"/),
    ]);
  });
});
