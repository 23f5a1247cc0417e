// What `npm run dev` starts anew at each change: assets as they are now, then the command.
import path from 'node:path';
import { buildAssets } from '../src/cli/build-assets';

const root = path.resolve(__dirname, '..');

void buildAssets({ root, outDir: 'dist/assets' })
  .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
  .then(() => import('../src/main.js'));
