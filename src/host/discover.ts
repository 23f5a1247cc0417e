import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Migration } from '../kernel/db-types';
import type { PluginDefinition } from './define';
import { parseManifest } from './manifest';

/** A plugin as found on disk: its code and its resources. */
export interface FoundPlugin {
  readonly id: string;
  readonly version: string;
  /** Folder of views, locales and assets. */
  readonly dir: string;
  readonly definition: PluginDefinition;
  readonly migrations: readonly Migration[];
  readonly locales: Readonly<Record<'fr' | 'en', Readonly<Record<string, unknown>>>>;
}

export interface BrokenPlugin {
  readonly id: string;
  readonly reason: string;
}

export interface DiscoverOptions {
  /** Folder with one folder a plugin. */
  readonly dir: string;
  /** Compiled code of the same plugins; absent when running from source. */
  readonly codeDir?: string;
  /** Installed packages to load as well: name → folder. */
  readonly packages?: readonly { readonly id: string; readonly dir: string }[];
}

/** `plugin.ts` when the platform itself runs from source, `plugin.js` otherwise. */
const EXTENSIONS = __filename.endsWith('.ts') ? ['.ts', '.js'] : ['.js'];

function entryOf(folder: string): string | undefined {
  return EXTENSIONS.map((ext) => path.join(folder, `plugin${ext}`)).find((file) =>
    existsSync(file),
  );
}

function defaultExport(file: string): unknown {
  const loaded: unknown = require(file);
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded
    ? loaded.default
    : loaded;
}

function readLocale(dir: string, locale: 'fr' | 'en'): Readonly<Record<string, unknown>> {
  const file = path.join(dir, 'locales', `${locale}.json`);
  if (!existsSync(file)) return {};
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null)
    throw new Error(`locales/${locale}.json: expected an object`);
  return parsed as Readonly<Record<string, unknown>>;
}

function readMigrations(codeDir: string): Migration[] {
  const dir = path.join(codeDir, 'migrations');
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js)$/.test(file));
  return names.sort().map((file) => {
    const loaded = require(path.join(dir, file)) as Partial<Pick<Migration, 'up' | 'down'>>;
    if (typeof loaded.up !== 'function' || typeof loaded.down !== 'function') {
      throw new Error(`migrations/${file}: expected exported functions up and down`);
    }
    return { name: file.replace(/\.(ts|js)$/, ''), up: loaded.up, down: loaded.down };
  });
}

function readVersion(dir: string): string {
  const file = path.join(dir, 'package.json');
  if (!existsSync(file)) return '0.0.0';
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
  return typeof parsed.version === 'string' ? parsed.version : '0.0.0';
}

/**
 * Finds plugins and loads their code, each within its own try: a broken one is reported by name
 * and the others start (plugins.md P6).
 */
export function discoverPlugins(options: DiscoverOptions): {
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
} {
  const found: FoundPlugin[] = [];
  const broken: BrokenPlugin[] = [];
  const load = (id: string, dir: string, codeDir: string): void => {
    try {
      const entry = entryOf(codeDir);
      if (entry === undefined) {
        broken.push({ id, reason: 'no plugin.ts or plugin.js' });
        return;
      }
      const parsed = parseManifest(defaultExport(entry), id);
      if (!parsed.ok) {
        broken.push({ id, reason: parsed.error });
        return;
      }
      found.push({
        id,
        dir,
        version: readVersion(dir),
        definition: parsed.value,
        migrations: readMigrations(codeDir),
        locales: { fr: readLocale(dir, 'fr'), en: readLocale(dir, 'en') },
      });
    } catch (error) {
      broken.push({ id, reason: error instanceof Error ? error.message : String(error) });
    }
  };

  const folders = existsSync(options.dir) ? readdirSync(options.dir, { withFileTypes: true }) : [];
  for (const folder of folders.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  )) {
    const dir = path.join(options.dir, folder.name);
    load(
      folder.name,
      dir,
      options.codeDir === undefined ? dir : path.join(options.codeDir, folder.name),
    );
  }
  for (const { id, dir } of options.packages ?? []) load(id, dir, dir);
  return { found, broken };
}
