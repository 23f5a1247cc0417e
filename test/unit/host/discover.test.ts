import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { discoverPlugins } from '../../../src/host/discover';
import { claimInstance } from '../../../src/host/instance';
import { apiAccepts, parseManifest } from '../../../src/host/manifest';
import { aPlugin, tempTree } from './kit';

const trees: string[] = [];
const tree = (files: Readonly<Record<string, string>>): string => {
  const root = tempTree(files);
  trees.push(root);
  return root;
};
afterEach(() => {
  for (const root of trees.splice(0)) rmSync(root, { recursive: true });
});

const define = (body: string): string =>
  `const { definePlugin, z } = require('estafette/plugin');\nexports.default = definePlugin(${body});\n`;
const plain = (id: string, more = ''): string =>
  define(`{ id: '${id}', api: '^1.0', title: '${id}:title'${more} }`);

describe('finding plugins', () => {
  it('loads code, texts, version and migrations, in the order of ids', () => {
    const dir = tree({
      'b/plugin.js': plain('b'),
      'b/locales/fr.json': '{"title":"Bé"}',
      'b/migrations/0001-start.js': 'exports.up = async () => {}; exports.down = async () => {};',
      'b/migrations/notes.txt': '',
      'a/plugin.js': plain('a'),
      'a/package.json': '{"version":"2.0.1"}',
      '.hidden/plugin.js': 'throw new Error("never loaded")',
      'README.md': '',
    });

    const { found, broken } = discoverPlugins({ dir });

    expect(broken).toEqual([]);
    expect(found.map(({ id, version }) => [id, version])).toEqual([
      ['a', '2.0.1'],
      ['b', '0.0.0'],
    ]);
    expect(found[1]?.locales).toEqual({ fr: { title: 'Bé' }, en: {} });
    expect(found[1]?.migrations.map(({ name }) => name)).toEqual(['0001-start']);
  });

  it('loads code in the name of its plugin, and none of a quarantined one', () => {
    const isolate = JSON.stringify(path.resolve(__dirname, '../../../src/kernel/isolate'));
    const title = `require(${isolate}).currentAttribution().plugin + ':title'`;
    const dir = tree({
      'a/plugin.js': define(`{ id: 'a', api: '^1.0', title: ${title} }`),
      'b/plugin.js': 'throw new Error("never loaded")',
    });

    const { found, broken } = discoverPlugins({
      dir,
      quarantined: [{ plugin: 'b', reason: 'harmed processes' }],
    });

    expect(broken).toEqual([{ id: 'b', reason: 'harmed processes' }]);
    expect(found.map(({ definition }) => definition.title)).toEqual(['a:title']);
  });

  it('takes the version of the definition, of the package, then of the platform', () => {
    const dir = tree({
      'said/plugin.js': plain('said', ", version: '3.1.0-beta.2'"),
      'said/package.json': '{"version":"2.0.1"}',
      'packed/plugin.js': plain('packed'),
      'packed/package.json': '{"version":"2.0.1"}',
      'bundled/plugin.js': plain('bundled'),
      'wrong/plugin.js': plain('wrong', ", version: 'latest'"),
    });
    const elsewhere = tree({ 'plugin.js': plain('apart') });

    const { found, broken } = discoverPlugins({
      dir,
      platformVersion: '0.9.0',
      packages: [{ id: 'apart', dir: elsewhere }],
    });

    expect(found.map(({ id, version }) => [id, version])).toEqual([
      ['bundled', '0.9.0'],
      ['packed', '2.0.1'],
      ['said', '3.1.0-beta.2'],
      ['apart', '0.0.0'],
    ]);
    expect(broken).toEqual([
      {
        id: 'wrong',
        reason: expect.stringMatching(/^version: expected a version as 1\.2\.3, found "/),
      },
    ]);
  });

  it.each([
    ['throws', { 'plugin.js': 'throw new Error("at load")' }, 'at load'],
    ['throws no error', { 'plugin.js': 'throw "text"' }, 'text'],
    ['has no code', { 'README.md': '' }, 'no plugin.ts or plugin.js'],
    ['does not parse', { 'plugin.js': 'export default {' }, ''],
    [
      'exports nothing',
      { 'plugin.js': '' },
      'default export: expected what definePlugin gives, found nothing',
    ],
    ['exports text', { 'plugin.js': 'module.exports = "x"' }, 'default export: '],
    ['has another id', { 'plugin.js': plain('other') }, 'id: expected "bad"'],
    [
      'has broken texts',
      { 'plugin.js': plain('bad'), 'locales/en.json': '{"a":' },
      'locales/en.json: ',
    ],
    [
      'has texts that are a list',
      { 'plugin.js': plain('bad'), 'locales/en.json': '[]' },
      'locales/en.json: ',
    ],
    [
      'has a number for a text',
      { 'plugin.js': plain('bad'), 'locales/fr.json': '{"title":"x","hint":{"rows":3}}' },
      'locales/fr.json: ',
    ],
    [
      'has half a migration',
      { 'plugin.js': plain('bad'), 'migrations/0001-x.js': 'exports.up = () => {}' },
      'migrations/0001-x.js: expected',
    ],
    [
      'lacks the view of a slot',
      {
        'plugin.js': plain(
          'bad',
          ", contributes: { slots: [{ slot: 'page.banner@1', view: 'gone' }] }",
        ),
      },
      'page.banner@1: no file views/gone.ejs',
    ],
    [
      'names an entry outside its folder',
      { 'plugin.js': plain('bad'), 'package.json': '{"estafette":{"plugin":"../good/plugin.js"}}' },
      'outside the plugin',
    ],
  ])('reports a plugin that %s and loads the others', (_what, files, reason) => {
    const dir = tree({
      'good/plugin.js': plain('good'),
      ...Object.fromEntries(
        Object.entries(files).map(([name, content]) => [`bad/${name}`, content]),
      ),
    });

    const { found, broken } = discoverPlugins({ dir });

    expect(found.map(({ id }) => id)).toEqual(['good']);
    expect(broken).toEqual([{ id: 'bad', reason: expect.stringContaining(reason) }]);
  });

  it('follows package.json to the entry, and installed packages to their folder', () => {
    const dir = tree({
      'built/package.json': '{"version":"1.1.0","estafette":{"plugin":"./lib/plugin.js"}}',
      'built/lib/plugin.js': plain('built'),
      'built/lib/migrations/0001-x.js': 'exports.up = async () => {}; exports.down = exports.up;',
    });
    const elsewhere = tree({ 'plugin.js': plain('packaged') });

    const { found } = discoverPlugins({ dir, packages: [{ id: 'packaged', dir: elsewhere }] });

    expect(found.map(({ id, migrations }) => [id, migrations.length])).toEqual([
      ['built', 1],
      ['packaged', 0],
    ]);
  });

  it('follows a link to a folder and ignores a dead one', () => {
    const elsewhere = tree({ 'plugin.js': plain('linked') });
    const dir = mkdtempSync(path.join(tmpdir(), 'estafette-test-'));
    trees.push(dir);
    symlinkSync(elsewhere, path.join(dir, 'linked'));
    symlinkSync(path.join(elsewhere, 'nowhere'), path.join(dir, 'dead'));

    const { found, broken } = discoverPlugins({ dir });

    expect(found.map(({ id }) => id)).toEqual(['linked']);
    expect(broken).toEqual([]);
  });

  it('loads an id once', () => {
    const dir = tree({ 'same/plugin.js': plain('same') });
    const again = tree({ 'plugin.js': plain('same') });

    const { found, broken } = discoverPlugins({ dir, packages: [{ id: 'same', dir: again }] });

    expect(found).toHaveLength(1);
    expect(broken).toEqual([{ id: 'same', reason: expect.stringContaining('already found in') }]);
  });

  it('finds nothing where there is no folder', () => {
    expect(discoverPlugins({ dir: '/nonexistent' })).toEqual({
      found: [],
      broken: [],
      unloaded: [],
    });
  });
});

describe('the version of the API', () => {
  it.each(['^1.0', '1.0', '^1', '1', '^1.0.3'])('accepts %s', (range) => {
    expect(apiAccepts(range)).toBe(true);
  });
  it.each(['^2.0', '^0.9', '^1.9', '', '*', '>=1', '^1.0 || ^2.0', '1.0x', '10'])(
    'refuses %j',
    (range) => {
      expect(apiAccepts(range)).toBe(false);
    },
  );
  it('is told before what a plugin of another version may do differently', () => {
    const parsed = parseManifest({ id: 'x', api: '^2.0', name: 'no title' }, 'x');

    expect(parsed).toEqual({ ok: false, error: 'api: "^2.0" does not accept version 1.0' });
  });
});

describe('the shape of a definition', () => {
  it('is that of the moment it was checked', () => {
    let asked = 0;
    const definition = {
      id: 'x',
      api: '^1.0',
      title: 'x:title',
      contributes: {
        get challenges() {
          asked += 1;
          return asked === 1 ? [] : [{ id: 'otp', label: 'x:title', path: '/' }];
        },
      },
    };

    const parsed = parseManifest(definition, 'x');

    expect(parsed.ok && parsed.value.contributes?.challenges).toEqual([]);
  });

  const errorOf = (more: object): string | undefined => {
    const parsed = parseManifest({ ...aPlugin('x'), ...more }, 'x');
    return parsed.ok ? undefined : parsed.error;
  };
  const contributing = (contributes: object): string | undefined => errorOf({ contributes });
  const field = (more: object) => ({
    settings: [{ id: 'x', labelKey: 'l', fields: [{ key: 'k', labelKey: 'l', ...more }] }],
  });

  it('accepts the least', () => {
    expect(errorOf({})).toBeUndefined();
  });

  it.each(['core', 'mail', 'assets', 'trust', 'base', 'login'])('refuses the id %s', (id) => {
    expect(parseManifest(aPlugin(id), id)).toMatchObject({ ok: false });
  });
  it.each(['', 'Cap', '9x', 'a_b', '../x', '__proto__', 'a'.repeat(41)])('refuses id %j', (id) => {
    expect(parseManifest(aPlugin(id), id)).toMatchObject({ ok: false });
  });

  it.each([
    ['a member that does not exist', errorOf({ activte: () => {} }), 'activte'],
    ['an unknown capability', errorOf({ needs: ['shell'] }), 'needs.0'],
    ['a capability that hides an address', errorOf({ needs: ['http:https://a@b'] }), 'needs.0'],
    ['activate that is no function', errorOf({ activate: 'now' }), 'activate'],
    ['a configuration that is no schema', errorOf({ config: { a: 1 } }), 'config'],
    ['a policy on scripts', errorOf({ csp: { 'script-src': ['https://a.example'] } }), 'csp'],
    [
      'a source that starts another directive',
      errorOf({ csp: { 'frame-src': ['https://a.example; script-src *'] } }),
      'csp.frame-src.0',
    ],
    [
      'an unknown slot',
      contributing({ slots: [{ slot: 'page.top@1', view: 'v' }] }),
      'slots.0.slot',
    ],
    [
      'a slot of every object',
      contributing({ slots: [{ slot: 'constructor', view: 'v' }] }),
      'slots.0.slot',
    ],
    [
      'a view out of its folder',
      contributing({ slots: [{ slot: 'page.banner@1', view: '../../etc/x' }] }),
      'slots.0.view',
    ],
    [
      'a slot that a page would wait long for',
      contributing({ slots: [{ slot: 'page.banner@1', view: 'v', timeoutMs: 60_000 }] }),
      'slots.0.timeoutMs',
    ],
    [
      'one slot item twice',
      contributing({
        slots: [
          { slot: 'page.banner@1', view: 'v' },
          { slot: 'page.banner@1', view: 'v' },
        ],
      }),
      'twice',
    ],
    ['an unknown kind of field', contributing(field({ kind: 'colour', default: '' })), 'kind'],
    [
      'a default that does not fit',
      contributing(field({ kind: 'switch', default: 'on' })),
      'default',
    ],
    [
      'a default that is no option',
      contributing(
        field({ kind: 'choice', options: [{ value: 'a', labelKey: 'l' }], default: 'b' }),
      ),
      'fields.0',
    ],
    [
      'an asset out of its folder',
      contributing({ assets: { scripts: ['../x.js'], on: [] } }),
      'assets.scripts.0',
    ],
    [
      'a command of somebody else',
      contributing({ commands: [{ name: 'serve', summary: '', run: () => {} }] }),
      'contributes.commands: expected "x:serve", found "serve"',
    ],
    [
      'a permission of somebody else',
      contributing({ permissions: { 'mail.read': 'l' } }),
      'mail.read',
    ],
    [
      'a job without a function',
      contributing({ jobs: [{ id: 'j', every: '1m', timeoutS: 5 }] }),
      'jobs.0.run',
    ],
  ])('refuses %s', (_what, error, names) => {
    expect(error).toContain(names);
  });
});

describe('what is said of a wrong definition', () => {
  const errorOf = (exported: unknown, folder = 'x'): string => {
    const parsed = parseManifest(exported, folder);
    return parsed.ok ? '' : parsed.error;
  };

  it('is every fault, with what was expected and found', () => {
    const error = errorOf({
      ...aPlugin('x'),
      version: '1',
      onBootFailure: 'stop',
      contributes: { slots: [{ slot: 'page.baner@1', view: 'v' }], routes: 'none' },
    });

    expect(error.split('; ')).toEqual([
      'version: expected a version as 1.2.3, found "1"',
      'onBootFailure: expected continue or abort, found "stop"',
      'contributes.routes: expected a function, found "none"',
      expect.stringMatching(
        /^contributes\.slots\.0\.slot: expected one of \d+ names, found "page\.baner@1"$/,
      ),
      'did you mean "page.banner@1"?',
    ]);
  });

  it('is every name that is not the plugin’s own', () => {
    const commands = [{ name: 'spy', summary: '', run: () => {} }];
    const permissions = { 'mail.read': 'l' };

    expect(
      errorOf({ ...aPlugin('x'), contributes: { commands, permissions } }).split('; '),
    ).toEqual([
      'contributes.commands: expected "x:spy", found "spy"',
      'contributes.permissions: expected "x.read", found "mail.read"',
    ]);
  });

  it('is cut where nobody would read on', () => {
    const slots = Array.from({ length: 20 }, () => ({ slot: 'x', view: 'v' }));

    expect(errorOf({ ...aPlugin('x'), contributes: { slots } })).toMatch(/; and 12 more$/);
  });

  it('is the folder, when that cannot be a name', () => {
    expect(errorOf(aPlugin('Bad_Name'), 'Bad_Name')).toMatch(
      /^folder: "Bad_Name" is no id: lower-case letters/,
    );
  });
});

describe('a second copy of the platform', () => {
  it('is refused by name, and the first one may be asked for again', () => {
    const process = {};
    claimInstance('/first/define.js', process);

    expect(() => claimInstance('/first/define.js', process)).not.toThrow();
    expect(() => claimInstance('/second/define.js', process)).toThrow(
      /second copy of estafette at \/second.*beside "\/first/,
    );
  });
});
