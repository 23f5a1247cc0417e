import path from 'node:path';
import { buildAssets } from './build-assets';
import { type Command, EXIT, print, readArgs, table } from './command';

export const assetsBuild: Command = {
  name: 'assets:build',
  summary: 'bundles the scripts, styles and images of skins and plugins',
  usage:
    'estafette assets:build [--out dir] [--json]\n\n--out dir   dist/assets by default; emptied first',
  async run(io, args, deps) {
    const { values } = readArgs(args, { out: { type: 'string' } });
    const outDir = path.resolve(deps.root, values.out ?? path.join('dist', 'assets'));
    const manifest = await buildAssets({ root: deps.root, outDir });
    print(io, values, { outDir, assets: manifest }, () => {
      const rows = Object.entries(manifest).map(([name, { bytes, gzip, br }]) => [
        name,
        bytes,
        gzip ?? bytes,
        br ?? bytes,
      ]);
      return table(['asset', 'bytes', 'gzip', 'br'], rows);
    });
    return EXIT.ok;
  },
};
