import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../base/async';
import { bundleText } from './assets-bundle';
import { type AssetEntry, writeAsset } from './assets-file';
import { type AssetSource, findAssets } from './assets-find';

/** Asset name (`base/app.css`, `calendar/calendar.js`) → what was written. */
export type AssetManifest = Readonly<Record<string, AssetEntry>>;

/** Compression at the highest level keeps a core busy: no use in more at once. */
const FILES_AT_ONCE = 4;

/**
 * Bundles, minifies, hashes and compresses the assets of skins and plugins into `outDir`, with
 * `manifest.json`. The same sources give the same files. The old folder stays until the new one is
 * whole, so that a failed build breaks nothing.
 */
export async function buildAssets(options: {
  readonly root: string;
  readonly outDir: string;
}): Promise<AssetManifest> {
  const { root } = options;
  const outDir = path.resolve(root, options.outDir);
  const sources = await findAssets(root);
  const staging = `${outDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const entries = await mapLimit(sources, FILES_AT_ONCE, (source) => build(source, root, staging));
  const manifest = Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ) satisfies AssetManifest;
  await writeFile(path.join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  await rm(outDir, { recursive: true, force: true });
  await rename(staging, outDir);
  return manifest;
}

async function build(
  source: AssetSource,
  root: string,
  dir: string,
): Promise<readonly [string, AssetEntry]> {
  const content = await bundleText(source, root);
  return [source.name, await writeAsset(dir, source.name, content)];
}
