import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findPackages } from '../../src/app/plugin-packages';
import { discoverPlugins } from '../../src/host/discover';
import type { PackageEntry } from '../../src/kernel/config-schema';

const ROOT = path.resolve(__dirname, '..', '..');
const FILE = path.join('config', 'plugins.json');

/** Every plugin that the contract holds for: `plugins/`, and the packages of `plugins.json`. */
export function pluginsHere(): ReturnType<typeof discoverPlugins> {
  const file = path.join(ROOT, FILE);
  const value = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { packages?: PackageEntry[] })
    : {};
  const source = { file: FILE, value, lines: new Map<string, number>() };
  const { packages, missing } = findPackages({
    root: ROOT,
    plugins: { packages: value.packages ?? [] },
    sources: { plugins: source },
  });
  const { broken, ...others } = discoverPlugins({ dir: path.join(ROOT, 'plugins'), packages });
  return { ...others, broken: [...broken, ...missing] };
}
