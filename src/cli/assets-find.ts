import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGES_DIR } from '../host/package-integrity';
import { idOfPackage } from '../host/package-names';

/** How a file becomes an asset: bundled by esbuild, or copied as it is. */
export interface AssetSource {
  /** `<skin or plugin id>/<path below assets/>`: the name pages ask for. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly kind: 'script' | 'style' | 'copy';
}

// A skin's own entry files; its other scripts and styles are parts that these import.
const SKIN_ENTRIES: ReadonlySet<string> = new Set([
  'app.css',
  'app.js',
  'admin.css',
  'preview.css',
  'preview.js',
  'service-worker.js',
  'login.css',
  'login.js',
  'compose.css',
  'compose.js',
  'skin.css',
]);
const COPIED = /\.(?:svg|png|jpe?g|gif|webp|avif|ico|woff2?)$/i;

/** Every asset of `skins/*`, `plugins/*` and of installed packages of plugins, sorted by name so that builds repeat themselves. */
export async function findAssets(root: string): Promise<readonly AssetSource[]> {
  const skins = await ownersIn(root, 'skins', (name) => SKIN_ENTRIES.has(name));
  // A plugin's files at the top of its folder are entries; those below are parts.
  const plugins = await ownersIn(root, 'plugins', (name) => !name.includes('/'));
  const packages = await packagesIn(root);
  return [...skins, ...plugins, ...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function ownersIn(
  root: string,
  folder: string,
  isEntry: (name: string) => boolean,
): Promise<readonly AssetSource[]> {
  const owners = await foldersOf(path.join(root, folder));
  const lists = owners.map((owner) => assetsOf(path.join(root, folder, owner), owner, isEntry));
  return (await Promise.all(lists)).flat();
}

/** Those that `plugins:add` installed; with a scope, their folder is one level deeper. */
async function packagesIn(root: string): Promise<readonly AssetSource[]> {
  const modules = path.join(root, PACKAGES_DIR, 'node_modules');
  const names = await Promise.all(
    (await foldersOf(modules)).map(async (name) => {
      if (!name.startsWith('@')) return [name];
      return (await foldersOf(path.join(modules, name))).map((inner) => `${name}/${inner}`);
    }),
  );
  const isEntry = (name: string): boolean => !name.includes('/');
  const lists = names
    .flat()
    .map((name) => assetsOf(path.join(modules, name), idOfPackage(name), isEntry));
  return (await Promise.all(lists)).flat();
}

async function assetsOf(
  folder: string,
  owner: string,
  isEntry: (name: string) => boolean,
): Promise<readonly AssetSource[]> {
  const dir = path.join(folder, 'assets');
  return (await filesBelow(dir)).flatMap((name) => {
    const kind = kindOf(name, isEntry);
    return kind ? [{ name: `${owner}/${name}`, file: path.join(dir, name), kind }] : [];
  });
}

function kindOf(name: string, isEntry: (name: string) => boolean): AssetSource['kind'] | undefined {
  if (COPIED.test(name)) return 'copy';
  if (!isEntry(name)) return undefined;
  if (name.endsWith('.css')) return 'style';
  return name.endsWith('.js') ? 'script' : undefined;
}

async function foldersOf(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []); // absent: none
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function filesBelow(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'));
}
