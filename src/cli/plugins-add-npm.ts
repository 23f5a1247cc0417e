import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGES_DIR } from '../host/package-integrity';

const NPM_MS = 300_000;
const SAID_MAX = 4_000;

/**
 * No script of a package runs here. Peers are left out: the one platform is found above this
 * folder, and the registry may hold another package of its name. Each package has its dependencies
 * in its own folder, so that one record covers what it runs.
 */
const SAFE = [
  '--ignore-scripts',
  '--legacy-peer-deps',
  '--install-strategy=nested',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/** The installation's folder of packages, made when it is not there. */
export async function packageArea(root: string): Promise<string> {
  const area = path.join(root, PACKAGES_DIR);
  await mkdir(path.join(area, 'tarballs'), { recursive: true });
  const manifest = path.join(area, 'package.json');
  if (!existsSync(manifest)) {
    await writeFile(
      manifest,
      `${JSON.stringify({ name: PACKAGES_DIR, private: true }, null, 2)}\n`,
    );
  }
  return area;
}

/** What npm writes in the area besides the packages. */
export const npmFiles = (area: string): readonly string[] =>
  ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
    path.join(area, file),
  );

/** Downloads a package as it is on the registry; its file. */
export async function fetchTarball(spec: string, into: string): Promise<string> {
  const said = await npm(
    ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', into, '--', spec],
    into,
  );
  const name = said.trim().split('\n').at(-1) ?? '';
  return path.join(into, path.basename(name));
}

/** Installs a tarball that lies in the area. */
export const installTarball = async (area: string, tarball: string): Promise<void> =>
  void (await npm(['install', ...SAFE, '--save-exact', '--', `file:${tarball}`], area));

export const uninstall = async (area: string, name: string): Promise<void> =>
  void (await npm(['uninstall', ...SAFE, '--', name], area));

export async function readText(file: string): Promise<string | undefined> {
  return existsSync(file) ? readFile(file, 'utf8') : undefined;
}

/** Runs npm without a shell; rejects with what it said. */
function npm(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', [...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: NPM_MS,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out = (out + chunk.toString()).slice(-SAID_MAX);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err = (err + chunk.toString()).slice(-SAID_MAX);
    });
    child.once('error', (cause) => reject(new Error('npm cannot be run', { cause })));
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`npm ${args[0] ?? ''}: ${firstError(err) || `exit code ${code}`}`));
    });
  });
}

/** npm says the reason on lines that start so, and where its log is on the last ones. */
function firstError(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(?:npm warn|A complete log|code |path )/i.test(line));
  return lines.slice(0, 2).join(' ');
}
