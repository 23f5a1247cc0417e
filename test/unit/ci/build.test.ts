import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { tempTree } from '../host/kit';

const ROOT = path.resolve(__dirname, '../../..');
const TSCONFIG = {
  compilerOptions: { strict: true, module: 'node20', types: [], rootDir: '.', outDir: 'dist' },
  include: ['src', 'plugins'],
  exclude: ['node_modules', 'dist'],
};

let root = '';
beforeEach(() => {
  root = tempTree({
    '.tsconfig.build.json': JSON.stringify(TSCONFIG),
    'tsconfig.json': '{}',
    'package.json': '{}',
    'package-lock.json': '{}',
    'skins/base/skin.json': '{}',
    '.ci/none': '',
    // What builds the assets.
    'src/main.ts': 'export const started = true;',
    'plugins/good/plugin.ts': 'export default 1;',
  });
  copyFileSync(path.join(ROOT, '.ci/build.sh'), path.join(root, '.ci/build.sh'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}
/** Later than any build of the test. */
const touch = (name: string): void => {
  const later = Date.now() / 1_000 + 60;
  utimesSync(path.join(root, name), later, later);
};
const isThere = (name: string): boolean => existsSync(path.join(root, 'dist', name));
function build(script = 'prestart') {
  const { status, stderr } = spawnSync('bash', ['.ci/build.sh'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, npm_lifecycle_event: script },
  });
  return { status, stderr };
}

it('leaves out every plugin that does not compile, and says why at each start', () => {
  write('plugins/broken/plugin.ts', 'export default {{;');
  write('plugins/typed/plugin.ts', 'export const n: number = "x";');

  const first = build();
  const second = build();

  expect(first.status).toBe(0);
  expect(second.status).toBe(0);
  for (const { stderr } of [first, second]) {
    expect(stderr).toContain('plugin broken does not compile:\nplugins/broken/plugin.ts(1,');
    expect(stderr).toContain('plugin typed does not compile:\nplugins/typed/plugin.ts(1,');
  }
  expect([isThere('plugins/broken'), isThere('plugins/typed')]).toEqual([false, false]);
  expect(isThere('plugins/good/plugin.js')).toBe(true);
}, 60_000);

it('fails when the core does not compile, behind a broken plugin too', () => {
  write('plugins/broken/plugin.ts', 'export default {{;');
  write('src/main.ts', 'export const started: number = true;');

  const { status, stderr } = build();

  expect(status).toBe(2);
  expect(stderr).toContain('src/main.ts(1,');
  expect(isThere('.built')).toBe(false);
}, 60_000);

it('never keeps development from starting', () => {
  write('src/main.ts', 'export const started: number = true;');

  const { status, stderr } = build('predev');

  expect(status).toBe(0);
  expect(stderr).toContain('src/main.ts(1,');
}, 60_000);

it('fails when the compiler is killed, and takes nothing older for built', () => {
  expect(build().status).toBe(0);
  rmSync(path.join(root, 'node_modules'));
  write('node_modules/.bin/tsc', '#!/bin/sh\nkill -9 $$\n');
  chmodSync(path.join(root, 'node_modules/.bin/tsc'), 0o755);
  touch('src/main.ts');

  const [first, second] = [build(), build()];

  for (const { status, stderr } of [first, second]) {
    expect(status).toBe(2);
    expect(stderr).toContain('the compiler ended without a word');
  }
}, 60_000);

it('no longer names a plugin that was mended once `npm run build` has passed', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  write('package.json', JSON.stringify({ scripts: { build: scripts.build } }));
  write('plugins/broken/plugin.ts', 'export default {{;');
  expect(build().stderr).toContain('plugin broken does not compile');
  write('plugins/broken/plugin.ts', 'export default 1;');

  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root });

  expect(status).toBe(0);
  expect(build()).toEqual({ status: 0, stderr: '' });
}, 60_000);
