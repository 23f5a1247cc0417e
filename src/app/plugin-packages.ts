import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrokenPlugin, DiscoverOptions } from '../host/discover';
import { issueAt } from '../kernel/config';
import type { AppConfig } from '../sites';

type Package = NonNullable<DiscoverOptions['packages']>[number];

/** As npm has them, with or without a scope: nothing that leads out of `node_modules`. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;

/** The folders of the packages that `plugins.json` names; one that is not there keeps no other out. */
export function findPackages({
  root,
  plugins,
  sources,
}: Pick<AppConfig, 'root' | 'plugins' | 'sources'>): {
  readonly packages: readonly Package[];
  readonly missing: readonly BrokenPlugin[];
} {
  const packages: Package[] = [];
  const missing: BrokenPlugin[] = [];
  plugins.packages.forEach((name, index) => {
    const id = name.replace(/^.*\//, '').replace(/^estafette-plugin-/, '');
    const dir = PACKAGE_NAME.test(name) ? folderOf(name, root) : undefined;
    if (dir !== undefined) {
      packages.push({ id, dir });
      return;
    }
    const message = `expected an npm package that is installed, found "${name}"`;
    const issue = issueAt(sources.plugins, ['packages', index], message);
    missing.push({ id, issue, reason: `the package "${name}" is not installed` });
  });
  return { packages, missing };
}

/** Not by `require.resolve`: a package whose `exports` leaves out `./package.json` has a folder too. */
function folderOf(name: string, from: string): string | undefined {
  const dir = path.join(from, 'node_modules', name);
  if (existsSync(path.join(dir, 'package.json'))) return dir;
  const parent = path.dirname(from);
  return parent === from ? undefined : folderOf(name, parent);
}
