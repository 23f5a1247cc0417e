import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { apiAccepts, pluginIdProblem } from '../host/manifest';
import { idOfPackage, isPackageName } from '../host/package-names';
import { UsageError } from './command';

/** A plugin is far smaller; reading stops before memory does. */
const PACKED_MAX_BYTES = 50_000_000;
const UNPACKED_MAX_BYTES = 500_000_000;
/** Of a tar archive (POSIX.1-1988). */
const BLOCK = 512;

const manifestShape = z.object({
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/),
  keywords: z.array(z.string()).optional(),
  estafette: z.object({ plugin: z.string().optional(), api: z.string() }).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

export interface PackedPlugin {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly api: string;
}

/** Reads a packed plugin without running or unpacking it; throws `UsageError` saying what is wrong. */
export function readTarball(file: string): PackedPlugin {
  const entries = filesOf(unpack(file));
  const text = entries.get('package.json');
  if (text === undefined) throw new UsageError(`${file}: no npm package: it has no package.json`);
  const { name, version, estafette, ...more } = parseManifest(file, text);
  const problem = (what: string): UsageError => new UsageError(`${name}@${version}: ${what}`);
  if (!isPackageName(name)) throw new UsageError(`${file}: "${name}" is no name of a package`);
  if (!estafette) {
    throw problem(
      'no plugin: its package.json lacks "estafette": { "plugin": "./plugin.js", "api": "^1" }',
    );
  }
  if (!apiAccepts(estafette.api)) {
    throw problem(`made for another version of the plugin API: "${estafette.api}"`);
  }
  const named = path.posix.normalize(estafette.plugin ?? 'plugin.js');
  if (!entries.has(named)) throw problem(`no file ${named}, where its code should be`);
  const dependencies = { ...more.dependencies, ...more.optionalDependencies };
  const foreign = Object.entries(dependencies).find(([, range]) => !isOfRegistry(range));
  if (foreign) {
    throw problem(
      `needs ${foreign[0]} from "${foreign[1]}": only packages of a registry are taken`,
    );
  }
  const isCopied = [...entries.keys()].some((entry) =>
    /(^|\/)node_modules\/estafette\//.test(entry),
  );
  if (Object.hasOwn(dependencies, 'estafette') || isCopied) {
    throw problem('brings its own copy of estafette: make it a peer dependency');
  }
  const id = idOfPackage(name);
  const idProblem = pluginIdProblem(id);
  if (idProblem !== undefined) throw problem(idProblem);
  return { id, name, version, api: estafette.api };
}

/** A version, a range, a tag, or another package's: no folder, file, address or repository. */
const isOfRegistry = (range: string): boolean =>
  !/^\.|[/:]|\.(?:tgz|tar|tar\.gz)$/i.test(range.replace(/^npm:(?:@[^/:]+\/)?/, ''));

function unpack(file: string): Buffer {
  if (statSync(file).size > PACKED_MAX_BYTES) {
    throw new UsageError(`${file}: over ${PACKED_MAX_BYTES / 1_000_000} MB`);
  }
  try {
    return gunzipSync(readFileSync(file), { maxOutputLength: UNPACKED_MAX_BYTES });
  } catch {
    throw new UsageError(`${file}: no npm package: it cannot be unpacked`);
  }
}

function parseManifest(file: string, text: string): z.infer<typeof manifestShape> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: package.json: ${String(error)}`);
  }
  const parsed = manifestShape.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${file}: package.json: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Paths in the package → text of `package.json`, empty for the rest. npm packs below one folder. */
function filesOf(tar: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    const field = (start: number, length: number): string =>
      header.toString('utf8', start, start + length).replace(/\0[\s\S]*$/, '');
    if (field(0, 100) === '') break;
    const prefix = field(345, 155);
    const full = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
    const size = Number.parseInt(field(124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || size < 0) break;
    const name = full.replace(/^[^/]*\//, '');
    const start = at + BLOCK;
    files.set(name, name === 'package.json' ? tar.toString('utf8', start, start + size) : '');
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
