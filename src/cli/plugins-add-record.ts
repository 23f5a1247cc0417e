import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { INTEGRITY_FILE, type PackageRecord, readIntegrity } from '../host/package-integrity';
import { isPlain } from '../kernel/config';
import type { AppConfig } from '../sites';
import { readText } from './plugins-add-npm';

export interface PackageLine {
  readonly name: string;
  readonly version: string;
  readonly api: string;
  readonly integrity: string;
}

/** Folder of `plugins.json`. */
export const configDirOf = ({ root, sources }: Pick<AppConfig, 'root' | 'sources'>): string =>
  path.dirname(path.resolve(root, sources.plugins.file));

/** Adds a package to both files, or takes it out of them; neither when one cannot be written. */
export async function record(
  configDir: string,
  name: string,
  added?: { readonly line: PackageLine; readonly files: PackageRecord['files'] },
): Promise<void> {
  const before = readIntegrity(configDir);
  const { [name]: _old, ...others } = before;
  const recorded = added
    ? {
        ...others,
        [name]: {
          version: added.line.version,
          integrity: added.line.integrity,
          files: added.files,
        },
      }
    : others;
  const file = path.join(configDir, 'plugins.json');
  const parsed: unknown = JSON.parse((await readText(file)) ?? '{}');
  const settings = isPlain(parsed) ? parsed : {};
  const packages = Array.isArray(settings['packages']) ? settings['packages'] : [];
  const kept = packages.filter((entry: unknown) => nameOf(entry) !== name);
  const listed = { ...settings, packages: added ? [...kept, added.line] : kept };
  // The record first: a package that is listed and not recorded would be refused.
  const integrityFile = path.join(configDir, INTEGRITY_FILE);
  const hadRecord = existsSync(integrityFile);
  await replace(integrityFile, recorded);
  await replace(file, listed).catch(async (error: unknown) => {
    if (hadRecord) await replace(integrityFile, before);
    else await rm(integrityFile);
    throw error;
  });
}

/** Name of an entry of `packages`. */
export const nameOf = (entry: unknown): unknown => (isPlain(entry) ? entry['name'] : entry);

/** Never half a file: a start that comes meanwhile reads the old one or the new one. */
async function replace(file: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const old = await readFile(file, 'utf8').catch(() => undefined);
  if (old === text) return;
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
