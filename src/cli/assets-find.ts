import { readdir } from 'node:fs/promises';
import path from 'node:path';

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
  'login.css',
  'login.js',
  'compose.css',
  'compose.js',
  'skin.css',
]);
const COPIED = /\.(?:svg|png|jpe?g|gif|webp|avif|ico|woff2?)$/i;

/** Every asset of `skins/*` and `plugins/*`, sorted by name so that builds repeat themselves. */
export async function findAssets(root: string): Promise<readonly AssetSource[]> {
  const skins = await ownersIn(root, 'skins', (name) => SKIN_ENTRIES.has(name));
  // A plugin's files at the top of its folder are entries; those below are parts.
  const plugins = await ownersIn(root, 'plugins', (name) => !name.includes('/'));
  return [...skins, ...plugins].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function ownersIn(
  root: string,
  folder: string,
  isEntry: (name: string) => boolean,
): Promise<readonly AssetSource[]> {
  const owners = await foldersOf(path.join(root, folder));
  const lists = await Promise.all(
    owners.map(async (owner) => {
      const dir = path.join(root, folder, owner, 'assets');
      const names = await filesBelow(dir);
      return names.flatMap((name) => {
        const kind = kindOf(name, isEntry);
        return kind ? [{ name: `${owner}/${name}`, file: path.join(dir, name), kind }] : [];
      });
    }),
  );
  return lists.flat();
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
