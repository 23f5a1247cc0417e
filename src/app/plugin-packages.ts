import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrokenPlugin, DiscoverOptions } from '../host/discover';
import {
  type IntegrityFile,
  integrityProblem,
  PACKAGES_DIR,
  readIntegrity,
} from '../host/package-integrity';
import { idOfPackage, isPackageName } from '../host/package-names';
import { issueAt } from '../kernel/config';
import type { AppConfig } from '../sites';

type Package = NonNullable<DiscoverOptions['packages']>[number];

/** What is read of the configuration. */
interface PackageSource extends Pick<AppConfig, 'root'> {
  readonly plugins: Pick<AppConfig['plugins'], 'packages'>;
  readonly sources: Pick<AppConfig['sources'], 'plugins'>;
}

/** The folders of the packages that `plugins.json` names; one that is not there keeps no other out. */
export function findPackages({ root, plugins, sources }: PackageSource): {
  readonly packages: readonly Package[];
  readonly missing: readonly BrokenPlugin[];
} {
  const packages: Package[] = [];
  const missing: BrokenPlugin[] = [];
  const record = recordOf(path.dirname(path.resolve(root, sources.plugins.file)));
  plugins.packages.forEach((entry, index) => {
    const name = typeof entry === 'string' ? entry : entry.name;
    const id = idOfPackage(name);
    const dir = isPackageName(name)
      ? (folderOf(name, path.join(root, PACKAGES_DIR)) ?? folderOf(name, root))
      : undefined;
    if (dir !== undefined) {
      const problem = typeof entry === 'string' ? undefined : record(dir, entry);
      if (problem === undefined) packages.push({ id, dir });
      else missing.push({ id, reason: `the package "${name}" is refused: ${problem}` });
      return;
    }
    const message = `expected an npm package that is installed, found "${name}"`;
    const issue = issueAt(sources.plugins, ['packages', index], message);
    missing.push({ id, issue, reason: `the package "${name}" is not installed` });
  });
  return { packages, missing };
}

/** Holds a package against its record; a record that cannot be read refuses each of them by name. */
function recordOf(configDir: string) {
  let recorded: IntegrityFile | undefined;
  return (
    dir: string,
    entry: { readonly name: string; readonly integrity: string },
  ): string | undefined => {
    try {
      recorded ??= readIntegrity(configDir);
      return integrityProblem(dir, entry, recorded);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

/** Not by `require.resolve`: a package whose `exports` leaves out `./package.json` has a folder too. */
function folderOf(name: string, from: string): string | undefined {
  const dir = path.join(from, 'node_modules', name);
  if (existsSync(path.join(dir, 'package.json'))) return dir;
  const parent = path.dirname(from);
  return parent === from ? undefined : folderOf(name, parent);
}
