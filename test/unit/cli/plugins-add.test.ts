import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { installedPlugins } from '../../../src/app/plugins';
import { sha512 } from '../../../src/host/package-integrity';
import { loadConfig } from '../../../src/sites';
import { ROOT } from '../../kit/new-plugins';
import { tempTree } from '../host/kit';
import { type Run, run } from './support';

const KEY = randomBytes(32).toString('base64');
const trees: string[] = [];
const tree = (files: Readonly<Record<string, string>>): string => {
  const root = tempTree(files);
  trees.push(root);
  return root;
};
afterAll(() => {
  for (const root of trees) rmSync(root, { recursive: true, force: true });
});

const CODE = `
const { definePlugin } = require('estafette/plugin');
module.exports = definePlugin({ id: 'tides', api: '^1.0', title: 'tides:title' });
`;
const MANIFEST = {
  name: 'estafette-plugin-tides',
  version: '1.2.3',
  estafette: { plugin: './plugin.js', api: '^1' },
  peerDependencies: { estafette: '^0.1.0' },
  scripts: { preinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" },
};

/** What `npm pack` makes of a folder; needs no network. */
function pack(manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const dir = tree({
    'package.json': JSON.stringify(manifest),
    'plugin.js': CODE,
    'locales/fr.json': '{"title":"Marées"}',
    'locales/en.json': '{"title":"Tides"}',
    ...files,
  });
  const name = execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error'], {
    cwd: dir,
    encoding: 'utf8',
  });
  return path.join(dir, name.trim().split('\n').at(-1) ?? '');
}

/** An installation of its own around the platform. */
function install(): string {
  const root = tree({ 'plugins/notes/README.md': '' });
  cpSync(path.join(ROOT, 'config'), path.join(root, 'config'), { recursive: true });
  writeFileSync(
    path.join(root, 'config/plugins.json'),
    '{ "order": {}, "packages": [], "notes": {} }',
  );
  for (const name of ['skins', 'locales', 'package.json'])
    symlinkSync(path.join(ROOT, name), path.join(root, name));
  return root;
}

const configOf = (root: string) =>
  loadConfig({
    root,
    env: { ESTAFETTE_SECRET_KEY: KEY },
  });
const estafette = (root: string, ...args: string[]): Promise<Run> =>
  run(args, { root, loadConfig: () => configOf(root) });
const json = (root: string, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(root, name), 'utf8'));

/** Makes `plugins.json` one that cannot be written; answers the way back. */
function blockRecord(root: string): () => void {
  const dir = path.join(root, 'config/plugins.json.new');
  mkdirSync(dir);
  return () => rmSync(dir, { recursive: true });
}

/** Every file of the packages and of the configuration. */
function contents(root: string): Readonly<Record<string, string>> {
  const files = ['plugins-npm', 'config'].flatMap((top) =>
    readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  return Object.fromEntries(
    files.map((file) => [path.relative(root, file), sha512(readFileSync(file))]),
  );
}

const tarball = pack(MANIFEST);
const integrity = sha512(readFileSync(tarball));

describe('estafette plugins:add', () => {
  const root = install();
  let added: Run;
  beforeAll(async () => {
    added = await estafette(root, 'plugins:add', tarball, '--json');
  }, 120_000);

  it('installs a file without network and without running its scripts', () => {
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(added.out)).toEqual({
      id: 'tides',
      name: 'estafette-plugin-tides',
      version: '1.2.3',
      api: '^1',
      integrity,
    });
    const dir = path.join(root, 'plugins-npm/node_modules/estafette-plugin-tides');
    expect(readdirSync(dir).sort()).toEqual(['locales', 'package.json', 'plugin.js']);
    expect(existsSync(path.join(root, 'plugins-npm/node_modules/estafette'))).toBe(false);
    expect(json(root, 'plugins-npm/package.json')['dependencies']).toEqual({
      'estafette-plugin-tides': expect.stringMatching(/^file:tarballs\//),
    });
  });

  it('records version, API and integrity, keeps the rest, and turns it on nowhere', () => {
    expect(json(root, 'config/plugins.json')).toEqual({
      order: {},
      notes: {},
      packages: [{ name: 'estafette-plugin-tides', version: '1.2.3', api: '^1', integrity }],
    });
    expect(json(root, 'config/plugins.integrity.json')).toEqual({
      'estafette-plugin-tides': {
        version: '1.2.3',
        integrity,
        files: {
          'locales/en.json': sha512('{"title":"Tides"}'),
          'locales/fr.json': sha512('{"title":"Marées"}'),
          'package.json': expect.stringMatching(/^sha512-/),
          'plugin.js': sha512(CODE),
        },
      },
    });
    expect(configOf(root).sites.flatMap(({ plugins }) => Object.keys(plugins))).not.toContain(
      'tides',
    );
  });

  it('finds it at the next start', () => {
    const { found } = installedPlugins(configOf(root));

    expect(found.map(({ id, version }) => [id, version])).toEqual([['tides', '1.2.3']]);
  });

  it.each([
    [
      'changed',
      (dir: string) => appendFileSync(path.join(dir, 'plugin.js'), '//'),
      'plugin.js has changed',
    ],
    ['new', (dir: string) => writeFileSync(path.join(dir, 'more.js'), ''), 'more.js is new'],
    ['gone', (dir: string) => rmSync(path.join(dir, 'locales/fr.json')), 'locales/fr.json is gone'],
  ])('refuses it by name once a file is %s, and the others start', (_what, spoil, told) => {
    const copy = tree({});
    cpSync(root, copy, { recursive: true });
    spoil(path.join(copy, 'plugins-npm/node_modules/estafette-plugin-tides'));

    const { found, broken } = installedPlugins(configOf(copy));

    expect(found).toEqual([]);
    expect(broken.find(({ id }) => id === 'tides')?.reason).toBe(
      `the package "estafette-plugin-tides" is refused: its file ${told} since it was added: add the package again with plugins:add`,
    );
  });

  it('refuses it without its record, and with another', () => {
    const copy = tree({});
    cpSync(root, copy, { recursive: true });
    const file = path.join(copy, 'config/plugins.integrity.json');
    const reason = (): string =>
      installedPlugins(configOf(copy)).broken.find(({ id }) => id === 'tides')?.reason ?? '';

    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(integrity, sha512('other')));
    expect(reason()).toContain('record different packages');
    writeFileSync(file, '{');
    expect(reason()).toContain('plugins.integrity.json cannot be read');
    rmSync(file);
    expect(reason()).toContain('says nothing of it');
  });

  it('takes a newer version in place of the older one', async () => {
    const newer = pack({ ...MANIFEST, version: '1.3.0' });

    expect(await estafette(root, 'plugins:add', newer)).toMatchObject({ code: 0 });

    expect(json(root, 'config/plugins.json')['packages']).toMatchObject([{ version: '1.3.0' }]);
    expect(installedPlugins(configOf(root)).found[0]?.version).toBe('1.3.0');
    expect(readdirSync(path.join(root, 'plugins-npm/tarballs'))).toEqual([
      'estafette-plugin-tides-1.3.0.tgz',
    ]);
  }, 120_000);

  it.each([
    ['a newer version that npm refuses', { version: '1.4.0', os: ['nowhere'] }, () => {}],
    ['a newer version that cannot be recorded', { version: '1.4.0' }, blockRecord],
    ['the same version again, which cannot be recorded', { version: '1.3.0' }, blockRecord],
  ])(
    'keeps the version that works after %s',
    async (_what, changed, spoil) => {
      const copy = tree({});
      cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
      const before = contents(copy);
      const other = pack({ ...MANIFEST, ...changed }, { 'plugin.js': `${CODE}// other` });
      const unblock = spoil(copy);

      expect(await estafette(copy, 'plugins:add', other)).toMatchObject({ code: 1 });

      unblock?.();
      expect(contents(copy)).toEqual(before);
      expect(installedPlugins(configOf(copy)).found[0]?.version).toBe('1.3.0');
    },
    120_000,
  );

  it('is undone by plugins:remove, unless a site has the plugin on', async () => {
    const site = path.join(root, 'config/sites/marees.json');
    const before = readFileSync(site, 'utf8');
    writeFileSync(site, JSON.stringify({ ...JSON.parse(before), plugins: { tides: true } }));
    expect(await estafette(root, 'plugins:remove', 'tides')).toMatchObject({
      code: 64,
      err: expect.stringContaining('"tides" is still on for marees'),
    });

    writeFileSync(site, before);
    expect(await estafette(root, 'plugins:remove', 'tides')).toMatchObject({ code: 0 });

    expect(json(root, 'config/plugins.json')['packages']).toEqual([]);
    expect(json(root, 'config/plugins.integrity.json')).toEqual({});
    expect(existsSync(path.join(root, 'plugins-npm/node_modules/estafette-plugin-tides'))).toBe(
      false,
    );
    expect(installedPlugins(configOf(root)).found).toEqual([]);
    expect(await estafette(root, 'plugins:remove', 'tides')).toMatchObject({
      code: 64,
      err: expect.stringContaining('no package "tides"'),
    });
  }, 120_000);
});

describe('what plugins:add refuses, leaving no trace', () => {
  const root = install();
  const { estafette: _field, ...plain } = MANIFEST;

  it.each([
    ['no plugin', plain, 'lacks "estafette"'],
    [
      'another API',
      { ...MANIFEST, estafette: { api: '^2.0' } },
      'another version of the plugin API: "^2.0"',
    ],
    [
      'no code',
      { ...MANIFEST, estafette: { plugin: './dist/plugin.js', api: '^1' } },
      'no file dist/plugin.js, where its code should be',
    ],
    ['no range', { ...MANIFEST, estafette: { plugin: './plugin.js' } }, 'estafette.api'],
    [
      'its own platform',
      { ...MANIFEST, dependencies: { estafette: '*' } },
      'make it a peer dependency',
    ],
    ...['file:../../x', '../x', 'git+https://example.org/x.git', 'some/repo', 'x.tgz'].map(
      (from): [string, object, string] => [
        `a dependency from ${from}`,
        { ...MANIFEST, dependencies: { x: from, y: '^1.0 || 2', z: 'npm:@a/b@^3' } },
        `needs x from "${from}"`,
      ],
    ),
    [
      'a name of the core',
      { ...MANIFEST, name: 'estafette-plugin-mail' },
      '"mail" is a name of the core',
    ],
    [
      'a taken id',
      { ...MANIFEST, name: 'estafette-plugin-notes' },
      'taken by the folder plugins/notes',
    ],
  ])('a package with %s', async (_what, manifest, told) => {
    const { code, err } = await estafette(root, 'plugins:add', pack(manifest));

    expect({ code, err }).toEqual({ code: 64, err: expect.stringContaining(told) });
    expect(existsSync(path.join(root, 'plugins-npm'))).toBe(false);
    expect(json(root, 'config/plugins.json')['packages']).toEqual([]);
  });

  it.each([
    'https://example.org/x.tgz',
    'git+https://example.org/x.git',
    'git@example.org:x/y.git',
    'github:some/plugin',
    'some/plugin',
    'npm:other@1',
    'file:../x.tgz',
    'name@https://example.org/x.tgz',
    'name@file:../x',
    '../folder',
    '--force',
    '-g',
    'name;ls',
    './nowhere.tgz',
    '',
  ])('%j', async (spec) => {
    expect((await estafette(root, 'plugins:add', '--', spec)).code).toBe(64);
    expect(existsSync(path.join(root, 'plugins-npm'))).toBe(false);
  });

  it.each([
    ['text', Buffer.from('text')],
    ['nothing', Buffer.alloc(0)],
  ])('a file that holds %s', async (_what, content) => {
    const dir = tree({});
    writeFileSync(path.join(dir, 'x.tgz'), content);

    const { code, err } = await estafette(root, 'plugins:add', path.join(dir, 'x.tgz'));

    expect({ code, err }).toEqual({ code: 64, err: expect.stringContaining('cannot be unpacked') });
  });

  it('a dependency that brings the platform', async () => {
    const files = {
      'node_modules/helper/package.json':
        '{"name":"helper","version":"1.0.0","dependencies":{"estafette":"1.0.0"}}',
      'node_modules/helper/node_modules/estafette/package.json':
        '{"name":"estafette","version":"1.0.0"}',
    };
    const manifest = {
      ...MANIFEST,
      dependencies: { helper: '1.0.0' },
      bundleDependencies: ['helper'],
    };

    const { code, err } = await estafette(root, 'plugins:add', pack(manifest, files));

    expect({ code, err }).toEqual({
      code: 64,
      err: expect.stringContaining('its own copy of estafette'),
    });
  });
});

describe('a package with dependencies of its own', () => {
  it('has them in its folder, where the record covers them', async () => {
    const root = install();
    const helper = 'node_modules/helper/';
    const bundled = pack(
      { ...MANIFEST, dependencies: { helper: '1.0.0' }, bundleDependencies: ['helper'] },
      {
        'plugin.js': CODE.replace("'tides:title'", "require('helper')"),
        [`${helper}package.json`]: '{"name":"helper","version":"1.0.0","main":"main.js"}',
        [`${helper}main.js`]: "module.exports = 'tides:title';",
      },
    );

    expect(await estafette(root, 'plugins:add', bundled)).toMatchObject({ code: 0 });
    const dir = path.join(root, 'plugins-npm/node_modules/estafette-plugin-tides');

    expect(
      installedPlugins(configOf(root)).found.map(({ definition }) => definition.title),
    ).toEqual(['tides:title']);
    appendFileSync(path.join(dir, helper, 'main.js'), '//');
    expect(
      installedPlugins(configOf(root)).broken.find(({ id }) => id === 'tides')?.reason,
    ).toContain('node_modules/helper/main.js has changed');
  }, 120_000);
});

it('leaves a package that npm cannot install out of every file', async () => {
  const root = install();
  mkdirSync(path.join(root, 'plugins-npm'));
  writeFileSync(path.join(root, 'plugins-npm/package.json'), '{ broken');

  const { code, err } = await estafette(root, 'plugins:add', tarball);

  expect(code).toBe(1);
  expect(err).toMatch(/^estafette: npm install: /);
  expect(json(root, 'config/plugins.json')['packages']).toEqual([]);
  expect(existsSync(path.join(root, 'config/plugins.integrity.json'))).toBe(false);
  expect(readdirSync(path.join(root, 'plugins-npm/tarballs'))).toEqual([]);
}, 120_000);

it('leaves no record of a first package that cannot be listed', async () => {
  const root = install();
  const unblock = blockRecord(root);

  expect(await estafette(root, 'plugins:add', tarball)).toMatchObject({ code: 1 });

  unblock();
  expect(json(root, 'config/plugins.json')['packages']).toEqual([]);
  expect(existsSync(path.join(root, 'config/plugins.integrity.json'))).toBe(false);
}, 120_000);
