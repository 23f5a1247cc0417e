import { existsSync } from 'node:fs';
import path from 'node:path';
import { discoverPlugins } from '../host/discover';
import type { AppConfig } from '../sites';

/**
 * The plugins of an installation: `plugins/` and the packages named in `config/plugins.json`. Code
 * comes from `dist/plugins` when the platform itself runs compiled, resources from the source folder.
 */
export function installedPlugins({ root, plugins }: AppConfig): ReturnType<typeof discoverPlugins> {
  const isCompiled = __filename.endsWith('.js');
  const codeDir = path.join(root, 'dist', 'plugins');
  return discoverPlugins({
    dir: path.join(root, 'plugins'),
    ...(isCompiled && existsSync(codeDir) && { codeDir }),
    packages: plugins.packages.map((name) => ({
      id: name.replace(/^.*\//, '').replace(/^estafette-plugin-/, ''),
      dir: path.dirname(require.resolve(`${name}/package.json`, { paths: [root] })),
    })),
  });
}
