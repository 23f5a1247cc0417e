import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/errors';
import type { AssetSource } from './assets-find';

type Esbuild = typeof import('esbuild');

/** The bytes to serve for an asset: bundled and minified, or the file as it is. */
export async function bundleText(source: AssetSource, root: string): Promise<Buffer> {
  if (source.kind === 'copy') return readFile(source.file);
  const { build } = await loadEsbuild();
  const result = await build({
    entryPoints: [source.file],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    outdir: path.join(root, 'dist', 'assets'),
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    // The page's policy allows images from our own origin and `data:`; small ones cost no request.
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.png': 'dataurl' },
  }).catch((cause: unknown) => {
    throw new AppError('internal/unexpected', { cause, details: { reason: source.name } });
  });
  const [output] = result.outputFiles;
  if (!output) throw new AppError('internal/unexpected', { details: { reason: source.name } });
  return Buffer.from(output.contents);
}

// Production runs on assets that were built before: esbuild is a development dependency.
async function loadEsbuild(): Promise<Esbuild> {
  try {
    return await import('esbuild');
  } catch (cause) {
    const reason = 'esbuild is missing: assets are built with the development dependencies';
    throw new AppError('internal/unexpected', { cause, details: { reason } });
  }
}
