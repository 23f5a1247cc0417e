import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** Files of a package by their path in it, each with its SHA-512 as npm writes it. */
export type FileHashes = Readonly<Record<string, string>>;

const recordShape = z.object({
  version: z.string(),
  /** Of the tarball that was installed. */
  integrity: z.string(),
  files: z.record(z.string(), z.string()),
});
export type PackageRecord = z.infer<typeof recordShape>;

const fileShape = z.record(z.string(), recordShape);

/** `config/plugins.integrity.json`: package name → what was installed. */
export type IntegrityFile = Readonly<Record<string, PackageRecord>>;

export const INTEGRITY_FILE = 'plugins.integrity.json';
/** Folder of the installation with the packages that `plugins:add` brought. */
export const PACKAGES_DIR = 'plugins-npm';

/** `sha512-<base64>`, as in a lock file of npm. */
export const sha512 = (content: Buffer | string): string =>
  `sha512-${createHash('sha512').update(content).digest('base64')}`;

/**
 * Hashes every file of an installed package, its own dependencies included. Throws on a link that
 * leads out of it: what it leads to could change and no hash would.
 */
export function hashPackage(dir: string): FileHashes {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const root = realpathSync(dir);
  const hashes = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry): [string, string] => {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(dir, file).split(path.sep).join('/');
      if (!entry.isSymbolicLink()) return [name, sha512(readFileSync(file))];
      if (!leadsInto(root, file)) throw new Error(`its link ${name} leads out of it`);
      return [name, sha512(readlinkSync(file))];
    });
  return Object.fromEntries(hashes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function leadsInto(root: string, link: string): boolean {
  try {
    return realpathSync(link).startsWith(root + path.sep);
  } catch {
    return false; // to nothing, for now
  }
}

/** Reads the integrity file; empty when there is none. Throws an error that names it when it is broken. */
export function readIntegrity(configDir: string): IntegrityFile {
  const file = path.join(configDir, INTEGRITY_FILE);
  if (!existsSync(file)) return {};
  try {
    return fileShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${INTEGRITY_FILE} cannot be read`, { cause });
  }
}

/** Why an installed package is not what was recorded; `undefined` when it is. */
export function integrityProblem(
  dir: string,
  entry: { readonly name: string; readonly integrity: string },
  recorded: IntegrityFile,
): string | undefined {
  const record = Object.hasOwn(recorded, entry.name) ? recorded[entry.name] : undefined;
  if (!record) return `${INTEGRITY_FILE} says nothing of it: ${AGAIN}`;
  if (record.integrity !== entry.integrity) {
    return `plugins.json and ${INTEGRITY_FILE} record different packages: ${AGAIN}`;
  }
  const now = hashPackage(dir);
  const names = [...new Set([...Object.keys(record.files), ...Object.keys(now)])].sort();
  const changed = names.find((name) => now[name] !== record.files[name]);
  if (changed === undefined) return undefined;
  const what =
    now[changed] === undefined
      ? 'is gone'
      : record.files[changed] === undefined
        ? 'is new'
        : 'has changed';
  return `its file ${changed} ${what} since it was added: ${AGAIN}`;
}

const AGAIN = 'add the package again with plugins:add';
