import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ConfigIssue } from '../kernel/config';
import type { Migration } from '../kernel/db-types';
import { runAs, toError } from '../kernel/isolate';
import type { PluginDefinition } from './define';
import { parseManifest } from './manifest';

/** A plugin as found on disk: its code and its resources. */
export interface FoundPlugin {
  readonly id: string;
  readonly version: string;
  /** Folder of views, locales and assets. */
  readonly dir: string;
  /** Folder of its compiled code, when that is another one. */
  readonly codeDir?: string;
  readonly definition: PluginDefinition;
  readonly migrations: readonly Migration[];
  readonly locales: Readonly<Record<'fr' | 'en', Readonly<Record<string, unknown>>>>;
}

export interface BrokenPlugin {
  readonly id: string;
  readonly reason: string;
  /** Where the configuration asked for it, when it did by itself: a package that is not installed. */
  readonly issue?: ConfigIssue;
}

/** An installed package whose code was left alone: it is on nowhere. */
export interface UnloadedPlugin {
  readonly id: string;
  readonly version: string;
  readonly dir: string;
}

/** What was found of an installation. */
export interface Discovered {
  readonly found: readonly FoundPlugin[];
  readonly broken: readonly BrokenPlugin[];
  readonly unloaded: readonly UnloadedPlugin[];
}

export interface DiscoverOptions {
  /** Folder with one folder a plugin. */
  readonly dir: string;
  /** Compiled code of the same plugins; absent when running from source. */
  readonly codeDir?: string;
  /** Version of the platform: that of plugins that come with it and say none of their own. */
  readonly platformVersion?: string;
  /** Installed packages to load as well: name → folder. */
  readonly packages?: readonly { readonly id: string; readonly dir: string }[];
  /** Whose code is not to be loaded at all: it would do to this process what it did to others. */
  readonly quarantined?: readonly { readonly plugin: string; readonly reason: string }[];
  /**
   * Packages to load, beside those that a loaded plugin requires; all of them unless told. Code that
   * nobody turned on runs nothing, not even while it is loaded.
   */
  readonly isWanted?: (id: string) => boolean;
}

/** `plugin.ts` when the platform itself runs from source, `plugin.js` otherwise. */
const EXTENSIONS = __filename.endsWith('.ts') ? ['.ts', '.js'] : ['.js'];

const packageShape = z.object({
  version: z.string().optional(),
  estafette: z.object({ plugin: z.string().optional() }).optional(),
});
type PackageFile = z.infer<typeof packageShape>;

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}
const catalogueShape: z.ZodType<Catalogue> = z.record(
  z.string(),
  z.union([z.string(), z.lazy(() => catalogueShape)], 'expected a text or an object of texts'),
);

function readJson<T>(dir: string, name: string, shape: z.ZodType<T>): T | undefined {
  const file = path.join(dir, name);
  if (!existsSync(file)) return undefined;
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${name}: ${why}`, { cause: error });
  }
}

/** The file that `package.json` names (`"estafette": { "plugin": … }`), else `plugin.ts` or `.js`. */
function entryOf(folder: string, named: string | undefined): string | undefined {
  const candidates = EXTENSIONS.map((ext) => path.join(folder, `plugin${ext}`));
  if (named !== undefined) candidates.unshift(inside(folder, named));
  return candidates.find((file) => existsSync(file));
}

function inside(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  if (file.startsWith(path.resolve(folder) + path.sep)) return file;
  throw new Error(`package.json: estafette.plugin: "${name}" is outside the plugin`);
}

/** Timers and sockets that a module starts while it is loaded are its plugin's like any other. */
const requireAs = (id: string, file: string): unknown =>
  runAs({ plugin: id, hook: 'module' }, (): unknown => require(file));

function defaultExport(id: string, file: string): unknown {
  const loaded = requireAs(id, file);
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded
    ? loaded.default
    : loaded;
}

function readMigrations(id: string, codeDir: string): Migration[] {
  const dir = path.join(codeDir, 'migrations');
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js)$/.test(file));
  return names.sort().map((file) => {
    const loaded = requireAs(id, path.join(dir, file)) as Partial<Pick<Migration, 'up' | 'down'>>;
    if (typeof loaded.up !== 'function' || typeof loaded.down !== 'function') {
      throw new Error(`migrations/${file}: expected exported functions up and down`);
    }
    return { name: file.replace(/\.(ts|js)$/, ''), up: loaded.up, down: loaded.down };
  });
}

/** What stands beside the code of a plugin. Throws an error that names the file. */
export function readResources(
  id: string,
  dir: string,
  codeDir = dir,
): Pick<FoundPlugin, 'migrations' | 'locales'> {
  return {
    migrations: readMigrations(id, codeDir),
    locales: readTexts(dir),
  };
}

/** The texts of a plugin, from its files alone. Throws an error that names the file. */
export const readTexts = (dir: string): FoundPlugin['locales'] => ({
  fr: readJson(dir, 'locales/fr.json', catalogueShape) ?? {},
  en: readJson(dir, 'locales/en.json', catalogueShape) ?? {},
});

interface Place {
  readonly dir: string;
  readonly codeDir: string;
}

const NO_VERSION = '0.0.0';

/**
 * Compiled code stands away from the packages that were installed beside its source: a link makes
 * them found, by `require` and `import` alike (plugins.md P28).
 */
function linkPackages(dir: string, codeDir: string): void {
  const installed = path.join(dir, 'node_modules');
  const link = path.join(codeDir, 'node_modules');
  if (dir === codeDir || !existsSync(codeDir) || !existsSync(installed) || existsSync(link)) return;
  try {
    rmSync(link, { force: true }); // one that leads nowhere any more
    symlinkSync(path.relative(codeDir, installed), link, 'dir');
  } catch (cause) {
    throw new Error(`its packages cannot be linked into ${codeDir}`, { cause });
  }
}

/** Loads one plugin; throws with a reason fit for the boot report. */
function loadPlugin(
  id: string,
  { dir, codeDir, fallbackVersion }: Place & { readonly fallbackVersion: string },
): FoundPlugin {
  const { estafette, version } = readJson<PackageFile>(dir, 'package.json', packageShape) ?? {};
  linkPackages(dir, codeDir);
  // Plugins written in JavaScript have no compiled copy: their code is where their views are.
  const entry = entryOf(codeDir, estafette?.plugin) ?? entryOf(dir, estafette?.plugin);
  if (entry === undefined) {
    const isSource = existsSync(path.join(dir, 'plugin.ts'));
    throw new Error(isSource ? 'plugin.ts is not compiled' : 'no plugin.ts or plugin.js');
  }
  const parsed = parseManifest(defaultExport(id, entry), id);
  if (!parsed.ok) throw new Error(parsed.error);
  checkViews(parsed.value, dir);
  return {
    id,
    version: parsed.value.version ?? version ?? fallbackVersion,
    dir,
    ...(path.dirname(entry) !== path.resolve(dir) && { codeDir: path.dirname(entry) }),
    definition: parsed.value,
    ...readResources(id, dir, path.dirname(entry)),
  };
}

/** A slot whose view is missing would fail on every page: told at boot instead. */
function checkViews({ contributes }: PluginDefinition, dir: string): void {
  for (const { slot, view } of contributes?.slots ?? []) {
    if (existsSync(path.join(dir, 'views', `${view}.ejs`))) continue;
    throw new Error(`contributes.slots: ${slot}: no file views/${view}.ejs`);
  }
}

/**
 * Finds plugins and loads their code, each within its own try: a broken one is reported by name
 * and the others start (plugins.md P6).
 */
export function discoverPlugins(options: DiscoverOptions): Discovered {
  const found: FoundPlugin[] = [];
  const broken: BrokenPlugin[] = [];
  const load = (id: string, place: Place, fallbackVersion: string): void => {
    try {
      const first = found.find((plugin) => plugin.id === id);
      if (first) throw new Error(`already found in ${first.dir}`);
      const keptOut = options.quarantined?.find(({ plugin }) => plugin === id);
      if (keptOut) throw new Error(keptOut.reason);
      found.push(loadPlugin(id, { ...place, fallbackVersion }));
    } catch (error) {
      // Node adds a line for each file that led to a missing module: the first says which.
      const [reason] = toError(error).message.split('\nRequire stack');
      broken.push({ id, reason: reason ?? '' });
    }
  };

  for (const name of foldersOf(options.dir)) {
    // `require` takes a relative path for one from this file, not from the working directory.
    const dir = path.resolve(options.dir, name);
    const codeDir = options.codeDir === undefined ? dir : path.resolve(options.codeDir, name);
    load(name, { dir, codeDir }, options.platformVersion ?? NO_VERSION);
  }
  const isRequired = (id: string): boolean =>
    found.some(({ definition }) => definition.requires?.includes(id));
  const isWanted = (id: string): boolean => (options.isWanted?.(id) ?? true) || isRequired(id);
  let waiting = options.packages ?? [];
  // What is loaded may require what was passed over.
  for (let next = waiting.filter(({ id }) => isWanted(id)); next.length > 0; ) {
    for (const { id, dir } of next) {
      load(id, { dir: path.resolve(dir), codeDir: path.resolve(dir) }, NO_VERSION);
    }
    const tried = new Set(next);
    waiting = waiting.filter((one) => !tried.has(one));
    next = waiting.filter(({ id }) => isWanted(id));
  }
  return { found, broken, unloaded: waiting.map(unloadedOf) };
}

/** Told from its `package.json` alone. */
function unloadedOf({ id, dir }: { readonly id: string; readonly dir: string }): UnloadedPlugin {
  const { success, data } = packageShape.safeParse(packageOf(dir));
  return { id, dir, version: (success ? data.version : undefined) ?? NO_VERSION };
}

function packageOf(dir: string): unknown {
  try {
    return JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  } catch {
    return undefined; // told when it is loaded
  }
}

/** Links count as folders: that is how plugins kept elsewhere are put in. */
function foldersOf(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  const isFolder = (name: string): boolean =>
    statSync(path.join(dir, name), { throwIfNoEntry: false })?.isDirectory() === true;
  return readdirSync(dir)
    .filter((name) => !name.startsWith('.') && isFolder(name))
    .sort();
}
