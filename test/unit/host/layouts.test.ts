import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempTree } from './kit';

const ROOT = path.resolve(__dirname, '../../..');

const COMMONJS = (id: string, more = ''): string => `
const { definePlugin, z } = require('estafette/plugin');
${more}
(globalThis.doors ??= new Set()).add(definePlugin);
module.exports = definePlugin({ id: '${id}', api: '^1.0', title: 'x', config: z.object({}) });
`;
const ESM = (id: string): string => `
import { definePlugin, z } from 'estafette/plugin';
(globalThis.doors ??= new Set()).add(definePlugin);
export default definePlugin({ id: '${id}', api: '^1.0', title: 'x', config: z.object({}) });
`;
/** A dependency of the plugin's own, of which the three layouts have three versions. */
const DEPENDENT = "(globalThis.helpers ??= []).push(require('helper'));";
const helper = (dir: string, version: string): Readonly<Record<string, string>> => ({
  [`${dir}/node_modules/helper/package.json`]: JSON.stringify({ name: 'helper', version }),
  [`${dir}/node_modules/helper/index.js`]: `module.exports = '${version}';`,
});
const SCRIPT = `
const { discoverPlugins } = require('./dist/src/host/discover');
const { found, broken } = discoverPlugins({
  dir: 'plugins',
  codeDir: 'dist/plugins',
  packages: [{ id: 'packaged', dir: 'node_modules/estafette-plugin-packaged' }],
});
console.log(JSON.stringify({
  found: found.map(({ id }) => id),
  broken,
  helpers: globalThis.helpers,
  doors: globalThis.doors.size,
  isOne: globalThis.doors.has(require('estafette/plugin').definePlugin),
}));
`;

let installation = '';

/** An installation as npm and the build leave it: compiled code, and the link to itself. */
beforeAll(() => {
  installation = tempTree({
    'package.json': JSON.stringify({
      name: 'estafette',
      exports: { './plugin': { default: './dist/src/host/index.js' } },
    }),
    'load.cjs': SCRIPT,
    // Compiled from TypeScript, no package.json of its own: the nearest one is the platform's.
    'plugins/compiled/plugin.ts': '',
    'dist/plugins/compiled/plugin.js': COMMONJS('compiled'),
    'plugins/uncompiled/plugin.ts': '',
    // With a package.json of its own, in either module format, in place.
    'plugins/own/package.json': '{"version":"1.0.0","dependencies":{"helper":"1.0.0"}}',
    'plugins/own/plugin.js': COMMONJS('own', DEPENDENT),
    ...helper('plugins/own', '1.0.0'),
    // Written in TypeScript, with a package.json and dependencies beside its source.
    'plugins/typed/package.json': '{"version":"1.0.0","dependencies":{"helper":"2.0.0"}}',
    'plugins/typed/plugin.ts': '',
    'dist/plugins/typed/plugin.js': COMMONJS('typed', DEPENDENT),
    ...helper('plugins/typed', '2.0.0'),
    'plugins/module/package.json': '{"type":"module","estafette":{"plugin":"./lib/main.js"}}',
    'plugins/module/lib/main.js': ESM('module'),
    // Installed from npm, as a peer.
    'node_modules/estafette-plugin-packaged/package.json': '{"version":"3.0.0"}',
    'node_modules/estafette-plugin-packaged/plugin.js': COMMONJS('packaged', DEPENDENT),
    ...helper('node_modules/estafette-plugin-packaged', '3.0.0'),
    // With a copy of the platform of its own.
    'plugins/copied/package.json': '{"dependencies":{"estafette":"*"}}',
    'plugins/copied/plugin.js': COMMONJS('copied'),
    'plugins/copied/node_modules/estafette/package.json': JSON.stringify({
      name: 'estafette',
      exports: { './plugin': './dist/src/host/index.js' },
    }),
  });
  const config = path.join(installation, 'tsconfig.json');
  const base = path.join(ROOT, '.tsconfig.build.json');
  const compilerOptions = {
    rootDir: ROOT,
    outDir: path.join(installation, 'dist'),
    // Types are checked elsewhere; this test is about what is emitted.
    noCheck: true,
    declaration: false,
    sourceMap: false,
    types: [],
  };
  const include = [path.join(ROOT, 'src/host')];
  writeFileSync(config, JSON.stringify({ extends: base, include, compilerOptions }));
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', config], { stdio: 'pipe' });

  const modules = path.join(installation, 'node_modules');
  symlinkSync(installation, path.join(modules, 'estafette'));
  linkPackages(modules);
  const copy = path.join(installation, 'plugins/copied/node_modules');
  execFileSync('cp', ['-r', path.join(installation, 'dist'), path.join(copy, 'estafette/dist')]);
  mkdirSync(path.join(copy, 'estafette/node_modules'));
  linkPackages(path.join(copy, 'estafette/node_modules'));
}, 120_000);

/** Every installed package but the platform itself. */
function linkPackages(modules: string): void {
  const installed = path.join(ROOT, 'node_modules');
  for (const name of readdirSync(installed)) {
    if (name === 'estafette' || name.startsWith('.')) continue;
    symlinkSync(path.join(installed, name), path.join(modules, name));
  }
}

afterAll(() => rmSync(installation, { recursive: true, force: true }));

it('gives plugins of every layout the one instance of estafette/plugin', () => {
  const output = execFileSync(process.execPath, ['load.cjs'], {
    cwd: installation,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const { found, broken, helpers, doors, isOne } = JSON.parse(output) as Record<string, unknown>;

  expect(found).toEqual(['compiled', 'module', 'own', 'typed', 'packaged']);
  expect(helpers).toEqual(['1.0.0', '2.0.0', '3.0.0']);
  expect({ doors, isOne }).toEqual({ doors: 1, isOne: true });
  expect(broken).toEqual([
    {
      id: 'copied',
      reason: expect.stringMatching(/^a second copy of estafette at .*copied.*peer dependency$/),
    },
    { id: 'uncompiled', reason: 'plugin.ts is not compiled' },
  ]);
});
