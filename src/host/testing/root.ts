import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folder of the platform: `skins/` and `locales/` are there, whether this runs compiled or not. */
export function platformRoot(): string {
  for (let dir = __dirname; ; dir = path.dirname(dir)) {
    const file = path.join(dir, 'package.json');
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
      if (name === 'estafette') return dir;
    }
    if (dir === path.dirname(dir)) throw new Error('the platform has no package.json above it');
  }
}

/** Folder of a plugin's resources, `undefined` for a definition made by a test. */
export function findPluginDir(id: string): string | undefined {
  const own = process.cwd();
  const folders = [path.join(own, 'plugins', id), ...(path.basename(own) === id ? [own] : [])];
  return folders.find((dir) =>
    ['plugin.ts', 'plugin.js'].some((file) => existsSync(path.join(dir, file))),
  );
}
